import BuildingMap
import Missions
import RobotModel

/// A world on paper: it does at once, or after a moment, whatever a skill asks for, unless a test has told it not to.
///
/// Doors and lifts behave as behind a relay box; wheels and arm reach their goals after a while; nothing is random.
final class PaperWorld {
    var view: WorldView
    let building: Building
    /// Everything that was performed, in order.
    var log: [MissionAction] = []
    var events: [MissionEvent] = []

    // What a test may spoil.
    var doorOpens = true
    var doorShutsWhileCrossing = false
    var doorwayGap: Double? = 0.9
    var liftComes = true
    /// The level that the car really goes to, whatever it is told.
    var liftGoesTo: LevelID?
    /// What the LiDAR makes of the levels, if not the truth.
    var fits: [LevelID: Double]?
    var carLevel: LevelID = "L1"
    var driveFails: String?
    var isBlocked = false
    var armFails: String?
    var hasMeal = true
    var handleIsThere = true
    var boxIsThere = true
    var boxAcceptsCode = true
    /// How often the flap has to be pressed before the latch catches.
    var pressesToLatch = 1
    var boxOrder = 20417
    var dockError = 0.0
    var lidOpens = true
    var lidShuts = true
    var recipientTakes = true
    var recipientShuts = true
    var pin = "4711"
    var routes: (RouteRequest) -> Result<Route, RobotError>
    var journalFails = false

    private var driveEnds: (Instant, Pose2D)?
    private var armEnds: Instant?
    private var gripperEnds: (Instant, Bool)?
    private var wantsBox = false
    private var docked = false
    private var doorChange: [DoorID: (Instant, DoorState)] = [:]
    private var liftTarget: LevelID?
    private var liftArrives: Instant?
    private var considered: [LevelID] = []
    private var watched = false
    /// A barometer, where a test gives the robot one; it shows how far the car has gone.
    var hasBarometer = false
    /// Metres by which it is wrong.
    var climbError = 0.0
    private var boardedAt = 0.0
    private var measuresHeight = false
    private var lidTimer: Instant?
    private var tool: ArmGoal?
    private var isFlapClosing = false

    init(at pose: Pose2D = Pose2D(), level: LevelID = "L1", building: Building = .paper) {
        self.building = building
        view = WorldView(
            now: .zero + .seconds(100), wall: WallTime(secondsSince1970: 1_790_000_000), pose: pose, level: level)
        view.localization = .tracking(quality: 0.9)
        view.battery = BatteryState(voltage: 26, stateOfCharge: 0.9)
        routes = { .failure(RobotError(.unavailable, "no way to \($0.to)")) }
        for id in building.doors.keys { view.doors[id] = DoorState(mode: .closed, session: .none, reported: view.now) }
        for id in building.lifts.keys {
            view.lifts[id] = LiftState(
                currentLevel: "L1", destination: "L1", door: .closed, motion: .stopped, mode: .agv,
                reported: view.now)
        }
    }

    var said: [String] {
        log.compactMap {
            if case .say(let text, _, let hint) = $0 { hint.map { "\(text); \($0)" } ?? text } else { nil }
        }
    }
    var journal: [JournalEntry] { log.compactMap { if case .journal(let entry) = $0 { entry } else { nil } } }
    func count(_ isMatch: (MissionAction) -> Bool) -> Int { log.count(where: isMatch) }

    /// Performs actions; stops at a journal entry if the journal fails, and hands the rest back as an event.
    func perform(_ actions: [MissionAction]) {
        for (index, action) in actions.enumerated() {
            if case .journal = action, journalFails {
                events.append(
                    .journalFailed(
                        RobotError(.storage, "disk full", hint: "free space"), undone: Array(actions[index...])))
                return
            }
            log.append(action)
            perform(action)
        }
    }

