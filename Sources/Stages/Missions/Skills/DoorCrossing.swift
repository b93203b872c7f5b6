public import RobotModel

/// Passes a door: holds before it, has it opened, sees that it is free, crosses, lets it close.
public struct DoorCrossing: Skill {
    /// The states.
    public enum State: String, SkillState {
        /// To the hold pose.
        case approaching
        /// The session is asked for; the door has to open.
        case opening
        /// The door says it is open; the LiDAR has to see the gap, and nobody in it.
        case looking
        case crossing
        /// It closed before us, or on us: standing until it is open again.
        case reopening
        /// Backwards out of the doorway to the hold pose.
        case retreating
        /// A pause before it is asked again.
        case pausing
        case passed

        public var deadline: Duration {
            switch self {
            case .approaching: .seconds(90)
            // The session itself gives up after 15 s; this catches a link that does not even say so.
            case .opening: .seconds(20)
            case .looking: .seconds(120)
            case .crossing: .seconds(180)
            case .reopening: .seconds(60)
            case .retreating: .seconds(60)
            case .pausing: .seconds(3)
            case .passed: .seconds(1)
            }
        }

        public var words: String {
            switch self {
            case .approaching: "going to it"
            case .opening: "waiting for it to open"
            case .looking: "looking whether it is free"
            case .crossing: "crossing"
            case .reopening: "waiting in it for it to open again"
            case .retreating: "backing out of it"
            case .pausing: "trying again"
            case .passed: "passed"
            }
        }
    }

    /// How often opening is tried.
    static let attempts = 3
    /// People are asked for room after this, and again after that.
    static let asking = (first: Duration.seconds(5), again: Duration.seconds(20))

    /// Metres before and behind the posts within which the robot counts as standing between them.
    private static let halfDepth = 0.45

    public let step: DoorStep
    private let isGlass: Bool
    private let motion: MotionSettings
    private var clock = StateClock(State.approaching)
    private var tries = 0
    private var crossings = 0
    /// When people were asked last to make room.
    private var asked: Instant?
    /// Why the crossing is being given up, while the robot backs out.
    private var reason: RobotError?
    public private(set) var outcome = SkillOutcome.running

    /// - Parameter isGlass: The LiDAR sees through the leaf: what the door says has to do.
    public init(step: DoorStep, isGlass: Bool, motion: MotionSettings) {
        self.step = step
        self.isGlass = isGlass
        self.motion = motion
    }

    public var name: String { "door" }
    public var stateName: String { clock.state.rawValue }
    public var words: String { "door \(step.door): \(clock.state.words)" }
    public var budget: Duration { clock.budget }
    public var facility: Facility? { .door(step.door) }
    public var routeStep: RouteStep? { .door(step) }
    public var isInterruptible: Bool {
        ![.crossing, .reopening, .retreating].contains(clock.state)
    }
    public var remaining: Duration {
        clock.state == .crossing ? max(.seconds(1), step.duration / 2 - clock.spent) : step.duration
    }

    public mutating func start(_ view: WorldView) -> [MissionAction] {
        // Already between the posts (after a restart): no way back to the hold pose without a reason.
        if isBetweenPosts(view.pose) { return ask(view) }
        if step.holdPose.position.distance(to: view.pose.position) < 0.10 {
            if abs(normalizedAngle(step.holdPose.yaw - view.pose.yaw)) < 0.1 { return ask(view) }
            clock.enter(.approaching)
            return [.drive(.turn(to: step.holdPose.yaw))]
        }
        clock.enter(.approaching)
        return [
            .drive(
                .follow(
                    path: [view.pose.position, step.holdPose.position], finalYaw: step.holdPose.yaw,
                    speedLimit: motion.cruiseSpeed, clearance: motion.laneClearance, reverse: false))
        ]
    }

    public mutating func handle(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        guard case .tick = event, outcome == .running else { return [] }
        clock.pass(view, counting: .protectiveField)
        let door = view.doors[step.door] ?? DoorState()
        switch clock.state {
        case .approaching: return approach(view)
        case .opening: return open(door, view)
        case .looking: return look(door, view)
        case .crossing: return cross(door, view)
        case .reopening: return reopen(door, view)
        case .retreating: return retreat(view)
        case .pausing: return clock.isLate ? ask(view) : []
        case .passed: return []
        }
    }

