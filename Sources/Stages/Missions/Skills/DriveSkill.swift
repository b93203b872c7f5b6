public import RobotModel

/// Drives along one step of a route.
public struct DriveSkill: Skill {
    /// The states.
    public enum State: String, SkillState {
        case driving, arrived

        public var deadline: Duration { .seconds(self == .driving ? 120 : 1) }
        public var words: String { self == .driving ? "driving" : "arrived" }
    }

    /// How long something may stand in the way before another way is asked for.
    static let patience = Duration.seconds(60)

    public let step: DriveStep
    private let finalYaw: Double?
    private let motion: MotionSettings
    private var clock = StateClock(State.driving)
    private var hasAsked = false
    public private(set) var outcome = SkillOutcome.running

    /// - Parameter finalYaw: The heading to stand in at the end, if it matters.
    public init(step: DriveStep, finalYaw: Double? = nil, motion: MotionSettings) {
        self.step = step
        self.finalYaw = finalYaw
        self.motion = motion
    }

    public var name: String { "drive" }
    public var stateName: String { clock.state.rawValue }
    public var words: String { "\(clock.state.words) on \(step.level)" }
    public var budget: Duration { clock.budget }
    public var routeStep: RouteStep? { .drive(step) }
    public var remaining: Duration { max(.seconds(1), step.duration - clock.spent) }

    public mutating func start(_ view: WorldView) -> [MissionAction] {
        clock.enter(.driving, limit: step.duration * 3 + .seconds(90))
        let speed = min(step.speedLimit ?? motion.cruiseSpeed, motion.cruiseSpeed)
        let path = Path.rest(of: step.path, from: view.pose.position)
        return [
            .drive(
                .follow(
                    path: path, finalYaw: finalYaw, speedLimit: speed, clearance: motion.laneClearance, reverse: false))
        ]
    }

    public mutating func handle(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        guard case .tick = event, outcome == .running else { return [] }
        clock.pass(view, counting: .protectiveField)
        if clock.isSettled {
            switch view.drive {
            case .reached:
                clock.enter(.arrived)
                outcome = .done
                return []
            case .failed(let reason):
                return end(RobotError(.blocked, "cannot drive on: \(reason)", hint: "clear the way"))
            case .blocked(let since):
                let waited = view.now - since
                if waited >= Self.patience {
                    return end(
                        RobotError(
                            .blocked, "something has stood in the way for \(Int(waited.inSeconds)) s",
                            hint: "clear the way, or wait for another one"))
                }
                if waited >= .seconds(5), !hasAsked {
                    hasAsked = true
                    return [.say("please let me pass", .info)]
                }
            case .idle, .moving: hasAsked = false
            }
        }
        return clock.isLate ? end(clock.late("drive", hint: "look what slows the robot down")) : []
    }

    private mutating func end(_ error: RobotError) -> [MissionAction] {
        outcome = .failed(error)
        return [.drive(.stand)]
    }
}

/// What skills need of polylines.
enum Path {
    /// The part of a polyline that is still ahead of `position`, from `position` on.
    static func rest(of path: [Point2D], from position: Point2D) -> [Point2D] {
        guard path.count >= 2 else { return [position] + path }
        var best = (segment: 0, distance: Double.infinity)
        for index in 0..<path.count - 1 {
            let distance = distance(from: position, to: path[index], path[index + 1])
            // The later one of two equally near: a path that turns back is followed forwards.
            if distance <= best.distance { best = (index, distance) }
        }
        return [position] + path[(best.segment + 1)...]
    }

    /// How far a point is from a segment.
    static func distance(from point: Point2D, to a: Point2D, _ b: Point2D) -> Double {
        let ab = b - a
        let square = ab.dot(ab)
        let share = square > 0 ? min(1, max(0, (point - a).dot(ab) / square)) : 0
        return point.distance(to: a + ab * share)
    }
}
