import BuildingMap
import Facilities
import Missions
import RobotModel

/// What is deliberately broken, to see that the check notices.
enum Mutant: Hashable, Sendable {
    /// A session that has only been asked for is taken for granted.
    case boardsUnasked
    /// The LiDAR's word for a level is not waited for.
    case trustsTheLift
    /// Sent on after a stop, the car is called to the level of boarding (open-rmf/rmf_ros2 #555).
    case callsBack
    /// A silent lift is given back, wherever the robot is (the RFA adapter's flaw).
    case releasesInside
    /// A mission that was called off does not give its lift back (open-rmf/rmf_ros2 #389).
    case keepsSession
}

/// The production types that decide about a lift, put together as the deliberation does it: executive and skills, the
/// desk with its sessions, and what the journal would know after a power cut at any moment.
struct CheckedRobot: Sendable {
    static let session: UInt16 = 77
    static let lift: LiftID = "lift"

    var executive: Executive
    var desk: FacilityDesk
    /// What the journal has been told.
    var memory: RecoveredState
    var now = Instant.zero + .seconds(1000)
    private var events: [MissionEvent] = []
    let mutant: Mutant?

    // What was done since the last look, for the properties.
    var actions: [MissionAction] = []
    /// With whether the robot was riding when each was given.
    var commands: [(command: RelayCommand, isRiding: Bool)] = []
    var view: WorldView
    /// From the first order to send the car with the robot in it until the lift is given back.
    private(set) var isRiding = false
    private(set) var boardedAt: LevelID = "L1"
    /// What spoke for a level when the robot made up its mind to be on it.
    private(set) var confirmation: Confirmation?
    /// Somebody has been told that the robot needs help.
    private(set) var callsForHelp = 0
    /// What the robot does, as it has told last.
    private(set) var doing = ""
    /// Only a person can change that.
    var waitsForSomebody: Bool { doing.hasPrefix("needs help") || doing.hasPrefix("paused") }

    /// On its way to the suite on L3, the meal on board, at the lift's hall pose on L1.
    init(mutant: Mutant? = nil) {
        self.mutant = mutant
        memory = RecoveredState()
        let mission = Self.mission
        memory.missions = [mission]
        memory.states[mission.id] = .running
        memory.custody[mission.id] = .robot
        memory.progress = MissionProgress(mission: mission.id, leg: .toDeliver, skill: "travel", state: "planning")
        (memory.lastPose, memory.lastLevel) = (Pose2D(x: 6.8), "L1")
        view = WorldView(now: now, wall: WallTime(secondsSince1970: 0), pose: Pose2D(), level: "L1")
        executive = Executive(settings: Self.settings, building: Self.building, recovered: memory)
        desk = Self.desk()
    }

    // MARK: One second

    /// Lets a second pass: the world's, then the robot's.
    mutating func step(_ world: inout LiftWorld, _ event: MissionEvent? = nil) {
        now += .seconds(1)
        actions = []
        commands = []
        if world.isOutside { isRiding = false }
        world.advance()
        pass(world.report, &world)
        view = look(at: world)
        let waiting = events
        events = []
        for event in waiting + [event, .tick].compactMap({ $0 }) { decide(event, &world) }
        var rounds = 0
        while !events.isEmpty, rounds < 4 {
            let next = events
            events = []
            for event in next { decide(event, &world) }
            rounds += 1
        }
        // The deliberation steps the desk again a twentieth of a second later.
        pass(nil, &world)
    }

    private mutating func pass(_ report: RelayReport?, _ world: inout LiftWorld) {
        let input = FacilityInput(
            relay: report.map { Stamped($0, at: now) }, whereabouts: whereabouts(look(at: world)))
        var given = desk.step(input, at: now).relay
        if mutant == .releasesInside, isRiding, desk.lifts[Self.lift]?.mode == .offline {
            given.append(.lift(number: 1, session: 0, floor: world.floor, holdDoor: false))
        }
        for command in given {
            commands.append((command, isRiding))
            world.take(command)
        }
    }

    /// As the deliberation tells the desk: by the map, where the pose is known.
    private func whereabouts(_ view: WorldView) -> RobotWhereabouts? {
        guard case .tracking = view.localization else { return nil }
        let isIn = Self.building.lifts[Self.lift]?.contains(view.pose.position, margin: 0.42) ?? false
        return RobotWhereabouts(lifts: isIn ? [Self.lift] : [])
    }