    private func perform(_ action: MissionAction) {
        let now = view.now
        switch action {
        case .drive(let goal): drive(goal, now)
        case .arm(let goal):
            view.arm = goal == .hold ? .idle : .moving
            armEnds = goal == .hold ? nil : now + .milliseconds(300)
            tool = goal
        case .gripper(.open):
            view.gripper = GripperState(width: 0.085, isSettled: false, isHolding: false)
            gripperEnds = (now + .milliseconds(300), false)
        case .gripper(.grip):
            view.gripper.isSettled = false
            gripperEnds = (now + .milliseconds(300), true)
        case .lockCompartment(let locked): if !locked, lidOpens { view.inputs.insert(.lidOpen) }
        case .box(.unlock):
            view.box?.access = boxAcceptsCode ? .granted : .denied
            if boxAcceptsCode { view.box?.latched = false }
        case .box(.lock): view.box?.access = .locked
        case .requestDoor(let id):
            view.doors[id]?.session = .requested(since: now)
            doorChange[id] =
                doorOpens
                ? (now + .seconds(2), DoorState(mode: .open, session: .granted(since: now), reported: now))
                : (
                    now + .seconds(15),
                    DoorState(mode: .closed, session: .failed("did not open within 15 s"), reported: now)
                )
        case .releaseDoor(let id):
            doorChange[id] = (now + .seconds(1), DoorState(mode: .closed, session: .none, reported: now))
        case .callLift(let id, let level), .sendLift(let id, let level):
            view.lifts[id]?.session = .requested(since: now)
            liftTarget = liftGoesTo ?? level
            view.lifts[id]?.destination = level
            liftArrives = now + .seconds(carLevel == liftTarget ? 2 : 8)
        case .holdLiftDoor: break
        case .releaseLift(let id):
            view.lifts[id]?.session = .none
            view.lifts[id]?.door = .closed
            liftTarget = nil
        case .planRoute(let request): events.append(.route(request, routes(request)))
        case .considerLevels(let levels):
            considered = levels
            if levels.isEmpty { view.levelFit = [:] }
        case .switchLevel(let level, let pose):
            view.level = level
            view.pose = pose
        case .measureHeight(let measures):
            boardedAt = building.level(carLevel)?.elevation ?? 0
            measuresHeight = measures
        case .suspendLocalization, .fieldMuting, .journal, .say, .status: break
        case .lookForBox(let near):
            wantsBox = near != nil
            if near == nil { view.boxSighting = nil }
        case .watchDoorway(let posts): watched = posts != nil
        case .verifyPIN(_, let digits): events.append(.pin(digits.revealed == pin))
        }
    }

    private func drive(_ goal: DriveGoal, _ now: Instant) {
        driveEnds = nil
        switch goal {
        case .stand: view.drive = .idle
        case .follow(let path, let yaw, _, _, _):
            let last = path.last ?? view.pose.position
            let before = path.dropLast().last ?? view.pose.position
            let heading = yaw ?? Double(normalizedAngle(angle(last - before, else: view.pose.yaw)))
            driveEnds = (now + .seconds(2), Pose2D(last, yaw: heading))
        case .turn(let yaw): driveEnds = (now + .seconds(1), Pose2D(view.pose.position, yaw: yaw))
        case .dock:
            docked = true
            driveEnds = (now + .seconds(2), view.pose)
        case .backUp(let distance):
            docked = false
            driveEnds = (now + .seconds(1), view.pose.composed(with: Pose2D(x: -distance)))
        }
        if driveEnds != nil { view.drive = .moving(remaining: 1) }
    }

    private func angle(_ vector: Point2D, else other: Double) -> Double {
        guard vector.length > 1e-6 else { return other }
        // Only quarter turns are needed on paper.
        if abs(vector.x) >= abs(vector.y) { return vector.x >= 0 ? 0 : .pi }
        return vector.y >= 0 ? .pi / 2 : -.pi / 2
    }

    /// Lets 50 ms pass.
    func advance() {
        view.now += .milliseconds(50)
        let now = view.now
        view.keys = []
        moveWheels(now)
        moveArm(now)
        moveFacilities(now)
        view.levelFit = [:]
        for level in considered {
            view.levelFit[level] = fits?[level] ?? (level == carLevel ? 0.9 : 0.3)
        }
        view.doorwayGap = watched ? doorwayGap : nil
        let elevation = building.level(carLevel)?.elevation ?? 0
        view.heightChange =
            hasBarometer && measuresHeight
            ? HeightChange(metres: elevation - boardedAt + climbError, deviation: 0.3, isResting: true) : nil
        if boxIsThere, wantsBox {
            let distance = docked ? 0.58 + dockError : 0.8
            view.boxSighting = BoxSighting(pose: Pose2D(x: distance, yaw: .pi), residual: 0.005, time: now)
            if view.box == nil { view.box = BoxState(number: 7, order: boxOrder, reported: now) }
        }
        view.box?.reported = now
    }

