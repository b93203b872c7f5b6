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
