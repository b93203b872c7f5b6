import Foundation
public import RobotModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The daemon's local socket: one JSON line a request, one JSON line an answer.
public final class ControlServer: Sendable {
    /// Connections served at a time; more have to wait.
    private static let limit = 8

    private let path: String
    private let handler: any ControlHandling
    private let state = Mutex<(listening: Int32?, connections: Set<Int32>)>((nil, []))

    /// - Parameter path: Where the socket is made; owner and group may connect.
    public init(path: String, handler: any ControlHandling) {
        self.path = path
        self.handler = handler
    }

    /// Begins to listen.
    public func start() throws(RobotError) {
        let socket = try LocalSocket.listen(at: path)
        state.withLock { $0.listening = socket.descriptor }
        let thread = Thread { [self] in accept(on: socket) }
        thread.name = "control"
        thread.stackSize = 256 * 1024
        thread.start()
    }

    /// Stops listening and hangs up on everybody.
    public func stop() {
        state.withLock { state in
            if let listening = state.listening { shutdown(listening, Int32(SHUT_RDWR)) }
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
            state.listening = nil
        }
        unlink(path)
    }

    private func accept(on socket: LocalSocket) {
        defer { close(socket.descriptor) }
        while true {
            let descriptor = Glibc.accept(socket.descriptor, nil, nil)
            if descriptor < 0 {
                if errno == EINTR || errno == ECONNABORTED { continue }
                return
            }
            let isWelcome = state.withLock { state in
                guard state.listening != nil, state.connections.count < Self.limit else { return false }
                state.connections.insert(descriptor)
                return true
            }
            guard isWelcome else {
                close(descriptor)
                continue
            }
            let thread = Thread { [self] in serve(LocalSocket(descriptor: descriptor)) }
            thread.stackSize = 512 * 1024
            thread.start()
        }
    }

    private func serve(_ socket: LocalSocket) {
        defer {
            _ = state.withLock { $0.connections.remove(socket.descriptor) }
            close(socket.descriptor)
        }
        while let line = socket.readLine() {
            let response = answer(line)
            guard let bytes = try? ControlCoding.encode(response), socket.writeLine(bytes) else { return }
        }
    }

    /// Waits on this connection's own thread for what the daemon's actors say.
    private func answer(_ line: [UInt8]) -> ControlResponse {
        guard let request = try? ControlCoding.decode(ControlRequest.self, from: line) else {
            return .refused(
                RobotError(
                    .refused, "this is no request that I know", hint: "do daemon and client have the same version?"))
        }
        let done = DispatchSemaphore(value: 0)
        let box = Mutex<ControlResponse?>(nil)
        let handler = handler
        Task {
            let response = await handler.answer(request)
            box.withLock { $0 = response }
            done.signal()
        }
        done.wait()
        return box.withLock { $0 } ?? .refused(RobotError(.internalError, "no answer"))
    }
}
