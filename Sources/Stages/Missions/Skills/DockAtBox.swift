public import RobotModel

/// Finds a delivery box by its outline in the scan and docks in front of it.
public struct DockAtBox: Skill {
    /// The states.
    public enum State: String, SkillState {
        case looking
        case docking
        /// Standing; is it where the arm can work?
        case checking
        /// Back for another approach.
        case backingUp = "backing_up"
        /// Away from the box, to give up.
        case withdrawing
        case docked

        public var deadline: Duration {
            switch self {
            case .looking: .seconds(30)
            case .docking: .seconds(60)
            case .checking: .seconds(10)
            case .backingUp, .withdrawing: .seconds(30)
            case .docked: .seconds(1)
            }
        }

        public var words: String {
            switch self {
            case .looking: "looking for it"
            case .docking: "docking"
            case .checking: "checking the place"
            case .backingUp: "approaching once more"
            case .withdrawing: "backing away"
            case .docked: "docked"
            }
        }
    }

    /// How far from the wanted place the arm can still work: metres and radians.
    static let tolerance = (position: 0.025, yaw: 4.0 * Double.pi / 180)
    static let attempts = 3

    private let box: Int
    private let geometry: BoxGeometry
    /// Where the box's face is expected, map frame; nil for straight ahead.
    private let expected: Pose2D?
    private var clock = StateClock(State.looking)
    private var tries = 0
    private var sightings = 0
    private var lastSighting = Instant.zero
    private var reason: RobotError?
    public private(set) var outcome = SkillOutcome.running

    /// - Parameter place: The pose in which the robot is to stand in front of the box, map frame, if it is known.
    public init(box: Int, place: Pose2D?, geometry: BoxGeometry) {
        self.box = box
        self.geometry = geometry
        expected = place.map { $0.composed(with: Pose2D(x: geometry.expectedDistance, yaw: .pi)) }
    }

    public var name: String { "dock" }
    public var stateName: String { clock.state.rawValue }
    public var words: String { "box \(box): \(clock.state.words)" }
    public var budget: Duration { clock.budget }
    public var isInterruptible: Bool { clock.state == .looking }
    public var remaining: Duration { .seconds(clock.state == .looking ? 12 : 8) }

    public mutating func start(_ view: WorldView) -> [MissionAction] {
        let face = expected ?? view.pose.composed(with: Pose2D(x: geometry.expectedDistance, yaw: .pi))
        return [.drive(.stand), .lookForBox(near: face)]
    }

    public mutating func handle(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        guard case .tick = event, outcome == .running else { return [] }
        clock.pass(view, counting: .protectiveField)
        switch clock.state {
        case .looking:
            if let sighting = view.boxSighting, sighting.time != lastSighting {
                lastSighting = sighting.time
                sightings = sighting.residual < 0.03 ? sightings + 1 : 0
            }
            if sightings >= 3 { return dock() }
            return clock.isLate
                ? giveUp(
                    RobotError(
                        .unavailable, "box \(box) is not where it is expected",
                        hint: "is the vehicle there, and nothing in front of the box?")) : []
        case .docking:
            if clock.isSettled {
                if view.drive == .reached {
                    clock.enter(.checking)
                    return []
                }
                if case .failed(let why) = view.drive { return again("docking failed: \(why)") }
            }
            return clock.isLate ? again("docking took too long") : []
        case .checking: return check(view)
        case .backingUp:
            if clock.isSettled, view.drive == .reached {
                clock.enter(.looking)
                sightings = 0
                return [.fieldMuting(.none)]
            }
            if clock.isLate { return fail(RobotError(.blocked, "cannot back up from box \(box)")) }
            if clock.isSettled, case .failed(let why) = view.drive {
                return fail(RobotError(.blocked, "cannot back up from box \(box): \(why)"))
            }
            return []
        case .withdrawing:
            let error = reason ?? RobotError(.unavailable, "cannot dock at box \(box)")
            if clock.isSettled, view.drive == .reached { return fail(error) }
            if clock.isSettled, case .failed = view.drive { return fail(error) }
            return clock.isLate ? fail(error) : []
        case .docked: return []
        }
    }

    private mutating func dock() -> [MissionAction] {
        tries += 1
        clock.enter(.docking)
        return [.fieldMuting(.docking), .drive(.dock(relativeToBox: geometry.dockPose))]
    }

    private mutating func check(_ view: WorldView) -> [MissionAction] {
        guard view.isStanding, let sighting = view.boxSighting, view.now - sighting.time < .milliseconds(500) else {
            return clock.isLate ? again("the box is not seen from the dock") : []
        }
        guard clock.spent > .milliseconds(400) else { return [] }
        let here = sighting.pose.inverse  // base_link in the face's frame
        let distance = here.position.distance(to: geometry.dockPose.position)
        let yaw = abs(normalizedAngle(here.yaw - geometry.dockPose.yaw))
        if distance <= Self.tolerance.position, yaw <= Self.tolerance.yaw {
            clock.enter(.docked)
            outcome = .done
            return [.drive(.stand)]
        }
        return clock.isLate ? again("docked \(Int(distance * 1000)) mm beside the place") : []
    }

    private mutating func again(_ why: String) -> [MissionAction] {
        if tries < Self.attempts {
            clock.enter(.backingUp)
            return [
                .drive(.stand), .drive(.backUp(distance: 0.30)),
                .say("box \(box): \(why); approaching once more", .warning),
            ]
        }
        return giveUp(
            RobotError(
                .unavailable, "cannot dock at box \(box): \(why)", hint: "is the ground before the box level and free?")
        )
    }

    private mutating func giveUp(_ error: RobotError) -> [MissionAction] {
        reason = error
        if clock.state == .looking { return fail(error) }
        clock.enter(.withdrawing)
        return [.drive(.stand), .drive(.backUp(distance: 0.40))]
    }

    private mutating func fail(_ error: RobotError) -> [MissionAction] {
        outcome = .failed(error)
        return [.drive(.stand), .fieldMuting(.none), .lookForBox(near: nil)]
    }
}