    private mutating func approach(_ view: WorldView) -> [MissionAction] {
        if clock.isSettled {
            if view.drive == .reached { return ask(view) }
            if case .failed(let why) = view.drive {
                return giveUp(RobotError(.blocked, "cannot get to door \(step.door): \(why)", hint: "clear the way"))
            }
        }
        if clock.isLate { return giveUp(late(view, "clear the way to the door")) }
        return askForRoom(view)
    }

    /// Asks whoever stands in the robot's way to let it pass.
    private mutating func askForRoom(_ view: WorldView) -> [MissionAction] {
        guard clock.isSettled, case .blocked(let since) = view.drive else { return [] }
        return ask("please let me pass", since: since, view)
    }

    private mutating func ask(_ words: String, since: Instant, _ view: WorldView) -> [MissionAction] {
        guard view.now - since >= Self.asking.first else { return [] }
        if let asked, asked >= since, view.now - asked < Self.asking.again { return [] }
        asked = view.now
        return [.say(words, .info)]
    }

    /// Why a deadline has passed: because of who stands in the way, if somebody does.
    private func late(_ view: WorldView, _ hint: String) -> RobotError {
        guard case .blocked(let since) = view.drive else { return clock.late(words, hint: hint) }
        let seconds = Int((view.now - since).inSeconds)
        return RobotError(
            .blocked, "somebody or something has stood in the way at door \(step.door) for \(seconds) s", hint: hint)
    }

    private mutating func ask(_ view: WorldView) -> [MissionAction] {
        clock.enter(.opening)
        return [.drive(.stand), .watchDoorway(step.posts), .requestDoor(step.door)]
    }

    private mutating func open(_ door: DoorState, _ view: WorldView) -> [MissionAction] {
        if case .failed(let why) = door.session, clock.isSettled { return retry(why) }
        if case .granted = door.session, door.mode == .open {
            clock.enter(.looking)
            return look(door, view)
        }
        return clock.isLate ? retry("it did not open (it says \(door.mode))") : []
    }

    private mutating func retry(_ why: String) -> [MissionAction] {
        tries += 1
        if tries < Self.attempts {
            clock.enter(.pausing)
            return [.releaseDoor(step.door), .say("door \(step.door): \(why); trying again", .warning)]
        }
        return giveUp(
            RobotError(
                .unavailable, "door \(step.door) cannot be passed: \(why)",
                hint: "open it by hand, or look at its controller"))
    }

    private mutating func look(_ door: DoorState, _ view: WorldView) -> [MissionAction] {
        guard isHeld(door), door.mode == .open else { return ask(view) }
        // A robot that is held does not begin: whether it is free has to be seen in the moment it drives.
        if isFree(view), view.safety.action < .hold {
            clock.enter(.crossing)
            crossings += 1
            return [
                .fieldMuting(.doorway),
                .drive(
                    .follow(
                        path: [view.pose.position, step.clearPose.position], finalYaw: nil,
                        speedLimit: motion.doorwaySpeed, clearance: motion.doorwayClearance, reverse: false)),
            ]
        }
        if clock.isLate {
            let gap = view.doorwayGap.map { "\(Int($0 * 100)) cm free" } ?? "the gap cannot be seen"
            return giveUp(
                RobotError(
                    .blocked, "door \(step.door) is open, but not free (\(gap))", hint: "clear the doorway"))
        }
        return ask("please clear the doorway", since: view.now - clock.spent, view)
    }

