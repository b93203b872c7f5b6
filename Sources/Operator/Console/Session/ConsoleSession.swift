public import Control
public import RobotModel

/// What happens to a console session.
public enum ConsoleEvent: Sendable {
    /// The line is open.
    case connected
    /// The line is gone: whoever had unlocked it has left.
    case disconnected
    /// Bytes from the terminal.
    case bytes([UInt8])
    /// Time has passed; ten times a second.
    case time
    /// The daemon's answer to the question of this number.
    case answered(Int, ControlResponse)
    /// The board file has another code now; nil when it has none.
    case unlockHash(UnlockHash?)
}

/// What a console session wants done.
public enum ConsoleAction: Sendable {
    /// To the terminal.
    case write([UInt8])
    /// To the daemon; the answer comes back as `.answered` with this number.
    case ask(ControlRequest, number: Int)
    /// To the robot's log: who may do what, and what was done. Never a code.
    case log(String)
}

/// A technician at the serial console, from the banner on: what is typed goes in, what to write and to ask comes out.
///
/// A state machine as a value. It knows no port and no clock; whatever comes over the line, and whatever the daemon does
/// or does not answer, it gets back to its prompt.
public struct ConsoleSession: Sendable {
    enum Mode: Sendable {
        /// Nobody has the line.
        case closed
        /// At the prompt.
        case prompt
        /// At the prompt for the unlock code, since then.
        case code(since: Instant)
        /// The daemon has been asked; nothing else happens until then.
        case waiting(number: Int, Question, until: Instant)
        case watching(Watch)
    }

    /// What an awaited answer is for.
    enum Question: Sendable {
        case page(StatusPage)
        case lines
        /// An order that was carried out or refused; its words, for the log.
        case order(String)
    }

    /// How long the daemon may take for an answer.
    static let patience = Duration.seconds(8)
    /// How long the prompt for the code stands.
    static let codeTime = Duration.seconds(60)
    /// Bytes typed ahead that are kept while the daemon is asked.
    static let typeAheadLimit = 1024

    let robot: String
    let version: String
    var mode = Mode.closed
    var access: AccessLock
    var editor: LineEditor
    var names = ConsoleNames()
    var typeAhead: [UInt8] = []
    /// The number of the last question.
    var lastNumber = 0
    /// A question for names, whose answer is not shown.
    var silentNumber: Int?
    var lastInput = Instant.zero
    /// Nobody has typed anything yet: the first Return is answered with the banner, since who plugs in late missed it.
    var isFresh = true

    /// - Parameter unlockHash: What the unlock code is held against; nil when the console cannot be unlocked.
    public init(robot: String, version: String, unlockHash: UnlockHash?, columns: Int = 80) {
        self.robot = robot
        self.version = version
        access = AccessLock(hash: unlockHash)
        editor = LineEditor(columns: columns)
    }

    /// Whether commands that move or switch something are taken.
    public var isUnlocked: Bool { access.isOpen }

    /// Takes an event; what is to be done, in this order.
    public mutating func handle(_ event: ConsoleEvent, at now: Instant) -> [ConsoleAction] {
        var actions: [ConsoleAction] = []
        switch event {
        case .connected:
            typeAhead = []
            isFresh = true
            lastInput = now
            actions = [.write(banner + openPrompt())]
            askForNames(&actions)
        case .disconnected:
            if access.isOpen { actions.append(.log("the line was lost; locked")) }
            access.close()
            mode = .closed
        case .bytes(let bytes): take(bytes, at: now, &actions)
        case .time: advance(to: now, &actions)
        case .answered(let number, let response): answer(number, response, at: now, &actions)
        case .unlockHash(let hash): replaceAccess(by: hash, &actions)
        }
        return actions
    }

    private mutating func take(_ bytes: [UInt8], at now: Instant, _ actions: inout [ConsoleAction]) {
        if case .closed = mode { return }
        if now - lastInput >= AccessLock.idleLimit { isFresh = true }
        if now - lastInput >= .seconds(10) { askForNames(&actions) }
        lastInput = now
        // Before the bytes count as use: an unlock that has run out is over, however late that is noticed.
        expireAccess(at: now, &actions)
        access.use(at: now)
        for byte in bytes { take(byte, at: now, &actions) }
    }

    /// One byte, in whatever mode the bytes before it have led to.
    mutating func take(_ byte: UInt8, at now: Instant, _ actions: inout [ConsoleAction]) {
        switch mode {
        case .closed: break
        case .prompt:
            let (outcome, output) = editor.handle(byte, completions: { [names] in names.completions(of: $0) })
            if !output.isEmpty { actions.write(output) }
            finishLine(outcome, at: now, &actions)
        case .code:
            let (outcome, output) = editor.handle(byte)
            if !output.isEmpty { actions.write(output) }
            finishCode(outcome, at: now, &actions)
        case .waiting:
            if byte == 0x03 {
                typeAhead = []
                actions.write("^C\r\n".utf8 + openPrompt())
            } else if typeAhead.count < Self.typeAheadLimit {
                typeAhead.append(byte)
            }
        case .watching(var watch):
            let ends = watch.takeKey(byte, at: now)
            mode = .watching(watch)
            if ends { endWatch(&actions) }
        }
    }

