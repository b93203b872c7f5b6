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
    private var avoidances = Avoidances()
    /// Another way is looked for although nothing has failed yet.
    private var looksAhead = false
    /// What is out of service, and yet on the only way that there is.
    private var unavoidable: Set<Facility> = []
    /// A ride that a restart interrupted in the car, until it is over.
    private var ride: LiftStep?
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
    public var isInterruptible: Bool { inner?.isInterruptible ?? (ride == nil) }
    public var needsPose: Bool { inner?.needsPose ?? (ride == nil) }

    public var remaining: Duration {
        guard let inner else { return route.duration }
        return stepsAhead.reduce(inner.remaining) { $0 + $1.duration }
    }

    public var stepsAhead: [RouteStep] {
        guard inner != nil, index + 1 < route.steps.count else { return [] }
        return Array(route.steps[(index + 1)...])
    }

    public mutating func start(_ view: WorldView) -> [MissionAction] {
        if let ride { return begin(lift(ride, inside: true), view) }
        return plan(view)
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
        case .waiting: return clock.isLate ? plan(view) : []
        case .arrived: return []
        }
    }

    private mutating func plan(_ view: WorldView) -> [MissionAction] {
        inner = nil
        ride = nil
        clock.enter(.planning)
        request = avoidances.request(to: place, at: view.now)
        request.insisting = unavoidable
        return [.drive(.stand), .planRoute(request)]
    }

    private mutating func take(_ answer: Result<Route, RobotError>, _ view: WorldView) -> [MissionAction] {
        switch answer {
        case .success(let route):
            looksAhead = false
            self.route = route
            index = -1
            clock.enter(.underway)
            return next(view)
        case .failure(let error):
            if avoidances.isEmpty { return replan(error) }
            // Rather the way that failed a moment ago than none.
            unavoidable.formUnion(avoidances.facilities)
            avoidances = Avoidances()
            if looksAhead {
                looksAhead = false
                return [.say("there is no other way to \(place)", .info)] + plan(view)
            }
            clock.enter(.waiting)
            return [.say("no other way to \(place); trying the same once more", .warning)]
        }
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
        // A way that begins in the car has no hall before it.
        case .lift(let step): return begin(lift(step, inside: step.hallPose == step.cabinPose), view)
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
        guard var skill = inner else { return plan(view) }
        if skill.isInterruptible, let facility = firstOutOfService(view) { return goRound(facility, view) }
        let actions = skill.handle(event, view)
        inner = skill
        switch skill.outcome {
        case .running: return actions
        case .done:
            // After a ride that was resumed there is no route yet.
            if route.steps.isEmpty { return actions + plan(view) }
            return actions + next(view)
        case .failed(let error): return actions + avoid(error, view)
        case .stuck:
            outcome = skill.outcome
            return actions
        }
    }

    /// A door or a lift further on that says itself that it serves nobody.
    private mutating func firstOutOfService(_ view: WorldView) -> Facility? {
        unavoidable = unavoidable.filter { $0.isOutOfService(view) }
        for step in stepsAhead {
            let facility: Facility
            switch step {
            case .drive: continue
            case .door(let step): facility = .door(step.door)
            case .lift(let step): facility = .lift(step.lift)
            }
            if !unavoidable.contains(facility), facility.isOutOfService(view) { return facility }
        }
        return nil
    }

    /// Looks for another way before the robot stands in front of what does not work.
    private mutating func goRound(_ facility: Facility, _ view: WorldView) -> [MissionAction] {
        avoidances.add(facility, at: view.now)
        looksAhead = true
        // The step that is left may have asked for its own door or lift.
        let release = inner?.facility.map { [$0.release] } ?? []
        return [.say("\(facility) is out of service; looking for another way", .warning)] + release + plan(view)
    }

    private mutating func avoid(_ error: RobotError, _ view: WorldView) -> [MissionAction] {
        looksAhead = false
        switch inner?.routeStep {
        case .door(let step): avoidances.add(.door(step.door), at: view.now)
        case .lift(let step): avoidances.add(.lift(step.lift), at: view.now)
        case .drive:
            let ahead = view.pose.transform(Point2D(0.8, 0))
            avoidances.add(BlockedSpot(level: view.level, position: ahead), at: view.now)
        case nil: break
        }
        tries += 1
        if tries >= Self.attempts { return giveUp(error) }
        return [.complain(error, .warning)] + plan(view)
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
