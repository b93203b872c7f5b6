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
        init(_ socket: LocalSocket) { self.socket = socket }
    }

    /// Where the chip is found.
    public let path: String
    /// The physical levels of all lines that were ever set or asked for.
    public private(set) var levels: [Int: Bool] = [:]
    /// Called from `service()` when the daemon drives an output, with its physical level.
    public var onSet: ((_ line: Int, _ level: Bool) -> Void)?

    private let listener: LocalSocket
    private var clients: [Client] = []

    /// Listens at a path, in place of an older socket. The folder is not made.
    public init(path: String) throws(PortError) {
        self.path = path
        guard let listener = LocalSocket.listen(path) else { throw Descriptor.openingError(errno, port: path) }
        self.listener = listener
    }

    deinit { unsafe unlink(path) }

    /// Puts a physical level on an input; who has subscribed to it is told.
    public func set(line: Int, _ level: Bool) {
        guard levels[line] != level else { return }
        levels[line] = level
        tell(line)
    }

    /// Accepts connections and takes what they have sent. Never waits.
    public func service() {
        while let socket = listener.accept() { clients.append(Client(socket)) }
        clients = clients.filter { client in
            guard let lines = client.socket.receive() else { return false }
            for line in lines where !handle(line, from: client) { return false }
            return true
        }
    }

    /// Hangs up on everybody, as a chip that is pulled does. The path stays; who connects again is served again.
    public func disconnectAll() { clients = [] }

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

    private func tell(_ line: Int) {
        clients = clients.filter { $0.line != line || $0.socket.send(report(line)) }
    }

    private func report(_ line: Int) -> String { "level \(line) \(levels[line, default: false] ? 1 : 0)" }
}
