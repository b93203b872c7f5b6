import Foundation
import ReflowStation

/// A real station on loopback that comes and goes, on one port.
final class ReflowFaultStation {
    let folder = NSTemporaryDirectory() + "doorstep-station-\(UUID().uuidString.prefix(8))"
    private(set) var port: UInt16 = 0
    private var task: Task<Void, any Error>?

    deinit {
        task?.cancel()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var address: String { "http://127.0.0.1:\(port)" }

    /// Starts, on any free port the first time, and returns when it listens.
    func start() async throws {
        let station = Station(receiver: try SegmentReceiver(directory: folder))
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

    /// What is durable there: as a station that is started anew finds it.
    func catalogue() async throws -> [SegmentEntry] { try await SegmentReceiver(directory: folder).catalogue() }
}
