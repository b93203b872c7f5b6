public import RobotModel

/// Rides a lift: waits in the hall, has the car come, boards, rides, makes sure of the level, and leaves.
///
/// Two rules stand above all others. The robot leaves the car only on a level that two independent sources confirm
/// (`LevelEvidence`). And while it is inside, the car is never sent back to the level of boarding, whatever happens
/// (open-rmf/rmf_ros2 #555).
public struct LiftRide: Skill {
    /// What the ride knows so far.
    public let step: LiftStep
    let motion: MotionSettings
    /// Every level that the lift serves.
    let levels: [ServedLevel]
    /// The level at which the measuring of height has begun; nil where nobody measures.
    var measuredFrom: LevelID?
    /// The door has not stood open all the time since the level was confirmed.
    var hasShut = false
    var clock = StateClock(LiftRideState.approaching)
    var calls = 0
    var boardings = 0
    var sends = 0
    var hasSpoken = false
    /// Consecutive looks that confirm the level.
    var confirmations = 0
    var switches = 0
    /// Where the robot will get out: the destination, or where a fire recall has brought it.
    var exitLevel: LevelID
    /// Why the ride is being given up, while the robot gets clear.
    var reason: RobotError?
    public internal(set) var outcome = SkillOutcome.running
    let resumesInside: Bool

    /// - Parameters:
    ///   - levels: Every level that the lift serves, the two of the step among them.
    ///   - inside: The robot stands in the car already (after a restart).
    public init(step: LiftStep, levels: [ServedLevel], motion: MotionSettings, inside: Bool = false) {
        self.step = step
        self.levels = levels
        self.motion = motion
        exitLevel = step.to
        resumesInside = inside
    }

    public var name: String { "lift" }
    public var stateName: String { clock.state.rawValue }
    public var words: String { "lift \(step.lift): \(clock.state.words)" }
    public var budget: Duration { clock.budget }
    public var facility: Facility? { .lift(step.lift) }
    public var routeStep: RouteStep? { .lift(step) }
    public var isInterruptible: Bool { !clock.state.isInside }
    public var needsPose: Bool { ![.sending, .riding, .confirming, .relocalizing].contains(clock.state) }
    public var remaining: Duration {
        let share = clock.state.progress
        return step.duration * (1 - share)
    }

    public mutating func start(_ view: WorldView) -> [MissionAction] {
        if resumesInside {
            // Cut off half-way in: what stands under the door keeps it from shutting.
            if case .tracking = view.localization, view.level == step.from, !isAtPlace(view) { return goIn(view) }
            return send(view, "going on in the car")
        }
        clock.enter(.approaching)
        if step.hallPose.position.distance(to: view.pose.position) < 0.10 {
            if abs(normalizedAngle(step.hallPose.yaw - view.pose.yaw)) < 0.1 { return call() }
            return [.drive(.turn(to: step.hallPose.yaw))]
        }
        return [drive(view, to: step.hallPose, speed: motion.cruiseSpeed, clearance: motion.laneClearance, turn: true)]
    }

    public mutating func handle(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        guard case .tick = event, outcome == .running else { return [] }
        clock.pass(view, counting: .protectiveField)
        let lift = view.lifts[step.lift] ?? LiftState()
        switch clock.state {
        case .approaching: return approach(view)
        case .calling: return wait(lift, view)
        case .looking: return look(lift, view)
        case .boarding: return board(lift, view)
        case .reopening: return reopen(lift, view)
        case .backingOut: return backOut(view)
        case .pausing: return clock.isLate ? call() : []
        case .sending: return leaveLevel(lift, view)
        case .riding: return ride(lift, view)
        case .confirming: return confirm(lift, view)
        case .relocalizing: return relocalize(view)
        case .clearing: return clear(lift, view)
        case .exiting: return exit(lift, view)
        case .waitingToExit: return waitToExit(lift, view)
        case .out: return []
        }
    }

    // MARK: Shared by the phases

    func drive(
        _ view: WorldView, to pose: Pose2D, speed: Double, clearance: Double, turn: Bool, reverse: Bool = false
    ) -> MissionAction {
        .drive(
            .follow(
                path: [view.pose.position, pose.position], finalYaw: turn ? pose.yaw : nil, speedLimit: speed,
                clearance: clearance, reverse: reverse))
    }