    private func look(at world: LiftWorld) -> WorldView {
        var view = WorldView(now: now, wall: WallTime(secondsSince1970: 0), pose: Pose2D(), level: "L1")
        world.fill(&view)
        view.lifts = desk.lifts
        view.inputs = .loaded
        view.battery = BatteryState(voltage: 26, stateOfCharge: 0.9)
        if mutant == .boardsUnasked, case .requested(let since) = view.lifts[Self.lift]?.session {
            view.lifts[Self.lift]?.session = .granted(since: since)
        }
        if mutant == .trustsTheLift, let level = view.lifts[Self.lift]?.currentLevel, !view.levelFit.isEmpty {
            view.levelFit = [level: 0.9]
        }
        return view
    }

    private mutating func decide(_ event: MissionEvent, _ world: inout LiftWorld) {
        for var action in executive.handle(event, view) {
            if mutant == .callsBack, isRiding, case .sendLift(let lift, _) = action {
                action = .callLift(lift, boardedAt)
            }
            if mutant == .keepsSession, action == .releaseLift(Self.lift), !memory.cancelled.isEmpty { continue }
            note(action)
            perform(action, &world)
        }
    }

    private mutating func note(_ action: MissionAction) {
        actions.append(action)
        switch action {
        case .callLift: if !isRiding { boardedAt = view.level }
        // Out again where it came in is no ride.
        case .sendLift(_, let level): if level != boardedAt { isRiding = true }
        case .releaseLift: isRiding = false
        case .status(let status): doing = status.step
        case .say(_, .error, _), .say(_, .warning, .some): callsForHelp += 1
        default: break
        }
    }

    private mutating func perform(_ action: MissionAction, _ world: inout LiftWorld) {
        if case .switchLevel(let level, _) = action { confirmation = Confirmation(level, world) }
        world.perform(action)
        switch action {
        case .callLift(let lift, let level): desk.call(lift: lift, to: level)
        case .sendLift(let lift, let level): desk.sendLift(lift, to: level)
        case .holdLiftDoor(let lift, let holds): desk.holdLiftDoor(lift, holds)
        case .releaseLift(let lift): desk.release(lift: lift)
        case .planRoute(let request): events.append(.route(request, route(request, world)))
        case .journal(let entry): memory.take(entry)
        default: break
        }
    }

    // MARK: Crash and restart

    /// The process dies here and comes up again after some seconds, with what the journal has.
    mutating func restart(after seconds: Int, _ world: inout LiftWorld) {
        // The drive brakes by itself when nobody speaks to it.
        world.forgetProcess(level: memory.lastLevel)
        for _ in 0..<seconds {
            now += .seconds(1)
            world.advance()
        }
        (events, actions, commands) = ([], [], [])
        confirmation = nil
        executive = Executive(settings: Self.settings, building: Self.building, recovered: memory)
        if memory.progress?.isRiding ?? false { world.isSuspended = true }
        desk = Self.desk()
        for case (.lift(let lift), let number) in memory.sessions {
            desk.adopt(lift: lift, session: number, isEnding: memory.ending.contains(.lift(lift)))
        }
    }

    // MARK: The building and its routes

    private func route(_ request: RouteRequest, _ world: LiftWorld) -> Result<Route, RobotError> {
        // There is always a way out of a car and its doorway.
        guard let goal = Self.building.place(request.to), world.hasRoute || !world.isOutside else {
            return .failure(RobotError(.unavailable, "no way to \(request.to)"))
        }
        var steps: [RouteStep] = []
        // As the planner has it: aboard is who has its middle in the car.
        let isIn = world.spot > 2
        if isIn || view.level != goal.level {
            if request.avoidingLifts.contains(Self.lift), !isIn {
                return .failure(RobotError(.unavailable, "no other way"))
            }
            steps.append(.lift(Self.ride(from: view.level, to: goal.level, isAboard: isIn)))
        }
        steps.append(
            .drive(DriveStep(level: goal.level, path: [Point2D(6.8, 0), Point2D(6.5, 0)], duration: .seconds(5))))
        return .success(Route(steps: steps, length: 10, duration: .seconds(60)))
    }

