import Foundation
public import RobotModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The daemon's local socket: one JSON line a request, one JSON line an answer.
///
/// Nobody can keep others out: a connection that asks nothing for half a minute is hung up on, and the one that has been
/// idle for longest makes room for a newcomer.
public final class ControlServer: Sendable {
    /// A connection: since when it has asked nothing; nil while it is being answered.
    private struct Connection {
        var idleSince: ContinuousClock.Instant?
        var isHungUp = false
    }

    private struct State {
        var listening: Int32?
        var connections: [Int32: Connection] = [:]
    }

    /// What became of somebody who has connected.
    private enum Welcome { case served, full, stopped }

    private let path: String
    private let handler: any ControlHandling
    private let limit: Int
    private let patience: Duration
    private let state = Mutex(State())

    /// - Parameters:
    ///   - path: Where the socket is made; owner and group may connect.
    ///   - limit: Connections served at a time.
    ///   - patience: How long a connection may take for its next request, and for reading an answer.
    public init(path: String, handler: any ControlHandling, limit: Int = 8, patience: Duration = .seconds(30)) {
        self.path = path
        self.handler = handler
        self.limit = limit
        self.patience = patience
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
            for connection in state.connections.keys { shutdown(connection, Int32(SHUT_RDWR)) }
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
            let guest = LocalSocket(descriptor: descriptor)
            switch welcome(guest) {
            case .served:
                guest.limitWriting(to: patience)
                let thread = Thread { [self] in serve(guest) }
                thread.stackSize = 512 * 1024
                thread.start()
            case .full:
                let error = RobotError(
                    .busy, "\(limit) others are being answered at this moment", hint: "try again in a moment")
                // It fits into the socket's buffer: this waits for nobody.
                if let bytes = try? ControlCoding.encode(ControlResponse.refused(error)) { _ = guest.writeLine(bytes) }
                close(descriptor)
            case .stopped: close(descriptor)
            }
        }
    }

    /// Makes room for a newcomer, if need be by hanging up on who has asked nothing for longest.
    private func welcome(_ guest: LocalSocket) -> Welcome {
        state.withLock { state in
            guard state.listening != nil else { return .stopped }
            let staying = state.connections.filter { !$0.value.isHungUp }
            if staying.count >= limit {
                let idle = staying.compactMap { entry in entry.value.idleSince.map { (entry.key, $0) } }
                // Those who were hung up on are about to leave; they count twice at the most.
                guard let longest = idle.min(by: { $0.1 < $1.1 })?.0, state.connections.count < 2 * limit else {
                    return .full
                }
                shutdown(longest, Int32(SHUT_RDWR))
                state.connections[longest]?.isHungUp = true
            }
            state.connections[guest.descriptor] = Connection(idleSince: .now)
            return .served
        }
    }

    private func serve(_ socket: LocalSocket) {
        defer {
            // The number may be somebody else's as soon as it is closed.
            state.withLock { state in
                state.connections[socket.descriptor] = nil
                close(socket.descriptor)
            }
        }
        while let line = socket.readLine(within: patience) {
            state.withLock { $0.connections[socket.descriptor]?.idleSince = nil }
            let response = answer(line)
            guard let bytes = try? ControlCoding.encode(response), socket.writeLine(bytes) else { return }
            state.withLock { $0.connections[socket.descriptor]?.idleSince = .now }
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
