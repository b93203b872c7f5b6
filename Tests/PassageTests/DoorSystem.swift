import BuildingMap
import Facilities
import Missions
import RobotModel

/// The production types that decide about a door, and the door: the robot before it on its way to the recipient, the
/// meal on board.
struct DoorSystem: CheckedSystem {
    static let door: DoorID = "door"

    var world = DoorWorld()
    var executive: Executive
    var desk: FacilityDesk
    var memory: RecoveredState
    var now = Instant.zero + .seconds(1000)
    private var events: [MissionEvent] = []
    private let mutant: Mutant?
    private var view: WorldView
    private var actions: [MissionAction] = []
    private var commands: [RelayCommand] = []
    private(set) var doing = ""
    private var callsForHelp = 0

    init(mutant: Mutant? = nil) {
        self.mutant = mutant
        memory = RecoveredState()
        let mission = CheckedRobot.mission
        memory.missions = [mission]
        memory.states[mission.id] = .running
        memory.custody[mission.id] = .robot
        memory.progress = MissionProgress(mission: mission.id, leg: .toDeliver, skill: "travel", state: "planning")
        (memory.lastPose, memory.lastLevel) = (Pose2D(x: 3.8), "L1")
        view = WorldView(now: now, wall: WallTime(secondsSince1970: 0), pose: Pose2D(), level: "L1")
        executive = Executive(settings: CheckedRobot.settings, building: Self.building, recovered: memory)
        desk = Self.desk()
    }

    // MARK: What the explorer does

    mutating func step() throws(Breach) { try step(nil) }

    mutating func suffer(_ fault: DoorFault) throws(Breach) -> Bool {
        guard fault.apply(to: &world) else { return false }
        switch fault {
        case .crash: restart(after: 1)
        case .longCrash: restart(after: 15)
        case .shutdown:
            try step(.shutdown)
            restart(after: 15)
        case .cancel: try step(.cancel("m1"))
        case .pause: try step(.pause)
        case .resume: try step(.resume)
        default: try step(nil)
        }
        return true
    }

    func rest() throws(Breach) {
        // A robot that does not know where it is may stand between the posts.
        if world.isOutside, !world.isLost || world.holder != .robot {
            if world.holder == .robot {
                throw Breach(rule: .closesSessions, what: "outside, and the door is still held for the robot")
            }
        } else if !holdsDoor || callsForHelp == 0 {
            throw Breach(
                rule: .closesSessions,
                what: "between the posts, session in the journal: \(holdsDoor), said so: \(callsForHelp > 0)")
        }
    }

    /// Outside on another leg of the mission, and the door is not held any more; or on the way home. Ways through a door
    /// that does not open are tried for ever, so what the journal still waits for does not count.
    var isOver: Bool {
        let isAway = world.isOutside && world.holder != .robot
        guard let leg = memory.progress?.leg else { return isAway }
        return leg == .toHome || (leg != .toDeliver && isAway)
    }

    struct Appearance: Equatable {
        var world: DoorWorld
        var doing: MissionProgress?
        var calls: Int
    }

    var appearance: Appearance {
        var world = world
        world.age = 0
        return Appearance(world: world, doing: memory.progress, calls: callsForHelp)
    }

    var key: Int { StateKey.of(world, executive, desk, memory, events, callsForHelp > 0, now: now) }
    var waitsForSomebody: Bool { doing.hasPrefix("needs help") || doing.hasPrefix("paused") }
    var isOutside: Bool { world.isOutside }
    private var holdsDoor: Bool { memory.sessions[.door(Self.door)] != nil }

    // MARK: One second

    private mutating func step(_ event: MissionEvent?) throws(Breach) {
        let before = world
        now += .seconds(1)
        (actions, commands) = ([], [])
        world.advance()
        pass(world.report)
        view = look()
        let waiting = events
        events = []
        for event in waiting + [event, .tick].compactMap({ $0 }) { decide(event) }
        var rounds = 0
        while !events.isEmpty, rounds < 4 {
            let next = events
            events = []
            for event in next { decide(event) }
            rounds += 1
        }
        pass(nil)
        try obeys(before)
    }

    /// Backwards, out of a doorway in which it cannot stay.
    private var isBackingOut: Bool { doing.contains("backing out") }

    private func obeys(_ before: DoorWorld) throws(Breach) {
        if world.isBetweenPosts, !before.isBetweenPosts, world.unheld > 1, !isBackingOut {
            throw Breach(rule: .entersOnlyWithSession, what: "goes in, and the door has been \(world.holder)'s for 2 s")
        }
        for case .drive(.follow(let path, _, _, _, false)) in actions where !world.isBetweenPosts {
            let crosses = (path.last?.x ?? 0 > 5) != (DoorWorld.spots[world.spot] > 5)
            guard crosses, world.unheld > 1 else { continue }
            throw Breach(rule: .entersOnlyWithSession, what: "drives in, and the door is \(world.holder)'s")
        }
        for case .door(_, 0) in commands where world.isBetweenPosts {
            throw Breach(rule: .gotOffOnlyOutside, what: "gives the door back between its posts")
        }
    }