    /// Whether the lift serves us.
    func isOurs(_ lift: LiftState) -> Bool {
        if case .granted = lift.session { true } else { false }
    }

    /// Whether the car stands at a level with its door open.
    func isOpen(_ lift: LiftState, at level: LevelID) -> Bool {
        lift.currentLevel == level && lift.door == .open && lift.motion == .stopped
    }

    /// Whether the robot is where it rides.
    func isAtPlace(_ view: WorldView) -> Bool { view.pose.position.distance(to: step.cabinPose.position) < 0.30 }

    func isFree(_ view: WorldView) -> Bool { view.doorwayGap.map { $0 >= motion.doorwayGap } ?? false }

    /// Outside, with the lift given back.
    mutating func giveUp(_ error: RobotError) -> [MissionAction] {
        outcome = .failed(error)
        return [
            .drive(.stand), .fieldMuting(.none), .watchDoorway(nil), .considerLevels([]), .releaseLift(step.lift),
        ]
    }

    /// Inside, and somebody has to look. The session stays: the lift must not take the robot anywhere else.
    mutating func stick(_ error: RobotError) -> [MissionAction] {
        outcome = .stuck(error)
        return [.drive(.stand), .say("I am stuck in lift \(step.lift)", .error, hint: error.hint)]
    }
}

/// The states of a lift ride.
public enum LiftRideState: String, SkillState {
    /// To the hall pose, clear of the door.
    case approaching
    /// The session is asked for and the car called.
    case calling
    /// The car is here; is there room?
    case looking
    case boarding
    /// The door shuts while the robot is less than half in.
    case reopening
    case backingOut
    case pausing
    /// In the car; the door has to shut.
    case sending
    case riding
    /// The lift says we are there; the LiDAR has to agree.
    case confirming
    case relocalizing
    /// The door is open; is the way out free?
    case clearing
    case exiting
    /// The door shuts while the robot is still more than half in.
    case waitingToExit
    case out

    public var deadline: Duration {
        switch self {
        case .approaching: .seconds(90)
        // The session gives up by itself: behind a relay box after 120 s at most, behind the Robot Friendly Asset
        // interface after 420 s; this catches one that does not say so.
        case .calling: .seconds(450)
        case .looking: .seconds(60)
        case .boarding: .seconds(90)
        case .reopening: .seconds(30)
        case .backingOut: .seconds(60)
        case .pausing: .seconds(10)
        case .sending: .seconds(60)
        case .riding: .seconds(180)
        case .confirming: .seconds(30)
        case .relocalizing: .seconds(20)
        case .clearing: .seconds(120)
        case .exiting: .seconds(120)
        case .waitingToExit: .seconds(60)
        case .out: .seconds(1)
        }
    }

    public var words: String {
        switch self {
        case .approaching: "going to the hall"
        case .calling: "waiting for the car"
        case .looking: "looking whether there is room"
        case .boarding: "boarding"
        case .reopening: "waiting for the door to open again"
        case .backingOut: "backing out"
        case .pausing: "trying again"
        case .sending: "leaving the level"
        case .riding: "riding"
        case .confirming: "making sure of the level"
        case .relocalizing: "finding the pose again"
        case .clearing: "waiting for a free way out"
        case .exiting: "getting out"
        case .waitingToExit: "waiting for the door to get out"
        case .out: "out"
        }
    }

    /// Whether the robot is in the car, or half in it.
    public var isInside: Bool {
        switch self {
        case .approaching, .calling, .looking, .pausing, .out: false
        case .boarding, .reopening, .backingOut, .sending, .riding, .confirming, .relocalizing, .clearing, .exiting,
            .waitingToExit:
            true
        }
    }

    /// Whether the robot is at its place in the car and stays there.
    var isRiding: Bool {
        switch self {
        case .sending, .riding, .confirming, .relocalizing, .clearing: true
        case .approaching, .calling, .looking, .boarding, .reopening, .backingOut, .pausing, .exiting, .waitingToExit,
            .out:
            false
        }
    }

    /// About how much of the ride is done.
    var progress: Double {
        switch self {
        case .approaching, .pausing: 0
        case .calling: 0.1
        case .looking, .boarding, .reopening, .backingOut: 0.4
        case .sending: 0.55
        case .riding: 0.65
        case .confirming, .relocalizing: 0.8
        case .clearing, .exiting, .waitingToExit: 0.9
        case .out: 1
        }
    }
}
