import CLinuxRealtime
import RobotModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A line of a twin's GPIO chip, over a Unix stream socket; one connection for each line.
///
/// The protocol, one line of ASCII text a message, levels physical (0 low, 1 high):
///
///     client  input <n>          subscribes to line n as an input
///     client  output <n> <0|1>   takes line n as an output and drives it
///     client  set <n> <0|1>      drives the output
///     server  level <n> <0|1>    the level now, at the subscription and at every change; behind it the moment of the
///                                change in nanoseconds on CLOCK_MONOTONIC and its number on this line, from 1
///     server  error <text>       the line is refused; the server hangs up
///
/// When a connection ends, the server lets the line go: an output falls back to its idle level.
final class SocketGPIOLine: GPIOLine {
    /// Used under the mutex only.
    private struct State: @unchecked Sendable {
        var socket: LocalSocket?
        /// Physical; nil until the server has told it.
        var level: Bool?
        var edges: [GPIOEdge] = []
    }

    private let request: GPIORequest
    private let edgeCapacity: Int
    private let state: Mutex<State>

    /// How long a server may take for its first answer, milliseconds.
    private static let answerTime: Int32 = 1000
    /// Edges that wait at most, then the newest is dropped, as the kernel does: on a line of its own, and on lines that
    /// are read together.
    static let singleCapacity = 16
    static let groupCapacity = 1024

    /// Connects and waits for the line's level, at most a second.
    init(_ request: GPIORequest, path: String, edgeCapacity: Int = singleCapacity) throws(PortError) {
        self.request = request
        self.edgeCapacity = edgeCapacity
        guard let socket = LocalSocket.connect(path) else {
            let code = errno
            guard code != ECONNREFUSED else {
                throw PortError(.noSuchDevice, port: request.role, cause: "no twin listens at \(path)")
            }
            throw Descriptor.openingError(code, port: request.role)
        }
        let greeting =
            switch request.direction {
            case .input: "input \(request.line)"
            case .output: "output \(request.line) \(request.initial != request.activeLow ? 1 : 0)"
            }
        _ = socket.send(greeting)
        var wait = pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&wait, 1, Self.answerTime)
        state = Mutex(State(socket: socket))
        _ = try use { state throws(PortError) in
            guard state.level != nil else {
                throw PortError(.failed, port: request.role, cause: "the twin at \(path) does not answer")
            }
        }
    }

    deinit { close() }

    var pollDescriptor: Int32? {
        state.withLock { state in
            state.socket?.descriptor
        }
    }

    func level() throws(PortError) -> Bool {
        try use { state throws(PortError) in (state.level ?? false) != request.activeLow }
    }

    func nextEdge() throws(PortError) -> GPIOEdge? {
        try use { state throws(PortError) in state.edges.isEmpty ? nil : state.edges.removeFirst() }
    }

    func set(_ on: Bool) throws(PortError) {
        guard request.direction == .output else { throw PortError(.failed, port: request.role, cause: "is an input") }
        try use { state throws(PortError) in
            let level = on != request.activeLow
            guard let socket = state.socket, socket.send("set \(request.line) \(level ? 1 : 0)") else {
                throw PortError(.lost, port: request.role, cause: "the twin is gone")
            }
            state.level = level
        }
    }

    func close() { state.withLock { $0.socket = nil } }

    /// Takes what has arrived, then does something with the state.
    private func use<Result>(
        _ body: (inout State) throws(PortError) -> Result
    ) throws(PortError) -> Result {
        try state.withLock { state throws(PortError) in
            guard let socket = state.socket else { throw PortError(.lost, port: request.role, cause: "closed") }
            guard let lines = socket.receive() else {
                throw PortError(.lost, port: request.role, cause: "the twin hung up")
            }
            for line in lines {
                let words = line.split(separator: " ")
                if words.first == "error" {
                    throw PortError(.busy, port: request.role, cause: String(line.dropFirst("error ".count)))
                }
                guard words.count >= 3, words[0] == "level", Int(words[1]) == request.line else { continue }
                let level = words[2] == "1"
                if let before = state.level, before != level, request.direction == .input,
                    state.edges.count < edgeCapacity
                {
                    let time = (words.count > 3 ? Int64(words[3]) : nil) ?? doorstep_monotonic_now()
                    let sequence = words.count > 4 ? UInt32(words[4]) ?? 0 : 0
                    state.edges.append(
                        GPIOEdge(
                            isOn: level != request.activeLow, time: Instant(nanoseconds: time), sequence: sequence))
                }
                state.level = level
            }
            return try body(&state)
        }
    }
}
