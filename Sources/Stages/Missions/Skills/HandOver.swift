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

    /// Wrong PINs before the keypad is locked for a while, and how often it is locked before the robot leaves.
    static let attempts = 3
    static let lockOuts = 3
    /// Digits that the keypad takes at most.
    static let longest = 12
    /// Time between reminders.
    static let reminder = Duration.seconds(20)

    private let mission: MissionID
    private let access: Access
    /// Who has the meal once it is taken.
    private let receiver: Custody
    private let work: ArmWork
    private var clock = StateClock(State.waiting)
    private var sequence = ArmSequence([])
    /// What is left of the time to wait, over all attempts.
    private var patience: Duration
    private var typed: [Character] = []
    private var wrong = 0
    private var locks = 0
    private var reminded = Duration.zero
    private var isTaken = false
    private var tries = 0
    public private(set) var outcome = SkillOutcome.running

    /// - Parameters:
    ///   - wait: How long the robot waits for somebody.
    ///   - isTaken: The meal was gone when a restart interrupted the hand-over: only the lid is left to see to.
    public init(
        mission: MissionID, access: Access, receiver: Custody, wait: Duration, box: BoxGeometry, arm: ArmWorkspace,
        compartment: CompartmentShape, isTaken: Bool = false
    ) {
        self.mission = mission
        self.access = access
        self.receiver = receiver
        self.isTaken = isTaken
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

    public mutating func start(_ view: WorldView) -> [MissionAction] {
        if isTaken { return [.drive(.stand)] + close() }
        // A restart may find the lid open: nobody needs a PIN any more, but the meal has to be taken.
        if view.inputs.contains(.lidOpen) { return [.drive(.stand)] + offer() }
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
        case .verifying: return clock.isLate ? again("please type the PIN once more") : []
        case .lockedOut: return clock.isLate ? again("please type the PIN, then #") : []
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

    private mutating func wait(_ view: WorldView) -> [MissionAction] {
        for key in view.keys {
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
        if clock.isLate {
            outcome = .failed(
                RobotError(.noShow, "nobody took the meal", hint: "ask the recipient, and send the meal once more"))
            return []
        }
        return remind(greeting)
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
            return again("wrong PIN; \(Self.attempts - wrong) more tries")
        }
        wrong = 0
        locks += 1
        guard locks < Self.lockOuts else {
            outcome = .failed(
                RobotError(
                    .refused, "\(Self.attempts * Self.lockOuts) wrong PINs were typed",
                    hint: "make sure that the recipient has the right PIN, and send the meal once more"))
            return [.say("too many wrong PINs; I am leaving")]
        }
        clock.enter(.lockedOut)
        return [.say("wrong PIN; the keypad is locked for 30 seconds")]
    }

    /// Back to waiting, with what is left of the patience.
    private mutating func again(_ text: String) -> [MissionAction] {
        typed = []
        reminded = .zero
        clock.enter(.waiting, limit: max(patience, .seconds(15)))
        return [.say(text)]
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
        if tries < 3 { return [.lockCompartment(true), .say("my compartment does not open; trying again")] + open() }
        outcome = .stuck(
            RobotError(.hardwareAlert, "my compartment does not open", hint: "look at the lid's lock and switch"))
        return [.lockCompartment(true)]
    }

    private mutating func offer() -> [MissionAction] {
        clock.enter(.offering)
        reminded = .zero
        // The coil is let go, so that the latch catches when somebody shuts the lid.
        return [.lockCompartment(true), .say("please take your meal and shut the lid")]
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
            tries += 1
            if tries < 3 { return again("the meal is still in my compartment; please type the PIN to open it again") }
            outcome = .failed(RobotError(.noShow, "the meal was not taken", hint: "ask the recipient"))
            return [.journal(.lock(mission, true)), .lockCompartment(true)]
        }
        if clock.isLate { return shut() }
        return remind("please take your meal and shut the lid")
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
        return [.say("mind your hands: I shut the lid"), .gripper(.grip), .lockCompartment(true)] + first
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
        case .done: return view.inputs.contains(.lidOpen) ? stick(error) : finish()
        }
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
        return [.say(text)]
    }
}