    private mutating func advance(to now: Instant, _ actions: inout [ConsoleAction]) {
        expireAccess(at: now, &actions)
        switch mode {
        case .closed, .prompt: break
        case .code(let since):
            if now - since >= Self.codeTime {
                actions.write("\r\ntoo late: type `unlock` again\r\n".utf8 + openPrompt())
            }
        case .waiting(_, let question, let deadline):
            guard now >= deadline else { return }
            if case .order(let words) = question { actions.append(.log("\(words): no answer")) }
            show(
                [
                    PageLine("the daemon has not answered within \(Self.patience.components.seconds) s", .alert),
                    PageLine("  hint: `systemctl status doorstepd` and its journal say why"),
                ], &actions)
            returnToPrompt(at: now, &actions)
        case .watching(var watch):
            if watch.endsByTime(at: now) {
                endWatch(&actions)
                return
            }
            if watch.isDue(at: now) {
                watch.asked(number: ask(.status, &actions), at: now)
                mode = .watching(watch)
            }
        }
    }

    private mutating func expireAccess(at now: Instant, _ actions: inout [ConsoleAction]) {
        guard access.expire(at: now) else { return }
        actions.append(.log("locked, since nobody typed for \(spanText(AccessLock.idleLimit.inSeconds))"))
        guard case .prompt = mode else { return }
        // A line that somebody left half typed is not finished by the next one.
        actions.write(
            "\r\nlocked: nobody has typed for \(spanText(AccessLock.idleLimit.inSeconds))\r\n".utf8 + openPrompt())
    }

    /// Who unlocked the console with the old code has to know the new one.
    private mutating func replaceAccess(by hash: UnlockHash?, _ actions: inout [ConsoleAction]) {
        let wasOpen = access.isOpen
        access = AccessLock(hash: hash)
        guard wasOpen else { return }
        actions.append(.log("the unlock code is another one now; locked"))
        guard case .prompt = mode else { return }
        actions.write("\r\nlocked: the unlock code is another one now\r\n".utf8 + openPrompt())
    }

    private mutating func answer(
        _ number: Int, _ response: ControlResponse, at now: Instant, _ actions: inout [ConsoleAction]
    ) {
        if case .status(let status) = response { names = ConsoleNames(status) }
        if number == silentNumber {
            silentNumber = nil
            return
        }
        switch mode {
        case .waiting(number, let question, _):
            showAnswer(response, to: question, &actions)
            returnToPrompt(at: now, &actions)
        case .watching(var watch) where watch.awaited == number:
            let output = watch.show(response)
            mode = .watching(watch)
            actions.write(output)
        default: break  // Too late: the technician has gone on.
        }
    }

    /// Asks the daemon and returns the question's number.
    mutating func ask(_ request: ControlRequest, _ actions: inout [ConsoleAction]) -> Int {
        lastNumber += 1
        actions.append(.ask(request, number: lastNumber))
        return lastNumber
    }

    private mutating func askForNames(_ actions: inout [ConsoleAction]) {
        silentNumber = ask(.status, &actions)
    }

    private mutating func endWatch(_ actions: inout [ConsoleAction]) {
        actions.write(Watch.farewell + openPrompt())
    }

    /// Back to the prompt, and on with what was typed meanwhile.
    mutating func returnToPrompt(at now: Instant, _ actions: inout [ConsoleAction]) {
        actions.write(openPrompt())
        let waiting = typeAhead
        typeAhead = []
        for byte in waiting { take(byte, at: now, &actions) }
    }

    /// Goes to the prompt; the bytes that show it.
    mutating func openPrompt() -> [UInt8] {
        mode = .prompt
        return editor.begin(prompt: "\(robot)\(access.isOpen ? "#" : ">") ")
    }

    var banner: [UInt8] {
        var bytes = Array("\r\n".utf8)
        for line in [
            PageLine("\(robot): Doorstep \(version), technician's console", .bold),
            PageLine("`help` lists the commands; what moves something needs `unlock`."),
        ] { bytes += line.bytes + Array("\r\n".utf8) }
        return bytes
    }
}

extension [ConsoleAction] {
    /// Adds bytes to write; to the last ones, where these were bytes too.
    mutating func write(_ bytes: some Sequence<UInt8>) {
        if case .write(var before)? = last {
            before += bytes
            self[count - 1] = .write(before)
        } else {
            append(.write([UInt8](bytes)))
        }
    }
}

extension ConsoleNames {
    /// The names that a status knows.
    init(_ status: RobotStatus) {
        devices = status.devices.map(\.slot)
        doors = status.doors.map(\.id)
        joints = status.joints.map(\.name).filter { $0 != "gripper" }
        places = status.place.places + status.place.levels
        missions = (status.mission.map { [$0.id] } ?? []) + status.queue.map(\.id)
    }
}
