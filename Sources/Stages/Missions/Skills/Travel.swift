public import BuildingMap
public import RobotModel

/// Goes to a place: asks for a route and does its steps, and asks for another one when a step does not work.
public struct Travel: Skill {
    /// The states of its own; while a step is being done, the step's skill has the word.
    public enum State: String, SkillState {
        case planning
        case underway
        /// There is no way now; it is asked for again later.
        case waiting
        case arrived

        public var deadline: Duration {
            switch self {
            case .planning: .seconds(10)
            // The steps have deadlines of their own.
            case .underway: .seconds(3600)
            case .waiting: .seconds(15)
            case .arrived: .seconds(1)
            }
        }

        public var words: String {
            switch self {
            case .planning: "planning"
            case .underway: "under way"
            case .waiting: "waiting before another try"
            case .arrived: "arrived"
            }
        }
    }

    /// How often a way is looked for again before the robot gives up.
    static let attempts = 8

    public let place: PlaceID
    private let building: Building
    private let motion: MotionSettings
    private var clock = StateClock(State.planning)
    private var request: RouteRequest
    private var route = Route(steps: [], length: 0, duration: .zero)
    private var index = 0
    private var inner: (any Skill)?
    private var tries = 0
    /// A ride that a restart interrupted in the car.
    private let ride: LiftStep?
    public private(set) var outcome = SkillOutcome.running

    /// - Parameter inside: The lift step that the robot is in the middle of, standing in the car (after a restart).
    public init(to place: PlaceID, building: Building, motion: MotionSettings, inside: LiftStep? = nil) {
        self.place = place
        self.building = building
        self.motion = motion
        ride = inside
        request = RouteRequest(to: place)
    }

    public var name: String { inner?.name ?? "travel" }
    public var stateName: String { inner?.stateName ?? clock.state.rawValue }
    public var words: String { "to \(place): \(inner?.words ?? clock.state.words)" }
    public var budget: Duration { inner?.budget ?? clock.budget }
    public var facility: Facility? { inner?.facility }
    public var routeStep: RouteStep? { inner?.routeStep }
    public var isInterruptible: Bool { inner?.isInterruptible ?? true }
    public var needsPose: Bool { inner?.needsPose ?? (ride == nil) }

    public var remaining: Duration {
        guard let inner else { return route.duration }
        guard index < route.steps.count else { return inner.remaining }
        return route.steps[(index + 1)...].reduce(inner.remaining) { $0 + $1.duration }
    }

    public mutating func start(_ view: WorldView) -> [MissionAction] {
        if let ride { return begin(lift(ride, inside: true), view) }
        return plan()
    }

    public mutating func handle(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        guard outcome == .running else { return [] }
        if case .route(let asked, let answer) = event {
            return asked == request && clock.state == .planning ? take(answer, view) : []
        }
        clock.pass(view)
        switch clock.state {
        case .planning:
            return clock.isLate ? replan(RobotError(.internalError, "the route planner does not answer")) : []
        case .underway: return goOn(event, view)
        case .waiting: return clock.isLate ? plan() : []
        case .arrived: return []
        }
    }

    private mutating func plan() -> [MissionAction] {
        inner = nil
        clock.enter(.planning)
        return [.drive(.stand), .planRoute(request)]
    }

    private mutating func take(_ answer: Result<Route, RobotError>, _ view: WorldView) -> [MissionAction] {
        switch answer {
        case .success(let route):
            self.route = route
            index = -1
            clock.enter(.underway)
            return next(view)
        case .failure(let error):
            if hasAvoidances {
                // Rather the way that failed a moment ago than none.
                request = RouteRequest(to: place)
                clock.enter(.waiting)
                return [.say("no other way to \(place); trying the same once more", .warning)]
            }
            return replan(error)
        }
    }

    private var hasAvoidances: Bool {
        !request.avoidingDoors.isEmpty || !request.avoidingLifts.isEmpty || !request.avoidingSpots.isEmpty
    }

    private mutating func next(_ view: WorldView) -> [MissionAction] {
        index += 1
        guard index < route.steps.count else {
            clock.enter(.arrived)
            inner = nil
            outcome = .done
            return [.drive(.stand)]
        }
        switch route.steps[index] {
        case .drive(let step):
            let isLast = index == route.steps.count - 1
            let yaw = isLast ? building.place(place)?.place.yaw : nil
            return begin(DriveSkill(step: step, finalYaw: yaw, motion: motion), view)
        case .door(let step):
            let isGlass = building.doors[step.door]?.isGlass ?? false
            return begin(DoorCrossing(step: step, isGlass: isGlass, motion: motion), view)
        case .lift(let step): return begin(lift(step, inside: false), view)
        }
    }

    private func lift(_ step: LiftStep, inside: Bool) -> LiftRide {
        let served = building.lifts[step.lift].map { Set($0.doors.keys) } ?? [step.from, step.to]
        let levels = building.levels.filter { served.contains($0.id) }
            .map { ServedLevel(id: $0.id, elevation: $0.elevation) }
        return LiftRide(step: step, levels: levels, motion: motion, inside: inside)
    }

    private mutating func begin(_ skill: some Skill, _ view: WorldView) -> [MissionAction] {
        clock.enter(.underway)
        var skill = skill
        let actions = skill.start(view)
        inner = skill
        return actions
    }

    private mutating func goOn(_ event: MissionEvent, _ view: WorldView) -> [MissionAction] {
        guard var skill = inner else { return plan() }
        let actions = skill.handle(event, view)
        inner = skill
        switch skill.outcome {
        case .running: return actions
        case .done:
            // After a ride that was resumed there is no route yet.
            if route.steps.isEmpty { return actions + plan() }
            return actions + next(view)
        case .failed(let error): return actions + avoid(error, view)
        case .stuck:
            outcome = skill.outcome
            return actions
        }
    }

    private mutating func avoid(_ error: RobotError, _ view: WorldView) -> [MissionAction] {
        switch inner?.routeStep {
        case .door(let step): request.avoidingDoors.insert(step.door)
        case .lift(let step): request.avoidingLifts.insert(step.lift)
        case .drive:
            let ahead = view.pose.transform(Point2D(0.8, 0))
            request.avoidingSpots.append(BlockedSpot(level: view.level, position: ahead))
        case nil: break
        }
        tries += 1
        if tries >= Self.attempts { return giveUp(error) }
        return [.complain(error, .warning)] + plan()
    }

    private mutating func replan(_ error: RobotError) -> [MissionAction] {
        tries += 1
        if tries >= Self.attempts { return giveUp(error) }
        inner = nil
        clock.enter(.waiting)
        return [.drive(.stand), .complain(error, .warning, lead: "no way to \(place) now: ")]
    }

    private mutating func giveUp(_ error: RobotError) -> [MissionAction] {
        outcome = .failed(error)
        return [.drive(.stand)]
    }
}

extension RouteStep {
    /// The expected time of a step.
    var duration: Duration {
        switch self {
        case .drive(let step): step.duration
        case .door(let step): step.duration
        case .lift(let step): step.duration
        }
    }
}
