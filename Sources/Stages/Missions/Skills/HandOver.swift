public import RobotModel

/// Hands a meal over: announces itself, takes the PIN, opens the compartment, sees the meal taken and the lid shut.
public struct HandOver: Skill {
    /// Who may open the compartment.
    public enum Access: Hashable, Sendable {
        /// Who knows the PIN.
        case pin(PINHash)
        /// Who knows the box's code: the sender.
        case code(Secret<UInt32>)
        /// Whoever presses '#'.
        case anyone
    }

    /// The states.
    public enum State: String, SkillState {
        case waiting
        /// The PIN is held against its hash.
        case verifying
        case lockedOut = "locked_out"
        case opening
        /// The compartment is open; the meal has to be taken.
        case offering
        /// The meal is taken; the lid has to be shut.
        case closing
        /// Nobody shuts the lid: the arm does.
        case shutting
        case finished

        /// Whether the compartment is open, or being opened, for who may have the meal.
        var isOpen: Bool {
            switch self {
            case .opening, .offering, .closing, .shutting: true
            case .waiting, .verifying, .lockedOut, .finished: false
            }
        }

        public var deadline: Duration {
            switch self {
            case .waiting: .seconds(300)
            case .verifying: .seconds(5)
            case .lockedOut: .seconds(30)
            case .opening: .seconds(10)
            case .offering: .seconds(180)
            case .closing: .seconds(60)
            case .shutting: .seconds(60)
            case .finished: .seconds(1)
            }
        }

        public var words: String {
            switch self {
            case .waiting: "waiting for the recipient"
            case .verifying: "checking the PIN"
            case .lockedOut: "locked after wrong PINs"
            case .opening: "opening my compartment"
            case .offering: "waiting for the meal to be taken"
            case .closing: "waiting for the lid to be shut"
            case .shutting: "shutting the lid"
            case .finished: "finished"
            }
        }
    }

    /// Wrong PINs before the keypad is locked for a while, and at which lock the robot leaves instead. Nothing but time
    /// lifts a lock; who has forgotten the PIN asks dispatch.
    static let attempts = 3
    static let lockOuts = 3
    /// How often the compartment is opened for somebody who shuts it over the meal.
    static let offers = 3
    /// Somebody who types when the wait is over is not left standing: time since the last key, and how much is added.
    static let typing = (pause: Duration.seconds(5), extra: Duration.seconds(30))
    /// Digits that the keypad takes at most.
    static let longest = 12
    /// Time between reminders.
    static let reminder = Duration.seconds(20)

    private let mission: MissionID
    private let access: Access
    /// Who has the meal once it is taken.
    private let receiver: Custody
    private let work: ArmWork
    private var clock: StateClock<State>
    private var sequence = ArmSequence([])
    /// What is left of the time to wait, over all attempts.
    private var patience: Duration
    private var typed: [Character] = []
    private var wrong = 0
    private var locks = 0
    private var reminded = Duration.zero
    private var isTaken = false
    private var tries = 0
    private var offers = 0
    /// When a key was pressed last, in the time of the wait.
    private var lastKey: Duration?
    public private(set) var outcome = SkillOutcome.running

    /// - Parameters:
    ///   - wait: How long the robot waits for somebody.
    ///   - isTaken: The meal was gone when a restart interrupted the hand-over: only the lid is left to see to.
    ///   - wasOpen: The compartment was open for whoever had proved to be the right one, and the meal still in it.
    public init(
        mission: MissionID, access: Access, receiver: Custody, wait: Duration, box: BoxGeometry, arm: ArmWorkspace,
        compartment: CompartmentShape, isTaken: Bool = false, wasOpen: Bool = false
    ) {
        self.mission = mission
        self.access = access
        self.receiver = receiver
        self.isTaken = isTaken
        clock = StateClock(isTaken ? .closing : wasOpen ? .offering : .waiting)
        patience = wait
        work = ArmWork(box: box, arm: arm, compartment: compartment)
    }

    public var name: String { "hand_over" }
    public var stateName: String { clock.state.rawValue }
    public var words: String { "hand-over: \(clock.state.words)" }
    public var budget: Duration { clock.budget }
    public var needsPose: Bool { false }
    public var isInterruptible: Bool { [.waiting, .verifying, .lockedOut].contains(clock.state) }
    public var remaining: Duration { .seconds(clock.state == .waiting ? 20 : 10) }

