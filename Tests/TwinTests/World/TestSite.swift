import BoardFile
import BuildingMap
import RobotModel
import Twin

/// A small building for the world's tests: a hall with a glass door, a room with a hinged door, and a lift.
enum TestSite {
    static var repository: String {
        // This file is Tests/TwinTests/World/TestSite.swift.
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
    }

    /// The twin's own board file.
    static func board() throws -> Board { try Board.read(path: repository + "/BoardConfigs/twin.yaml") }

    static let building: Building = {
        func room(_ low: Point2D, _ high: Point2D) -> [Wall] {
            let corners = [low, Point2D(high.x, low.y), high, Point2D(low.x, high.y)]
            return corners.indices.map { Wall(corners[$0], corners[($0 + 1) % 4]) }
        }
        func place(_ name: String, _ x: Double, _ y: Double, _ yaw: Double, _ vertex: Int) -> Place {
            Place(id: PlaceID(name), position: Point2D(x, y), vertex: vertex, yaw: yaw)
        }
        let shaft = [
            Wall(Point2D(10, 0.6), Point2D(10, 1)), Wall(Point2D(10, 1), Point2D(12, 1)),
            Wall(Point2D(12, 1), Point2D(12, -1)), Wall(Point2D(12, -1), Point2D(10, -1)),
            Wall(Point2D(10, -1), Point2D(10, -0.6)),
        ]
        let hall =
            room(Point2D(-6, -4), Point2D(13, 4)) + shaft + [
                Wall(Point2D(4, -4), Point2D(4, -0.7)), Wall(Point2D(4, 0.7), Point2D(4, 2)),
                Wall(Point2D(4, 2), Point2D(4, 4), material: .glass),
                Wall(Point2D(7, -4), Point2D(7, -0.6)), Wall(Point2D(7, 0.6), Point2D(7, 4)),
            ]
        let above = room(Point2D(2, -4), Point2D(13, 4)) + shaft
        let opening = [LiftDoor(name: "hall_door", a: Point2D(10, -0.6), b: Point2D(10, 0.6))]
        return Building(
            name: "test",
            levels: [
                Level(
                    id: "L1", elevation: 0, walls: hall, vertices: [Vertex(position: Point2D(2, 0))],
                    places: ["charger": place("charger", 2, 0, 0, 0), "kerb": place("kerb", -1, 0, .pi, 0)]),
                Level(id: "L2", elevation: 3.2, walls: above),
                Level(
                    id: "L3", elevation: 6.4, walls: above, vertices: [Vertex(position: Point2D(5, 0))],
                    places: ["suite_301": place("suite_301", 5, 0, .pi / 2, 0)]),
            ],
            doors: [
                "entrance": Door(
                    id: "entrance", level: "L1", a: Point2D(4, -0.7), b: Point2D(4, 0.7), kind: .doubleSliding,
                    isGlass: true),
                "lobby_door": Door(
                    id: "lobby_door", level: "L1", a: Point2D(7, -0.6), b: Point2D(7, 0.6), kind: .hinged),
            ],
            lifts: [
                "lift_1": Lift(
                    id: "lift_1", pose: Pose2D(x: 11, y: 0), width: 2, depth: 2,
                    doors: ["L1": opening, "L2": opening, "L3": opening])
            ])
    }()

    /// A world without slip and noise, with the vehicle exactly in its place.
    static func plainScenario() -> Scenario {
        var scenario = Scenario()
        scenario.slip = 0
        scenario.laser.deviation = 0
        scenario.laser.relativeDeviation = 0
        scenario.laser.dropOut = 0
        var vehicle = Vehicle(place: "kerb")
        vehicle.displacement = 0
        vehicle.turn = 0
        vehicle.order = 1842
        vehicle.code = 48_151_623
        scenario.vehicle = vehicle
        return scenario
    }

    static func world(_ change: (inout Scenario) -> Void = { _ in }) throws -> World {
        var scenario = plainScenario()
        change(&scenario)
        return try World(board: board(), building: building, scenario: scenario)
    }
}

extension World {
    /// Lets seconds pass.
    func run(_ seconds: Double, _ each: () -> Void = {}) {
        for _ in 0..<Int((seconds / World.step).rounded()) {
            each()
            advance()
        }
    }

    /// Lets time pass until something is so; the seconds that took, or nil after `limit` seconds.
    func run(until isSo: () -> Bool, limit: Double) -> Double? {
        let start = time
        while time - start < limit {
            if isSo() { return time - start }
            advance()
        }
        return nil
    }

    /// Commands wheel speeds over the ground (m/s, rad/s) as the drive would.
    func drive(_ linear: Double, _ angular: Double = 0, on base: BaseGeometry) {
        wheels.enabled = true
        wheels.targetLeft = (linear - angular * base.wheelSeparation / 2) / base.wheelRadius
        wheels.targetRight = (linear + angular * base.wheelSeparation / 2) / base.wheelRadius
    }
}
