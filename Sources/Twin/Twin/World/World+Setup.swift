import BoardFile
import BuildingMap
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

extension World {
    static func start(_ scenario: Scenario, _ board: Board, _ building: Building) throws(RobotError) -> RobotStart {
        if let start = scenario.start { return start }
        guard let home = building.place(board.home) else {
            throw RobotError(
                .invalidFile, "the robot's home '\(board.home)' is no place of the building '\(building.name)'",
                hint: "give the scenario a robot start, or name a vertex '\(board.home)' in the building file")
        }
        return RobotStart(level: home.level, pose: Pose2D(home.place.position, yaw: home.place.yaw ?? 0))
    }

    /// The building's doors; those that are wired to the relay box stand in its plant, in the order of their numbers.
    static func makeDoors(
        _ scenario: Scenario, _ board: Board, _ building: Building, _ box: FacilityPlant
    ) -> [DoorID: DoorBody] {
        var doors: [DoorID: DoorBody] = [:]
        for id in building.doors.keys.sorted() {
            guard let door = building.doors[id] else { continue }
            var plant: DoorPlant?
            if let number = board.facilities?.doors[id] {
                let wired = DoorPlant(number: number)
                box.doors.append(wired)
                plant = wired
            } else if board.buildingBroker?.doors[id] != nil {
                plant = DoorPlant(number: 0)
            }
            doors[id] = DoorBody(door, plant: plant, timings: scenario.facilities)
        }
        box.doors.sort { $0.number < $1.number }
        return doors
    }

    /// The building's lifts that are wired; those of the relay box stand in its plant, in the order of their numbers. A lift
    /// that is reached over the broker has its floors numbered from the lowest one, 1.
    static func makeLifts(
        _ scenario: Scenario, _ board: Board, _ building: Building, _ box: FacilityPlant
    ) -> [LiftID: LiftBody] {
        var lifts: [LiftID: LiftBody] = [:]
        func place(_ id: LiftID, _ plant: LiftPlant, _ floors: [LevelID: Int]) {
            guard let lift = building.lifts[id] else { return }
            let floors = floors.compactMap { entry in
                building.level(entry.key).map {
                    LiftBody.Floor(number: entry.value, level: entry.key, elevation: $0.elevation)
                }
            }
            lifts[id] = LiftBody(
                lift, plant: plant, floors: floors, start: scenario.facilities.liftFloors[id] ?? 1,
                timings: scenario.facilities)
        }
        for (id, wiring) in (board.facilities?.lifts ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard building.lifts[id] != nil else { continue }
            let plant = LiftPlant(number: wiring.number)
            box.lifts.append(plant)
            place(id, plant, wiring.floors)
        }
        box.lifts.sort { $0.number < $1.number }
        for (id, lift) in board.buildingBroker?.lifts ?? [:] {
            let rising = building.levels.filter { lift.floors[$0.id] != nil }.sorted { $0.elevation < $1.elevation }
            let numbers = rising.enumerated().map { ($0.element.id, $0.offset + 1) }
            place(id, LiftPlant(number: 0), Dictionary(numbers, uniquingKeysWith: { first, _ in first }))
        }
        return lifts
    }

    static func makeBox(
        _ scenario: Scenario, _ building: Building, _ plant: BoxPlant, _ random: inout SeededRandom
    ) throws(RobotError) -> BoxBody? {
        guard let vehicle = scenario.vehicle else { return nil }
        guard let kerb = building.place(vehicle.place) else {
            throw RobotError(
                .invalidFile, "the vehicle's place '\(vehicle.place)' is no place of the building '\(building.name)'")
        }
        let place = Pose2D(kerb.place.position, yaw: kerb.place.yaw ?? 0)
        return BoxBody(vehicle, level: kerb.level, at: place, plant: plant, random: &random)
    }

    static func makePeople(
        _ scenario: Scenario, _ doors: [DoorID: DoorBody]
    ) throws(RobotError) -> ([Walker], [DoorwayVisitor], [Recipient]) {
        var walkers: [Walker] = []
        var visitors: [DoorwayVisitor] = []
        var recipients: [Recipient] = []
        for setup in scenario.people {
            switch setup {
            case .walker(let walker): walkers.append(Walker(walker))
            case .recipient(let recipient): recipients.append(Recipient(recipient))
            case .doorway(let doorway):
                guard let body = doors[doorway.door] else {
                    throw RobotError(
                        .invalidFile, "the scenario has somebody in door '\(doorway.door)', which the building has not")
                }
                visitors.append(visitor(doorway, in: body))
            }
        }
        return (walkers, visitors, recipients)
    }

    static func visitor(_ setup: DoorwaySetup, in body: DoorBody) -> DoorwayVisitor {
        let along = body.door.b - body.door.a
        return DoorwayVisitor(
            setup, level: body.door.level, at: (body.door.a + body.door.b) * 0.5,
            heading: atan2(along.y, along.x) + .pi / 2)
    }
}