    /// Whether a hand-over that was interrupted there had opened the compartment.
    static func wasOpen(_ progress: MissionProgress) -> Bool {
        progress.skill == "hand_over" && State(rawValue: progress.state)?.isOpen ?? false
    }

    public mutating func start(_ view: WorldView) -> [MissionAction] {
        if isTaken { return [.drive(.stand)] + close() }
        // It still stands open, or was shut behind the meal: nobody needs a PIN any more, but the meal has to be taken.
        if clock.state.isOpen, view.inputs.contains(.lidOpen) || !view.inputs.contains(.loaded) {
            return [.drive(.stand)] + offer()
        }
        clock.enter(.waiting, limit: patience)
        return [.drive(.stand), .say(greeting)]
    }

    public mutating func handle(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        guard outcome == .running else { return [] }
        if case .pin(let isRight) = event, clock.state == .verifying { return isRight ? open() : refuse() }
        guard case .tick = event else { return [] }
        clock.pass(view)
        switch clock.state {
        case .waiting: return wait(view)
        case .verifying: return clock.isLate ? again("please type the \(secret) once more") : []
        case .lockedOut: return lockedOut(view)
        case .opening: return opening(view)
        case .offering: return offering(view)
        case .closing: return closing(view)
        case .shutting: return shutting(view)
        case .finished: return []
        }
    }

    // MARK: The PIN

    private var greeting: String {
        switch access {
        case .pin: "your meal is here; please type your PIN, then #"
        case .code: "I bring a meal back; please type the box's code, then #"
        case .anyone: "I bring a meal; press # to take it"
        }
    }

    /// What has to be typed.
    private var secret: String { if case .code = access { "code" } else { "PIN" } }

    private mutating func wait(_ view: WorldView) -> [MissionAction] {
        for key in view.keys {
            lastKey = clock.spent
            switch key {
            case "*": typed = []
            case "#":
                let digits = Secret(String(typed))
                typed = []
                if let actions = verify(digits) { return actions }
            case "0"..."9": if typed.count < Self.longest { typed.append(key) }
            default: break
            }
        }
        if clock.isLate, !isTyping {
            outcome = .failed(
                RobotError(.noShow, "nobody took the meal", hint: "ask the recipient, and send the meal once more"))
            return []
        }
        return remind(greeting)
    }

    private var isTyping: Bool {
        guard let lastKey else { return false }
        return clock.spent - lastKey < Self.typing.pause && clock.budget > .zero - Self.typing.extra
    }

    private mutating func verify(_ digits: Secret<String>) -> [MissionAction]? {
        if case .anyone = access { return open() }
        guard !digits.revealed.isEmpty else { return nil }
        patience = clock.budget
        switch access {
        case .pin(let hash):
            clock.enter(.verifying)
            return [.verifyPIN(hash, digits: digits)]
        case .code(let code):
            clock.enter(.verifying)
            return UInt32(digits.revealed) == code.revealed ? open() : refuse()
        case .anyone: return nil
        }
    }

    private mutating func refuse() -> [MissionAction] {
        wrong += 1
        guard wrong >= Self.attempts else {
            let left = Self.attempts - wrong
            return again("wrong \(secret); \(left) more \(left == 1 ? "try" : "tries")")
        }
        wrong = 0
        locks += 1
        guard locks < Self.lockOuts else {
            outcome = .failed(
                RobotError(
                    .refused, "\(Self.attempts * Self.lockOuts) wrong \(secret)s were typed",
                    hint: "make sure that the recipient has the right \(secret), and send the meal once more"))
            return [.say("too many wrong \(secret)s; I am leaving", .warning)]
        }
        clock.enter(.lockedOut)
        reminded = .zero
        return [.say("wrong \(secret); the keypad is locked for \(Int(clock.budget.inSeconds)) seconds", .warning)]
    }

    private mutating func lockedOut(_ view: WorldView) -> [MissionAction] {
        if clock.isLate { return again("please type the \(secret), then #") }
        // Once: who goes on typing does not wait for an answer.
        guard reminded == .zero, view.keys.contains("#") else { return [] }
        reminded = clock.spent
        return [.say("the keypad is still locked for \(Int(clock.budget.inSeconds)) seconds", .info)]
    }

    /// Back to waiting, with what is left of the patience.
    private mutating func again(_ text: String) -> [MissionAction] {
        typed = []
        reminded = .zero
        lastKey = nil
        clock.enter(.waiting, limit: max(patience, .seconds(15)))
        return [.say(text, .info)]
    }

