import Control
import DeviceIO
import RobotModel

/// What the console's thread does: carries bytes between port and session, questions and answers between session and
/// daemon.
struct ConsoleLoop {
    private static let reopenAfter = Duration.seconds(1)
    /// How often the session hears of time.
    private static let waitMilliseconds: Int32 = 100
    /// A port without a descriptor (in memory) is looked at so often.
    private static let memoryWaitMilliseconds: Int32 = 20
    /// What waits for a slow terminal at most: some pages.
    private static let outgoingLimit = 64 << 10

    let line: SerialLine
    let ports: any SerialPortOpening
    let handler: any ControlHandling
    let clock: @Sendable () -> Instant
    let log: @Sendable (String) -> Void
    let mailbox: ConsoleMailbox
    var session: ConsoleSession
    private var port: (any SerialPort)?
    private var outgoing: [UInt8] = []
    private var nextOpening = Instant.zero
    /// The last reason why the port could not be had, said once.
    private var trouble = ""

    init(
        line: SerialLine, ports: any SerialPortOpening, handler: any ControlHandling,
        clock: @escaping @Sendable () -> Instant, log: @escaping @Sendable (String) -> Void, mailbox: ConsoleMailbox,
        session: ConsoleSession
    ) {
        self.line = line
        self.ports = ports
        self.handler = handler
        self.clock = clock
        self.log = log
        self.mailbox = mailbox
        self.session = session
        nextOpening = clock()
    }

    /// Runs until the mailbox says stop.
    mutating func run() {
        while !mailbox.isStopping {
            let now = clock()
            if port == nil, now >= nextOpening { open(at: now) }
            read(at: now)
            for answer in mailbox.takeAnswers() {
                perform(session.handle(.answered(answer.number, answer.response), at: now))
            }
            if let hash = mailbox.takeHash() { perform(session.handle(.unlockHash(hash), at: now)) }
            perform(session.handle(.time, at: now))
            write(at: now)
            let isInMemory = port != nil && port?.pollDescriptor == nil
            mailbox.wait(
                port: port?.pollDescriptor, writes: !outgoing.isEmpty,
                milliseconds: isInMemory ? Self.memoryWaitMilliseconds : Self.waitMilliseconds)
        }
        // A last word, as far as the line takes it.
        outgoing += Array("\r\nthe daemon stops\r\n".utf8)
        write(at: clock())
        port?.close()
    }

    private mutating func open(at now: Instant) {
        do throws(PortError) {
            port = try ports.open(line)
        } catch {
            nextOpening = now + Self.reopenAfter
            tellTrouble("cannot open \(error.port): \(error.cause)")
            return
        }
        if !trouble.isEmpty { log("\(line.path) is there again") }
        trouble = ""
        outgoing = []
        perform(session.handle(.connected, at: now))
    }

    private mutating func read(at now: Instant) {
        guard let port else { return }
        var bytes: [UInt8] = []
        do throws(PortError) {
            _ = try port.read(into: &bytes, limit: 4096)
        } catch {
            lose(error, at: now)
            return
        }
        if !bytes.isEmpty { perform(session.handle(.bytes(bytes), at: now)) }
    }

    private mutating func write(at now: Instant) {
        guard let port, !outgoing.isEmpty else { return }
        do throws(PortError) {
            let count = try port.write(outgoing[...])
            outgoing.removeFirst(min(count, outgoing.count))
        } catch {
            lose(error, at: now)
        }
    }

    private mutating func lose(_ error: PortError, at now: Instant) {
        port?.close()
        port = nil
        outgoing = []
        nextOpening = now + Self.reopenAfter
        tellTrouble("\(error.port) is lost: \(error.cause)")
        perform(session.handle(.disconnected, at: now))
    }

    private mutating func tellTrouble(_ words: String) {
        if words != trouble { log("\(words)") }
        trouble = words
    }

    private mutating func perform(_ actions: [ConsoleAction]) {
        for action in actions {
            switch action {
            case .write(let bytes):
                guard port != nil, outgoing.count + bytes.count <= Self.outgoingLimit else { continue }
                outgoing += bytes
            case .log(let words): log(words)
            case .ask(let request, let number):
                let (handler, mailbox) = (handler, mailbox)
                Task { mailbox.leave(await handler.answer(request), number: number) }
            }
        }
    }
}
