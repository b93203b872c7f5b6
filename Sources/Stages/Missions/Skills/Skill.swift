public import RobotModel

/// How a skill ended, if it has.
public enum SkillOutcome: Hashable, Sendable {
    case running
    case done
    /// It did not work, and the robot is free to do something else: wheels standing, arm stowed.
    case failed(RobotError)
    /// It did not work, and somebody has to look before the robot does anything.
    case stuck(RobotError)
}

/// One thing that the robot can do, as a state machine and a value.
///
/// Every state has a deadline and a way out. A skill never does anything: it answers with actions.
public protocol Skill: Sendable {
    /// What it is, for the journal ("lift").
    var name: String { get }
    /// Which state it is in, for the journal ("riding").
    var stateName: String { get }
    /// What it does now, for people.
    var words: String { get }
    /// How long the present state may still take; it does not shrink while the robot is held for safety.
    var budget: Duration { get }
    var outcome: SkillOutcome { get }
    /// The door or lift whose session the skill works with.
    var facility: Facility? { get }
    /// The step of the route that is being done, for a restart.
    var routeStep: RouteStep? { get }
    /// Whether the robot may leave off here and do something else.
    var isInterruptible: Bool { get }
    /// Whether the robot has to know where it is for this; false where it stands, or finds its pose by itself.
    var needsPose: Bool { get }
    /// About how long the skill still takes.
    var remaining: Duration { get }
    /// The steps of a route that come after the one being done; their times are part of `remaining`.
    var stepsAhead: [RouteStep] { get }

    /// Begins; called once, before the first `handle`.
    mutating func start(_ view: WorldView) -> [MissionAction]
    /// Takes one event and says what to do.
    mutating func handle(_ event: MissionEvent, _ view: WorldView) -> [MissionAction]
}

extension Skill {
    public var facility: Facility? { nil }
    public var stepsAhead: [RouteStep] { [] }
    public var routeStep: RouteStep? { nil }
    public var isInterruptible: Bool { true }
    public var needsPose: Bool { true }
}

/// The states of a skill, with their deadlines and words.
public protocol SkillState: RawRepresentable, Hashable, Sendable, CaseIterable where RawValue == String {
    /// How long the state may last.
    var deadline: Duration { get }
    /// What the robot does in it, for people.
    var words: String { get }
}

/// Which state a skill is in and how much of its time is spent.
///
/// Time does not count while the robot is held for safety by what the skill cannot change (a switch, a device, a person's
/// word), and a gap of more than a second between two looks (a pause, a restart) counts as one second.
public struct StateClock<State: SkillState>: Sendable {
    public private(set) var state: State
    /// Time spent in the state.
    public private(set) var spent = Duration.zero
    /// Time since the last goal was given, for statuses that take a moment to follow.
    public private(set) var sinceGoal = Duration.zero
    private var limit: Duration
    private var last: Instant?

    /// A goal's status is believed only after this: a view may have been made before the goal was taken.
    static var settling: Duration { .milliseconds(150) }

    init(_ state: State) {
        self.state = state
        limit = state.deadline
    }

    /// Goes on to a state, with its own deadline or another.
    mutating func enter(_ state: State, limit: Duration? = nil) {
        self.state = state
        self.limit = limit ?? state.deadline
        spent = .zero
        sinceGoal = .zero
    }

    /// Starts the time of the state anew.
    mutating func restart() { enter(state, limit: limit) }

    /// A new goal has been given.
    mutating func newGoal() { sinceGoal = .zero }

    /// Lets time pass.
    ///
    /// - Parameter counting: Causes of a hold during which time counts all the same: what stands in the way of a skill
    ///   that could back out or take another way. That the pose is not known never stops the time: whoever needs it is
    ///   not asked then.
    mutating func pass(_ view: WorldView, counting: SafetyCauses = []) {
        defer { last = view.now }
        guard let last else { return }
        let step = min(max(view.now - last, .zero), .seconds(1))
        guard !view.safety.isStanding(without: counting) else { return }
        spent += step
        sinceGoal += step
    }

    /// Whether the deadline has passed.
    var isLate: Bool { spent >= limit }
    /// What is left of the time.
    var budget: Duration { limit - spent }
    /// Whether a status is of the goal that was given last.
    var isSettled: Bool { sinceGoal >= Self.settling }

    /// What to say when the deadline has passed.
    func late(_ who: String, hint: String) -> RobotError {
        RobotError(
            .deadlinePassed, "\(who): \(state.words) took more than \(Int(limit.inSeconds)) s", hint: hint)
    }
}

extension RobotError.Code {
    /// Something stays in the way.
    public static let blocked: RobotError.Code = "blocked"
    /// Nobody came for the meal.
    public static let noShow: RobotError.Code = "no-show"
    /// The box does not hold the meal.
    public static let mealMissing: RobotError.Code = "meal-missing"
    /// It is another box, or another order.
    public static let wrongBox: RobotError.Code = "wrong-box"
    /// The battery does not hold enough.
    public static let noEnergy: RobotError.Code = "no-energy"
    /// Somebody called it off.
    public static let cancelled: RobotError.Code = "cancelled"
}
