import CLinuxRealtime
public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The twin's GPIO chip: lines that the daemon opens as "socket:/path" (the protocol is `SocketGPIOLine`'s).
///
/// Lives on one thread and never waits: call `service()` at every step of the twin's world.
///
///     let chip = try GPIOSocketServer(path: "/tmp/twin/gpio")
///     chip.onSet = { line, level in … }   // the daemon drives an output
///     chip.set(line: 0, true)             // the world moves an input
///     chip.service()
public final class GPIOSocketServer {
    private final class Client {
        let socket: LocalSocket
        var line: Int?
        var isOutput = false
        /// Changes that it has been told of.
        var changes: UInt32 = 0
        init(_ socket: LocalSocket) { self.socket = socket }
    }

    /// Where the chip is found.
    public let path: String
    /// The physical levels of all lines that were ever set or asked for.
    public private(set) var levels: [Int: Bool] = [:]
    /// Called from `service()` when the daemon drives an output, and when it lets it go, with its physical level.
    public var onSet: ((_ line: Int, _ level: Bool) -> Void)?

    private let listener: LocalSocket
    private var clients: [Client] = []
    /// What a line's level is while nobody drives it, as a pull resistor makes it; low where nothing else is said.
    private var idle: [Int: Bool] = [:]

    /// Listens at a path, in place of an older socket. The folder is not made.
    public init(path: String) throws(PortError) {
        self.path = path
        guard let listener = LocalSocket.listen(path) else { throw Descriptor.openingError(errno, port: path) }
        self.listener = listener
    }

    deinit { unsafe unlink(path) }

    /// Puts a physical level on an input; who has subscribed to it is told, with the moment of the change.
    public func set(line: Int, _ level: Bool, at time: Instant? = nil) {
        guard levels[line] != level else { return }
        levels[line] = level
        for client in clients where client.line == line { client.changes &+= 1 }
        let time = time ?? Instant(nanoseconds: doorstep_monotonic_now())
        keep { client in
            client.line != line || client.socket.send("\(report(line)) \(time.nanoseconds) \(client.changes)")
        }
    }

    /// Says what a line's level is while nobody drives it.
    public func setIdle(line: Int, _ level: Bool) {
        idle[line] = level
        if drivenLevel(line) == nil { levels[line] = level }
    }

    /// The level that somebody drives an output to; nil while nobody does.
    public func drivenLevel(_ line: Int) -> Bool? {
        clients.contains { $0.line == line && $0.isOutput } ? levels[line] : nil
    }

    /// Accepts connections and takes what they have sent. Never waits.
    public func service() {
        while let socket = listener.accept() { clients.append(Client(socket)) }
        keep { client in
            guard let lines = client.socket.receive() else { return false }
            for line in lines where !handle(line, from: client) { return false }
            return true
        }
    }

    /// Hangs up on everybody, as a chip that is pulled does. The path stays; who connects again is served again.
    public func disconnectAll() { keep { _ in false } }

    /// Keeps the clients that pass. A line that loses its client is let go, as the kernel lets it go when a process
    /// ends, however it ends.
    private func keep(_ passes: (Client) -> Bool) {
        let gone = clients.filter { !passes($0) }
        guard !gone.isEmpty else { return }
        clients.removeAll { client in gone.contains { $0 === client } }
        for client in gone where client.isOutput {
            if let line = client.line { drive(line, idle[line, default: false]) }
        }
    }

    /// Takes one message; false when the connection is to be closed.
    private func handle(_ message: String, from client: Client) -> Bool {
        let words = message.split(separator: " ")
        func refuse(_ why: String) -> Bool {
            _ = client.socket.send("error \(why)")
            return false
        }
        guard words.count >= 2, let line = Int(words[1]), line >= 0 else { return refuse("not understood") }
        switch (words[0], words.count) {
        case ("input", 2), ("output", 3):
            guard client.line == nil, !clients.contains(where: { $0.line == line }) else {
                return refuse("line \(line) is taken")
            }
            client.line = line
            client.isOutput = words[0] == "output"
            if client.isOutput { drive(line, words[2] == "1") }
            return client.socket.send(report(line))
        case ("set", 3):
            guard client.line == line, client.isOutput else { return refuse("line \(line) is not yours to set") }
            drive(line, words[2] == "1")
            return true
        default: return refuse("not understood")
        }
    }

    private func drive(_ line: Int, _ level: Bool) {
        levels[line] = level
        onSet?(line, level)
    }

    private func report(_ line: Int) -> String { "level \(line) \(levels[line, default: false] ? 1 : 0)" }
}
