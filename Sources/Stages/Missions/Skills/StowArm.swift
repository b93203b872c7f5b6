public import RobotModel

/// Folds the arm for driving; for the start, and after a restart that left it anywhere.
public struct StowArm: Skill {
    /// The states.
    public enum State: String, SkillState {
        case folding, folded

        public var deadline: Duration { .seconds(self == .folding ? 30 : 1) }
        public var words: String { self == .folding ? "folding the arm" : "arm folded" }
    }

    private let posture: String
    private var clock = StateClock(State.folding)
    private var tries = 0
    public private(set) var outcome = SkillOutcome.running

    public init(posture: String) { self.posture = posture }

    public var name: String { "stow" }
    public var stateName: String { clock.state.rawValue }
    public var words: String { clock.state.words }
    public var budget: Duration { clock.budget }
    public var remaining: Duration { .seconds(3) }

    public mutating func start(_ view: WorldView) -> [MissionAction] { [.drive(.stand), .arm(.posture(posture))] }

    public mutating func handle(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        guard case .tick = event, outcome == .running else { return [] }
        clock.pass(view)
        if clock.isSettled {
            if view.arm == .reached {
                clock.enter(.folded)
                outcome = .done
                return []
            }
            if case .failed(let why) = view.arm {
                tries += 1
                guard tries >= 3 else {
                    clock.newGoal()
                    return [.arm(.posture(posture))]
                }
                return stick(RobotError(.blocked, "the arm does not fold: \(why)", hint: "clear the arm's way"))
            }
        }
        return clock.isLate ? stick(clock.late("arm", hint: "clear the arm's way and resume")) : []
    }

    private mutating func stick(_ error: RobotError) -> [MissionAction] {
        outcome = .stuck(error)
        return [.arm(.hold)]
    }
}