    private mutating func pass(_ report: RelayReport?) {
        let input = FacilityInput(
            relay: report.map { Stamped($0, at: now) },
            whereabouts: world.isLost ? nil : RobotWhereabouts(doors: world.isBetweenPosts ? [Self.door] : []))
        var given = desk.step(input, at: now).relay
        if mutant == .releasesInside, world.isBetweenPosts, !world.isLinkUp || world.isOffline {
            given.append(.door(number: 1, session: 0))
        }
        for command in given {
            commands.append(command)
            world.take(command)
        }
    }

    private func look() -> WorldView {
        var view = WorldView(now: now, wall: WallTime(secondsSince1970: 0), pose: Pose2D(), level: "L1")
        world.fill(&view)
        view.doors = desk.doors
        view.inputs = .loaded
        view.battery = BatteryState(voltage: 26, stateOfCharge: 0.9)
        if mutant == .boardsUnasked, case .requested(let since) = view.doors[Self.door]?.session {
            view.doors[Self.door]?.session = .granted(since: since)
        }
        return view
    }

    private mutating func decide(_ event: MissionEvent) {
        for action in executive.handle(event, view) {
            if mutant == .keepsSession, action == .releaseDoor(Self.door), !memory.cancelled.isEmpty { continue }
            actions.append(action)
            world.perform(action)
            switch action {
            case .requestDoor(let door): desk.request(door: door)
            case .releaseDoor(let door): desk.release(door: door)
            case .planRoute(let request): events.append(.route(request, route(request)))
            case .journal(let entry): memory.take(entry)
            case .status(let status): doing = status.step
            case .say(_, .error, _), .say(_, .warning, .some): callsForHelp += 1
            default: break
            }
        }
    }

    private mutating func restart(after seconds: Int) {
        world.forgetProcess()
        for _ in 0..<seconds {
            now += .seconds(1)
            world.advance()
        }
        (events, actions, commands) = ([], [], [])
        executive = Executive(settings: CheckedRobot.settings, building: Self.building, recovered: memory)
        desk = Self.desk()
        for case (.door(let door), let number) in memory.sessions {
            desk.adopt(door: door, session: number, isEnding: memory.ending.contains(.door(door)))
        }
    }

    // MARK: The building and its routes

    private func route(_ request: RouteRequest) -> Result<Route, RobotError> {
        guard let goal = Self.building.place(request.to) else {
            return .failure(RobotError(.unavailable, "no way to \(request.to)"))
        }
        var steps: [RouteStep] = []
        // On the other side of the posts, or between them already.
        let isAhead = goal.place.position.x > 5
        if isAhead ? world.spot < 3 : world.spot > 1 {
            guard !request.avoidingDoors.contains(Self.door) else {
                return .failure(RobotError(.unavailable, "no other way"))
            }
            steps.append(
                .door(
                    DoorStep(
                        door: Self.door, level: "L1", holdPose: isAhead ? Pose2D(x: 3.8) : Pose2D(x: 6.2, yaw: .pi),
                        clearPose: isAhead ? Pose2D(x: 6.2) : Pose2D(x: 3.8, yaw: .pi),
                        posts: Self.posts, duration: .seconds(12))))
        }
        let here = DoorWorld.spots[world.spot]
        steps.append(
            .drive(
                DriveStep(level: "L1", path: [Point2D(here, 0), goal.place.position], duration: .seconds(5))))
        return .success(Route(steps: steps, length: 3, duration: .seconds(20)))
    }

    private static let posts = [Point2D(5, -0.5), Point2D(5, 0.5)]

    private static func desk() -> FacilityDesk {
        FacilityDesk(
            doors: [door: .relayBox(RelayDoorLink(number: 1, session: CheckedRobot.session))], lifts: [:],
            robot: "checked")
    }

    private static let building: Building = {
        var level = Level(id: "L1", elevation: 0)
        level.places["kerb"] = Place(id: "kerb", position: Point2D(3.8, 0), vertex: 0)
        level.places["suite"] = Place(id: "suite", position: Point2D(6.2, 0), vertex: 0)
        return Building(
            name: "checked", levels: [level],
            doors: [door: Door(id: door, level: "L1", a: posts[0], b: posts[1], kind: .sliding)], lifts: [:])
    }()
}