    private func moveWheels(_ now: Instant) {
        guard let (end, pose) = driveEnds else { return }
        if let driveFails {
            view.drive = .failed(driveFails)
            return
        }
        if isBlocked {
            if case .blocked = view.drive {} else { view.drive = .blocked(since: now) }
            driveEnds = (now + .seconds(2), pose)
            return
        }
        guard now >= end else {
            view.drive = .moving(remaining: 1)
            return
        }
        view.pose = pose
        view.drive = .reached
        driveEnds = nil
    }

    private func moveArm(_ now: Instant) {
        if let end = armEnds, now >= end {
            armEnds = nil
            view.arm = armFails.map { .failed($0) } ?? .reached
            if armFails == nil, let tool { touch(tool) }
        }
        if let (end, closes) = gripperEnds, now >= end {
            gripperEnds = nil
            view.gripper.isSettled = true
            view.gripper.isHolding = closes && grips
            if !closes, isOverCompartment { view.inputs.insert(.loaded) }
        }
    }

    /// Whether there is something between the fingers where the tool is.
    private var grips: Bool {
        let x = view.tool.origin.x
        if view.inputs.contains(.loaded) { return false }
        if x > 0.6 { return hasMeal }
        return x > 0.4 && handleIsThere
    }

    private var isOverCompartment: Bool { view.tool.origin.x < -0.1 && view.tool.origin.z < 0.5 && hasMeal }

    private func touch(_ goal: ArmGoal) {
        guard case .tool(let pose, _, _, let untilContact) = goal else { return }
        view.tool = pose
        if view.gripper.isHolding, pose.origin.x < 0.42, pose.origin.z > 0.6 { view.box?.flapOpen = true }
        guard untilContact else { return }
        view.arm = .contact
        if pose.origin.x > 0 {
            view.box?.flapOpen = false
            pressesToLatch -= 1
            let isLocked = view.box?.access == .locked
            view.box?.latched = isLocked && pressesToLatch <= 0
        } else if lidShuts {
            view.inputs.remove(.lidOpen)
        }
    }

    private func moveFacilities(_ now: Instant) {
        for (id, change) in doorChange where now >= change.0 {
            view.doors[id] = change.1
            doorChange[id] = nil
        }
        for id in view.lifts.keys { moveLift(id, now) }
    }

    private func moveLift(_ id: LiftID, _ now: Instant) {
        guard let target = liftTarget, liftComes, let arrives = liftArrives else { return }
        var lift = view.lifts[id] ?? LiftState()
        lift.session = .granted(since: now)
        if now >= arrives {
            carLevel = target
            lift.currentLevel = target
            lift.door = .open
            lift.motion = .stopped
        } else if carLevel != target {
            lift.door = .closed
            lift.motion = .up
        }
        view.lifts[id] = lift
    }

    /// The recipient at the robot: types, takes, shuts.
    func takeMeal() {
        if view.inputs.contains(.lidOpen), recipientTakes { view.inputs.remove(.loaded) }
        if view.inputs.contains(.lidOpen), !view.inputs.contains(.loaded), recipientShuts {
            view.inputs.remove(.lidOpen)
        }
    }
}

extension Building {
    /// Two levels, a glass door, a plain door and a lift, along the x axis.
    static var paper: Building {
        func level(_ id: LevelID, _ elevation: Double, _ places: [Place]) -> Level {
            Level(
                id: id, elevation: elevation,
                places: Dictionary(uniqueKeysWithValues: places.map { ($0.id, $0) }))
        }
        func place(_ id: PlaceID, _ x: Double, _ y: Double, yaw: Double = 0) -> Place {
            Place(id: id, position: Point2D(x, y), vertex: 0, yaw: yaw)
        }
        let door = LiftDoor(name: "hall", a: Point2D(8, -0.6), b: Point2D(8, 0.6))
        return Building(
            name: "paper",
            levels: [
                level("L1", 0, [place("home", 0, 0), place("kerb", -4, 0), place("desk", 2, 2)]),
                level("L2", 4, []),
                level("L3", 8, [place("suite", 4, 0)]),
            ],
            doors: [
                "glass": Door(
                    id: "glass", level: "L1", a: Point2D(3, -0.6), b: Point2D(3, 0.6), kind: .sliding, isGlass: true),
                "plain": Door(id: "plain", level: "L1", a: Point2D(5, -0.5), b: Point2D(5, 0.5), kind: .hinged),
            ],
            lifts: [
                "lift": Lift(
                    id: "lift", pose: Pose2D(x: 9, y: 0), width: 2, depth: 2,
                    doors: ["L1": [door], "L2": [door], "L3": [door]])
            ])
    }
}

