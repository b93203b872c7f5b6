import BuildingMap
import RobotModel
import RoutePlanning
import Testing

/// Choices in small buildings made for them.
struct RouteChoiceTests {
    /// Two ways from west to east: 10 m straight through a door, 14 m around it.
    private func twoWays() -> Building {
        let points = [Point2D(0, 0), Point2D(10, 0), Point2D(0, 2), Point2D(10, 2)]
        let names = ["west", "east", "", ""]
        let pairs = [(0, 1), (0, 2), (2, 3), (3, 1)]
        var lanes: [Lane] = []
        for (a, b) in pairs {
            let door: DoorID? = a == 0 && b == 1 ? "gate" : nil
            lanes += [Lane(from: a, to: b, door: door), Lane(from: b, to: a, door: door)]
        }
        let vertices = zip(points, names).map { Vertex(position: $0, name: $1) }
        let level = Level(
            id: "L1", elevation: 0, vertices: vertices, lanes: lanes,
            places: [
                "west": Place(id: "west", position: points[0], vertex: 0),
                "east": Place(id: "east", position: points[1], vertex: 1),
            ])
        let gate = Door(id: "gate", level: "L1", a: Point2D(5, -1), b: Point2D(5, 1), kind: .sliding)
        return Building(name: "two ways", levels: [level], doors: ["gate": gate], lifts: [:])
    }

    @Test("a quick door is passed, a slow one is driven around")
    func doorTime() throws {
        for (seconds, doors) in [(2, 1), (20, 0)] {
            let planner = RoutePlanner(
                building: twoWays(), timing: FacilityTiming(doorOpening: .seconds(seconds)))
            let route = try planner.route(from: Pose2D(), on: "L1", to: "east")
            #expect(route.steps.count { $0.door != nil } == doors)
        }
    }

    @Test("a closed door is driven around, from halfway before it too")
    func detour() throws {
        let planner = RoutePlanner(building: twoWays(), timing: FacilityTiming(doorOpening: .seconds(1)))
        for x in [0.0, 2.0] {
            let route = try planner.route(
                from: Pose2D(x: x), on: "L1", to: "east", avoiding: RouteClosures(doors: ["gate"]))
            #expect(route.steps.allSatisfy { $0.door == nil })
            #expect(abs(route.length - (14 + x)) < 1e-6)
        }
        let behind = try planner.route(
            from: Pose2D(x: 6), on: "L1", to: "east", avoiding: RouteClosures(doors: ["gate"]))
        #expect(abs(behind.length - 4) < 1e-6, "behind the door it does not matter")
    }

    @Test("a lane's speed limit makes another lane faster, and is told in the drive")
    func speedLimit() throws {
        var building = twoWays()
        for index in building.levels[0].lanes.indices where building.levels[0].lanes[index].door != nil {
            building.levels[0].lanes[index].door = nil
            building.levels[0].lanes[index].speedLimit = 0.3
        }
        let around = try RoutePlanner(building: building).route(from: Pose2D(), on: "L1", to: "east")
        #expect(abs(around.length - 14) < 1e-6)
        building.levels[0].lanes.removeAll { $0.speedLimit == nil }
        let slow = try RoutePlanner(building: building).route(from: Pose2D(), on: "L1", to: "east")
        #expect(slow.steps.first?.drive?.speedLimit == 0.3)
        #expect(slow.duration > .seconds(33))
    }

    @Test("corners on a straight line are left out, and real ones are kept")
    func corners() throws {
        var building = twoWays()
        building.levels[0].vertices.append(Vertex(position: Point2D(4, 2)))
        building.levels[0].lanes.removeAll { ($0.from == 2 && $0.to == 3) || $0.door != nil }
        building.levels[0].lanes += [Lane(from: 2, to: 4), Lane(from: 4, to: 3)]
        let route = try RoutePlanner(building: building).route(from: Pose2D(), on: "L1", to: "east")
        #expect(
            route.steps.compactMap(\.drive).map(\.path) == [
                [Point2D(0, 0), Point2D(0, 2), Point2D(10, 2), Point2D(10, 0)]
            ])
    }

    @Test("two doors a metre apart share the room between them")
    func airlock() throws {
        var building = twoWays()
        building.levels[0].vertices.append(Vertex(position: Point2D(5.5, 0)))
        building.levels[0].lanes = [Lane(from: 0, to: 4, door: "gate"), Lane(from: 4, to: 1, door: "inner")]
        building.doors["inner"] = Door(id: "inner", level: "L1", a: Point2D(6, -1), b: Point2D(6, 1), kind: .sliding)
        let steps = try RoutePlanner(building: building).route(from: Pose2D(), on: "L1", to: "east").steps
        let doors = steps.compactMap(\.door)
        #expect(doors.map(\.door) == ["gate", "inner"])
        #expect(abs(doors[0].clearPose.x - 5.5) < 1e-9 && abs(doors[1].holdPose.x - 5.5) < 1e-9)
        #expect(steps.map(\.word) == ["drive L1", "door gate", "door inner", "drive L1"])
    }

    @Test("a door that is crossed aslant is held off by its plane, not by the way")
    func aslant() throws {
        var building = twoWays()
        building.doors["gate"]?.a = Point2D(4, -1)
        building.doors["gate"]?.b = Point2D(6, 1)
        let route = try RoutePlanner(building: building, timing: FacilityTiming(doorOpening: .zero))
            .route(from: Pose2D(), on: "L1", to: "east")
        let step = try #require(route.steps.compactMap(\.door).first)
        // At 45° the way is √2 times the distance to the plane.
        #expect(abs(step.holdPose.x - (5 - 0.9 * 2.0.squareRoot())) < 1e-6)
    }

    @Test("no way at all names nothing that is closed")
    func island() throws {
        var building = twoWays()
        building.levels[0].lanes.removeAll { $0.to == 1 }
        #expect(throws: RouteError.unreachable("east", blockedBy: [])) {
            try RoutePlanner(building: building).route(from: Pose2D(), on: "L1", to: "east")
        }
    }
}
