package import BoardFile
package import BuildingMap
package import RobotModel

/// The building, the people in it and the robot's body, in steps of one millisecond.
///
/// Deterministic: the same board, building and scenario, stepped with the same commands, give the same world.
package final class World {
    /// The length of a step, seconds.
    package static let step = 0.001
    /// Steps between two looks at how near everything is.
    private static let surveyEvery = 10
    /// The tip of the closed gripper is a ball of this radius, metres.
    package static let tipRadius = 0.02

    package let scenario: Scenario
    let boardBase: BaseGeometry
    let hull: Hull
    // What the devices read and command.
    package let wheels = WheelPlant()
    package let facility = FacilityPlant()
    package let boxPlant = BoxPlant()
    package let keypad = KeypadPlant()
    package let arm: ArmBody
    // What stands around.
    package let doors: [DoorID: DoorBody]
    package let lifts: [LiftID: LiftBody]
    package let box: BoxBody?
    private let doorList: [DoorBody]
    private let liftList: [LiftBody]
    let scenes: [LevelID: LevelScene]
    // Who is there.
    private var walkers: [Walker]
    private var visitors: [DoorwayVisitor]
    /// People called into doorways by a fault.
    private var called: [DoorID: DoorwayVisitor] = [:]
    private var recipients: [Recipient]
    package private(set) var people: [PersonBody] = []
    // The robot.
    package internal(set) var pose: Pose2D
    package internal(set) var level: LevelID
    package private(set) var twist = Twist2D.zero
    var drive: DriveBody
    package var battery: BatteryBody
    package private(set) var senses = BodySenses()
    /// Where the robot's charger stands, if its home is on the map.
    private let dock: (level: LevelID, position: Point2D)?
    /// Watts of the charger at the dock.
    private static let chargerPower = 150.0
    package var compartment: CompartmentBody
    package var meal: MealLocation
    var grip = Grip.nothing
    /// A fault: no meal stays between the fingers.
    package var isMealSlippery = false
    var tipOutsideLid = true
    var tipOutsideFlap = true
    private var rider: LiftID?
    private let elevations: [LevelID: Double]
    /// The scene of the robot's level.
    package private(set) var scene: LevelScene
    // What is measured for the truth.
    package private(set) var steps = 0
    package internal(set) var nearestApproach = Double.infinity
    package internal(set) var nearestPerson = Double.infinity
    package internal(set) var contacts = 0
    package internal(set) var lastContact: String?
    package private(set) var distance = 0.0
    /// How far the hull may still come before something can touch it, metres.
    var margin = 0.0
    var isTouching = false
    /// Something is at the bumper.
    package internal(set) var isBumperHit = false
    /// The emergency stop is pressed: the wheels have no power, whatever the drive says.
    package var isEmergencyStopped = false
    private var standsFor = 0.0

    package init(board: Board, building: Building, scenario: Scenario) throws(RobotError) {
        self.scenario = scenario
        boardBase = board.base
        hull = Hull(length: board.base.length, width: board.base.width)
        func stream(_ number: UInt64) -> SeededRandom {
            var random = SeededRandom(seed: scenario.seed &+ number &* 0x632B_E59B_D9B4_E019)
            return SeededRandom(seed: random.next())
        }
        arm = ArmBody(board.joints, random: stream(1))
        drive = DriveBody(board.base, slip: scenario.slip, random: stream(2))
        battery = BatteryBody(board.battery, stateOfCharge: scenario.stateOfCharge)
        compartment = CompartmentBody(board.compartment)

        doors = World.makeDoors(scenario, board, building, facility)
        doorList = doors.keys.sorted().compactMap { [doors] in doors[$0] }
        lifts = World.makeLifts(scenario, board, building, facility)
        liftList = lifts.keys.sorted().compactMap { [lifts] in lifts[$0] }

        var setUp = stream(3)
        box = try World.makeBox(scenario, building, boxPlant, &setUp)
        meal = box?.vehicle.hasMeal == true ? .inBox : .missing
        var scenes: [LevelID: LevelScene] = [:]
        for storey in building.levels {
            let serving = liftList.filter { lift in lift.floors.contains { $0.level == storey.id } }
            scenes[storey.id] = LevelScene(
                storey, doors: doorList.filter { $0.door.level == storey.id }, lifts: serving,
                furniture: scenario.furniture.filter { $0.level == storey.id },
                extra: box?.level == storey.id ? box?.outlines ?? [] : [])
        }
        self.scenes = scenes
        dock = building.place(board.home).map { ($0.level, $0.place.position) }
        elevations = Dictionary(building.levels.map { ($0.id, $0.elevation) }, uniquingKeysWith: { first, _ in first })

        let start = try World.start(scenario, board, building)
        pose = start.pose
        level = start.level
        guard let scene = scenes[start.level] else {
            throw RobotError(.invalidFile, "the robot starts on level '\(start.level)', which the building has not")
        }
        self.scene = scene
        (walkers, visitors, recipients) = try World.makePeople(scenario, doors)
        gatherPeople()
    }

    /// Seconds since the start.
    package var time: Double { Double(steps) * World.step }

    /// Lets a millisecond pass.
    package func advance() {
        let dt = World.step
        steps += 1
        stepFacilities(dt)
        stepPeople(dt)
        stepDrive(dt)
        stepArm(dt)
        senses.move(elevation: elevation, twist: twist, dt)
        if steps % World.surveyEvery == 0 {
            survey()
            let servo = arm.plants.reduce(0) { $0 + abs($1.current) } * 12
            // The computer, the LiDAR and the drive's electronics; then wheels and servos.
            let power = 52 + 26 * (abs(wheels.leftCurrent) + abs(wheels.rightCurrent)) + servo
            let isDocked = isAtDock
            let net = power - (isDocked ? World.chargerPower : 0)
            wheels.busVoltage = battery.draw(net, dt * Double(World.surveyEvery))
            senses.draw(
                voltage: wheels.busVoltage, power: net, stateOfCharge: battery.stateOfCharge, hasCharger: isDocked)
        }
    }

    /// Metres of the floor under the robot, above the building's zero: the car's while it rides.
    private var elevation: Double { rider.flatMap { lifts[$0]?.elevation } ?? elevations[level] ?? 0 }

    /// Whether the robot stands on its charger's contacts.
    private var isAtDock: Bool {
        guard let dock, dock.level == level else { return false }
        return dock.position.distance(to: pose.position) < 0.15 && twist == .zero
    }

    // MARK: - Doors and lifts

    private func stepFacilities(_ dt: Double) {
        for body in doorList {
            let moved = body.step(
                dt,
                radar: { self.isPersonNear((body.door.a + body.door.b) * 0.5, on: body.door.level, within: 1.5) },
                isOccupied: { self.isOccupied(body.door.a, body.door.b, on: body.door.level) },
                gap: { $0.reduce(.infinity) { min($0, self.gap(to: $1, on: body.door.level)) } })
            if moved { scenes[body.door.level]?.refresh(body.door.level) }
        }
        for body in liftList {
            let before = body.standingLevel
            let moved = body.step(dt) {
                guard let level = body.standingLevel else { return false }
                return body.lift.doors[level, default: []].contains { self.isOccupied($0.a, $0.b, on: level) }
            }
            let after = body.standingLevel
            if before != nil && after == nil && level == before && body.lift.contains(pose.position, margin: 0) {
                rider = body.lift.id
            }
            if before == nil, let after {
                if rider == body.lift.id { arrive(on: after) }
                rider = rider == body.lift.id ? nil : rider
            }
            if moved {
                for floor in body.floors { scenes[floor.level]?.refresh(floor.level) }
            }
        }
    }

    /// The lift has carried the robot to a level.
    private func arrive(on new: LevelID) {
        level = new
        if let there = scenes[new] { scene = there }
        margin = 0
    }

    /// Somebody carries the robot to another place.
    package func carry(to level: LevelID, _ pose: Pose2D) {
        arrive(on: level)
        self.pose = pose
        rider = nil
    }

    private func isPersonNear(_ point: Point2D, on level: LevelID, within distance: Double) -> Bool {
        people.contains { $0.isPresent && $0.level == level && $0.position.distance(to: point) < distance }
    }

    private func isOccupied(_ a: Point2D, _ b: Point2D, on level: LevelID) -> Bool {
        isNear(Edge(a, b), on: level, robot: 0.05, person: 0.1)
    }

    /// Whether the robot or a person is nearer than this to a segment, metres.
    private func isNear(_ segment: Edge, on level: LevelID, robot: Double, person: Double) -> Bool {
        if level == self.level, segment.distance(to: pose.position) < hull.radius + robot,
            hull.gap(to: pose.inverseTransform(segment.a), pose.inverseTransform(segment.b)).distance < robot
        {
            return true
        }
        return people.contains {
            $0.isPresent && $0.level == level && segment.distance(to: $0.position) < PersonBody.radius + person
        }
    }

    /// The gap between a segment and the nearest of robot and people, metres; infinite when nobody is near.
    private func gap(to segment: Edge, on level: LevelID) -> Double {
        var gap = Double.infinity
        if level == self.level, segment.distance(to: pose.position) < hull.radius + 0.1 {
            gap = hull.gap(to: pose.inverseTransform(segment.a), pose.inverseTransform(segment.b)).distance
        }
        for person in people where person.isPresent && person.level == level {
            gap = min(gap, segment.distance(to: person.position) - PersonBody.radius)
        }
        return gap
    }

    // MARK: - People

    private func stepPeople(_ dt: Double) {
        let isMoving = abs(twist.linear) > 0.005 || abs(twist.angular) > 0.01
        standsFor = isMoving ? 0 : standsFor + dt
        var moved = false
        if !walkers.isEmpty || !visitors.isEmpty || !called.isEmpty {
            let view = PersonView(
                time: time, robotLevel: level, robot: pose,
                gap: { self.hull.distance(to: self.pose.inverseTransform($0)) - PersonBody.radius },
                isFree: { self.hasRoom(at: $0) })
            for index in walkers.indices where walkers[index].step(dt, view) { moved = true }
            for index in visitors.indices where visitors[index].step(dt, view) { moved = true }
            for id in called.keys where called[id]?.step(dt, view) == true { moved = true }
        }
        for index in recipients.indices {
            let isHere =
                recipients[index].body.level == level && standsFor > 0.1
                && recipients[index].body.position.distance(to: pose.position) <= Recipient.reach
            let sight = Recipient.Sight(
                isRobotHere: isHere, lidOpening: compartment.opening, hasMeal: meal == .inCompartment)
            // Hands off, unless this recipient's are on the lid.
            switch recipients[index].step(dt, sight) {
            case .press(let key): keypad.pressed.append(key)
            case .takeMeal: meal = .delivered
            case .shutLid: compartment.hand = 1.6
            case .letGo: compartment.hand = nil
            case nil: break
            }
        }
        if moved { gatherPeople() }
    }

    private func gatherPeople() {
        people =
            walkers.map(\.body) + visitors.map(\.body) + called.keys.sorted().compactMap { called[$0]?.body }
            + recipients.map(\.body)
        people.removeAll { !$0.isPresent }
    }

    /// Whether a person fits between walls, doors and furniture on the robot's level.
    private func hasRoom(at point: Point2D) -> Bool {
        var isFree = true
        scene.standing.forEach(near: point, radius: PersonBody.radius) {
            if $0.distance(to: point) < PersonBody.radius { isFree = false }
        }
        return isFree && !scene.leaves.contains { $0.distance(to: point) < PersonBody.radius }
    }

    /// Calls somebody into a doorway, or sends them off again.
    package func setPerson(inDoorway id: DoorID, _ isThere: Bool) {
        if isThere, called[id] == nil, let body = doors[id] {
            called[id] = World.visitor(
                DoorwaySetup(door: id, seconds: .infinity, trigger: .time(0)), in: body)
        } else if !isThere {
            called[id] = nil
        }
        gatherPeople()
    }

    /// Takes the meal out of the box, or puts it back.
    package func setMealMissing(_ isMissing: Bool) {
        if isMissing && meal == .inBox { meal = .missing }
        if !isMissing && meal == .missing && box != nil { meal = .inBox }
    }

    // MARK: - Wheels

    private func stepDrive(_ dt: Double) {
        let asked = drive.step(wheels, hasPower: !isEmergencyStopped, dt)
        if asked == .zero {
            twist = .zero
            drive.isBlocked = false
            return
        }
        twist = move(asked, dt)
        distance += abs(twist.linear) * dt
    }
}