/// Steps of routes through the building on paper.
enum Paper {
    static let motion = MotionSettings(cruiseSpeed: 0.9)

    static let levels = Building.paper.levels.map { ServedLevel(id: $0.id, elevation: $0.elevation) }

    static func drive(_ x0: Double, _ x1: Double, level: LevelID = "L1") -> DriveStep {
        DriveStep(level: level, path: [Point2D(x0, 0), Point2D(x1, 0)], duration: .seconds(5))
    }

    static func door(_ id: DoorID = "plain", at x: Double = 5) -> DoorStep {
        DoorStep(
            door: id, level: "L1", holdPose: Pose2D(x: x - 1.2), clearPose: Pose2D(x: x + 1.2),
            posts: [Point2D(x, -0.5), Point2D(x, 0.5)], duration: .seconds(12))
    }

    static func lift(to level: LevelID = "L3") -> LiftStep {
        LiftStep(
            lift: "lift", from: "L1", to: level, hallPose: Pose2D(x: 6.8), cabinPose: Pose2D(x: 9, yaw: .pi),
            exitPose: Pose2D(x: 6.5, yaw: .pi), boardingPosts: [Point2D(8, -0.6), Point2D(8, 0.6)],
            exitPosts: [Point2D(8, -0.6), Point2D(8, 0.6)], duration: .seconds(40))
    }

    static let arm = ArmWorkspace(shoulder: Vector3(0.12, 0, 0.46))
    static let compartment = CompartmentShape(
        center: Vector3(-0.17, 0, 0.45), length: 0.26, width: 0.34, depth: 0.20, lidEdge: Vector3(-0.04, 0, 0.46))

    static let settings = ExecutiveSettings(
        home: "home", sessionNumber: 77, motion: motion,
        energy: EnergySettings(capacity: 480, reserve: 0.15, drivingPower: 140, standingPower: 60), arm: arm,
        compartment: compartment)

    /// A hash that no PIN has to be hashed for: the world on paper compares the digits itself.
    static let hash = PINHash(
        text: "$argon2id$v=19$m=8192,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g")!

    static func mission(
        _ id: MissionID = "m1", priority: Int = 5, promised: Double = 1_790_001_000,
        then: NoShow.Fallback = .returnToSender
    ) -> Mission {
        Mission(
            id: id, priority: priority,
            collect: MealCollection(place: "kerb", box: 7, code: Secret(482_913), order: 20_417),
            deliver: MealDelivery(
                place: "suite", pin: hash, promised: WallTime(secondsSince1970: promised),
                noShow: NoShow(wait: .seconds(60), then: then)))
    }
}

/// Runs a skill in a world until it ends or time is up.
@discardableResult
func run(
    _ skill: inout some Skill, in world: PaperWorld, seconds: Double = 900, each: (PaperWorld) -> Void = { _ in }
) -> SkillOutcome {
    world.perform(skill.start(world.view))
    let end = world.view.now + .seconds(seconds)
    while skill.outcome == .running, world.view.now < end {
        world.advance()
        each(world)
        let waiting = world.events
        world.events = []
        for event in waiting + [.tick] { world.perform(skill.handle(event, world.view)) }
    }
    return skill.outcome
}

extension SkillOutcome {
    var error: RobotError? {
        switch self {
        case .running, .done: nil
        case .failed(let error), .stuck(let error): error
        }
    }
    var isFailed: Bool { if case .failed = self { true } else { false } }
    var isStuck: Bool { if case .stuck = self { true } else { false } }
}