    private mutating func cross(_ door: DoorState, _ view: WorldView) -> [MissionAction] {
        if clock.isSettled, view.drive == .reached {
            clock.enter(.passed)
            outcome = .done
            return tidy + [.releaseDoor(step.door)]
        }
        // Behind the posts the door's state does not matter any more. A silent relay box does not stop a crossing:
        // the door is still held for seconds, and the fields watch.
        let isShutting = door.mode == .moving || door.mode == .closed
        // Before them nobody has to go on without a session, or through a door that does not say that it is open.
        let mayNotEnter = progress(view.pose) < -Self.halfDepth && !(isHeld(door) && door.mode == .open)
        if progress(view.pose) < 0.40, isShutting || isLost(door) || mayNotEnter {
            clock.enter(.reopening)
            return [
                .drive(.stand), .requestDoor(step.door), .say("door \(step.door) closes on me; asking again", .warning),
            ]
        }
        if clock.isSettled, case .failed(let why) = view.drive {
            return leave(view, RobotError(.blocked, "stopped in door \(step.door): \(why)", hint: "clear the doorway"))
        }
        if clock.isLate { return leave(view, late(view, "clear the doorway")) }
        return askForRoom(view)
    }

    private mutating func reopen(_ door: DoorState, _ view: WorldView) -> [MissionAction] {
        if isHeld(door), door.mode == .open, crossings < 6 {
            clock.enter(.looking)
            return look(door, view)
        }
        if case .failed = door.session, clock.isSettled {
            clock.newGoal()
            return [.requestDoor(step.door)]
        }
        if clock.isLate || crossings >= 6 {
            return leave(
                view,
                RobotError(
                    .unavailable, "door \(step.door) does not stay open",
                    hint: "hold it open, or look at its controller")
            )
        }
        return []
    }

    /// Out of the doorway: backwards while the robot has not passed the posts, else on.
    private mutating func leave(_ view: WorldView, _ error: RobotError) -> [MissionAction] {
        guard reason == nil, progress(view.pose) < 0.2 else {
            outcome = .stuck(error)
            // The session stays: a door must not close on a robot that stands in it.
            return [.drive(.stand), .say("I am stuck in door \(step.door)", .error, hint: error.hint)]
        }
        reason = error
        clock.enter(.retreating)
        return [
            .drive(.stand),
            .drive(
                .follow(
                    path: [view.pose.position, step.holdPose.position], finalYaw: nil,
                    speedLimit: motion.doorwaySpeed, clearance: motion.doorwayClearance, reverse: true)),
        ]
    }

    private mutating func retreat(_ view: WorldView) -> [MissionAction] {
        let error = reason ?? RobotError(.blocked, "door \(step.door) could not be passed")
        if clock.isSettled, view.drive == .reached { return giveUp(error) }
        if clock.isSettled, case .failed = view.drive { return leave(view, error) }
        return clock.isLate ? leave(view, error) : askForRoom(view)
    }

    private mutating func giveUp(_ error: RobotError) -> [MissionAction] {
        outcome = .failed(error)
        return [.drive(.stand)] + tidy + [.releaseDoor(step.door)]
    }

    private var tidy: [MissionAction] { [.fieldMuting(.none), .watchDoorway(nil)] }

    private func isFree(_ view: WorldView) -> Bool {
        // Between the posts the gap cannot be measured; there the protective field looks ahead.
        if isBetweenPosts(view.pose) { return true }
        return view.doorwayGap.map { $0 >= motion.doorwayGap } ?? isGlass
    }

    private func isHeld(_ door: DoorState) -> Bool {
        if case .granted = door.session { true } else { false }
    }

    private func isLost(_ door: DoorState) -> Bool {
        if case .failed = door.session { return door.mode != .offline }
        return false
    }

    /// Metres beyond the line of the posts, along the way through; negative before it.
    private func progress(_ pose: Pose2D) -> Double { along.dot(pose.position - middle) }

    private func isBetweenPosts(_ pose: Pose2D) -> Bool { abs(progress(pose)) < Self.halfDepth && sideways(pose) < 0.6 }

    private func sideways(_ pose: Pose2D) -> Double { abs(along.cross(pose.position - middle)) }

    private var middle: Point2D {
        guard step.posts.count == 2 else {
            return (step.holdPose.position + step.clearPose.position) * 0.5
        }
        return (step.posts[0] + step.posts[1]) * 0.5
    }

    private var along: Point2D {
        let way = step.clearPose.position - step.holdPose.position
        return way * (1 / max(way.length, 1e-9))
    }
}