    // MARK: The lid

    private mutating func open() -> [MissionAction] {
        clock.enter(.opening)
        return [.journal(.lock(mission, false)), .lockCompartment(false)]
    }

    private mutating func opening(_ view: WorldView) -> [MissionAction] {
        if view.inputs.contains(.lidOpen) { return offer() }
        guard clock.isLate else { return [] }
        tries += 1
        if tries < 3 {
            return [.lockCompartment(true), .say("my compartment does not open; trying again", .warning)] + open()
        }
        outcome = .stuck(
            RobotError(.hardwareAlert, "my compartment does not open", hint: "look at the lid's lock and switch"))
        return [.lockCompartment(true)]
    }

    private mutating func offer() -> [MissionAction] {
        clock.enter(.offering)
        reminded = .zero
        tries = 0
        // The coil is let go, so that the latch catches when somebody shuts the lid.
        return [.lockCompartment(true), .say("please take your meal and shut the lid", .info)]
    }

    private mutating func offering(_ view: WorldView) -> [MissionAction] {
        if !view.inputs.contains(.loaded) {
            // Not a hand that reached in for a moment.
            if clock.sinceGoal > .milliseconds(600) {
                isTaken = true
                return [.journal(.custody(mission, receiver))] + close()
            }
            return []
        }
        clock.newGoal()
        if !view.inputs.contains(.lidOpen), clock.spent > .seconds(1) {
            // Shut again with the meal still in it.
            offers += 1
            let locked: [MissionAction] = [.lockCompartment(true), .journal(.lock(mission, true))]
            if offers < Self.offers { return locked + again("the meal is still in my compartment; \(reopening)") }
            outcome = .failed(RobotError(.noShow, "the meal was not taken", hint: "ask the recipient"))
            return locked
        }
        if clock.isLate { return shut() }
        return remind("please take your meal and shut the lid")
    }

    private var reopening: String {
        if case .anyone = access { return "press # to open it again" }
        return "please type the \(secret) to open it again"
    }

    private mutating func close() -> [MissionAction] {
        clock.enter(.closing)
        reminded = .zero
        return [.lockCompartment(true)]
    }

    private mutating func closing(_ view: WorldView) -> [MissionAction] {
        if !view.inputs.contains(.lidOpen) { return finish() }
        if clock.isLate { return shut() }
        return remind("please shut the lid")
    }

    /// The arm shuts the lid, slowly, and stops at the first contact that is not the lid's frame.
    private mutating func shut() -> [MissionAction] {
        clock.enter(.shutting)
        sequence = ArmSequence(work.shutLid() + [work.leaveLid(), work.stow])
        let first = sequence.first.map { [MissionAction.arm($0)] } ?? []
        return [.say("mind your hands: I shut the lid", .info), .gripper(.grip), .lockCompartment(true)] + first
    }

    private mutating func shutting(_ view: WorldView) -> [MissionAction] {
        let error = RobotError(.hardwareAlert, "nobody shuts my lid, and I cannot", hint: "shut the lid and resume")
        if clock.isLate { return stick(error) }
        guard clock.isSettled else { return [] }
        switch sequence.look(view.arm) {
        case .moving: return []
        case .next(let goal):
            clock.newGoal()
            return [.arm(goal)]
        case .failed: return stick(error)
        case .done: return view.inputs.contains(.lidOpen) ? stick(error) : taken(view) + finish()
        }
    }

    /// Somebody may take the meal at the last moment, while the lid comes down.
    private mutating func taken(_ view: WorldView) -> [MissionAction] {
        guard !isTaken, !view.inputs.contains(.loaded) else { return [] }
        isTaken = true
        return [.journal(.custody(mission, receiver))]
    }

    private mutating func finish() -> [MissionAction] {
        clock.enter(.finished)
        outcome =
            isTaken ? .done : .failed(RobotError(.noShow, "the meal was not taken", hint: "ask the recipient"))
        let text = isTaken ? [MissionAction.say("enjoy your meal")] : []
        return [.journal(.lock(mission, true)), .lockCompartment(true)] + text
    }

    private mutating func stick(_ error: RobotError) -> [MissionAction] {
        outcome = .stuck(error)
        return [.arm(.hold)]
    }

    private mutating func remind(_ text: String) -> [MissionAction] {
        guard clock.spent - reminded >= Self.reminder else { return [] }
        reminded = clock.spent
        return [.say(text, .info)]
    }
}
