import Foundation
import ReflowStation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A real station on loopback that can be stopped and started again on the same port.
final class TestStation {
    let folder = TestFolder()
    private(set) var port: UInt16 = 0
    private var task: Task<Void, any Error>?

    var address: String { "http://127.0.0.1:\(port)" }

    /// Starts, on any free port the first time, and returns when it listens.
    func start() async throws {
        let station = Station(receiver: try SegmentReceiver(directory: folder.path))
        let wanted = port
        let (ports, continuation) = AsyncStream<UInt16>.makeStream()
        task = Task {
            defer { continuation.finish() }
            try await station.run(port: wanted) { continuation.yield($0) }
        }
        for await port in ports {
            self.port = port
            return
        }
        try await task?.value
    }

    /// Stops at once, as a crash would.
    func stop() async {
        task?.cancel()
        _ = try? await task?.value
        task = nil
    }

    deinit { task?.cancel() }

    /// What it has received.
    func catalogue() async throws -> [SegmentEntry] { try await SegmentReceiver(directory: folder.path).catalogue() }
}

/// Answers every connection with the same bytes, whatever is asked; with none it never answers.
final class StrangeServer: Sendable {
    let port: UInt16
    private let listener: Int32
    private let isClosed = Mutex(false)
    private let count = Mutex(0)

    init?(answering answer: String) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 8) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard isListening else { return nil }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        let thread = Thread { [weak self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let self, !self.isClosed.withLock({ $0 }) else {
                    if connection >= 0 { close(connection) }
                    return
                }
                self.count.withLock { $0 += 1 }
                var buffer = [UInt8](repeating: 0, count: 65536)
                _ = recv(connection, &buffer, buffer.count, 0)
                // Silence lasts until the other side has had enough.
                if answer.isEmpty { while recv(connection, &buffer, buffer.count, 0) > 0 {} }
                _ = send(connection, answer, answer.utf8.count, Int32(MSG_NOSIGNAL))
                close(connection)
            }
        }
        thread.start()
    }

    /// Connections so far.
    var connections: Int { count.withLock { $0 } }

    /// Ends its thread.
    func stop() {
        isClosed.withLock { $0 = true }
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