    private static func ride(from: LevelID, to: LevelID, isAboard: Bool) -> LiftStep {
        let posts = [Point2D(8, -0.6), Point2D(8, 0.6)]
        let cabin = Pose2D(x: 9, yaw: .pi)
        return LiftStep(
            lift: lift, from: from, to: to, hallPose: isAboard ? cabin : Pose2D(x: 6.8), cabinPose: cabin,
            exitPose: Pose2D(x: 6.5, yaw: .pi), boardingPosts: posts, exitPosts: posts, duration: .seconds(40))
    }

    private static func desk() -> FacilityDesk {
        let link = RelayLiftLink(number: 1, floors: ["L1": 0, "L2": 1, "L3": 2], session: session)
        return FacilityDesk(doors: [:], lifts: [lift: .relayBox(link)], robot: "checked")
    }

    static let settings = ExecutiveSettings(
        home: "kerb", sessionNumber: session, motion: MotionSettings(cruiseSpeed: 0.9),
        energy: EnergySettings(capacity: 480, reserve: 0.15, drivingPower: 140, standingPower: 60),
        arm: ArmWorkspace(shoulder: Vector3(0.12, 0, 0.46)),
        compartment: CompartmentShape(
            center: Vector3(-0.17, 0, 0.45), length: 0.26, width: 0.34, depth: 0.20, lidEdge: Vector3(-0.04, 0, 0.46)))

    static let mission = Mission(
        id: "m1", priority: 5, collect: MealCollection(place: "kerb", box: 7, code: Secret(482_913), order: 20_417),
        deliver: MealDelivery(
            place: "suite",
            pin: PINHash(
                text: "$argon2id$v=19$m=8192,t=3,p=1$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g"
            )!,
            promised: WallTime(secondsSince1970: 1000), noShow: NoShow(wait: .seconds(60), then: .returnToSender)))

    static let building: Building = {
        func level(_ id: LevelID, _ elevation: Double, _ place: PlaceID?) -> Level {
            var level = Level(id: id, elevation: elevation)
            if let place { level.places[place] = Place(id: place, position: Point2D(6.5, 0), vertex: 0) }
            return level
        }
        let door = LiftDoor(name: "hall", a: Point2D(8, -0.6), b: Point2D(8, 0.6))
        let car = Lift(
            id: lift, pose: Pose2D(x: 9, y: 0), width: 2, depth: 2, doors: ["L1": [door], "L2": [door], "L3": [door]])
        return Building(
            name: "checked", levels: [level("L1", 0, "kerb"), level("L2", 4, nil), level("L3", 8, "suite")], doors: [:],
            lifts: [lift: car])
    }()
}

/// How many of lift, LiDAR and barometer say a level, and how many of them lie.
struct Confirmation: Hashable, Sendable {
    let level: LevelID
    let sources: Int
    let liars: Int

    init(_ level: LevelID, _ world: LiftWorld) {
        self.level = level
        func says(_ claim: Int?) -> Int { LiftWorld.levels[claim ?? world.level] == level ? 1 : 0 }
        let lift = world.isLinkUp ? says(world.floorLie ?? world.floor) : 0
        let barometer = world.hasBarometer && world.measuredFrom != nil ? says(world.heightLie) : 0
        sources = lift + says(world.scanLie) + barometer
        liars = [world.floorLie, world.scanLie, world.heightLie].compactMap { $0 }.count
    }
}

extension RecoveredState {
    /// What the journal makes of an entry, without a disk.
    mutating func take(_ entry: JournalEntry) {
        switch entry {
        case .accepted, .lock, .boxUnlock: break
        case .state(let id, let state, _):
            states[id] = state
            if state == .cancelling { cancelled.insert(id) }
            if state.isFinal {
                missions.removeAll { $0.id == id }
                progress = nil
            }
        case .progress(let step): progress = step
        case .idle: progress = nil
        case .sessionOpening(let facility, let number):
            sessions[facility] = number
            ending.remove(facility)
        case .sessionEnding(let facility): ending.insert(facility)
        case .sessionEnded(let facility):
            sessions[facility] = nil
            ending.remove(facility)
        case .custody(let id, let holder): custody[id] = holder
        case .safety(let causes): safety = causes
        case .pose(let pose, let level): (lastPose, lastLevel) = (pose, level)
        }
    }
}
