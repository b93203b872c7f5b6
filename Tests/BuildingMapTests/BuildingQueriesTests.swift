import BuildingMap
import RobotModel
import Testing

struct BuildingQueriesTests {
    @Test("places, doors and bounds are found")
    func finds() throws {
        let building = twoRooms()
        #expect(building.places.map(\.place.id) == ["here", "there"])
        #expect(building.doors(on: "L1").map(\.id) == ["between"])
        #expect(building.doors(on: "L2").isEmpty)
        let bounds = try #require(building.levels[0].bounds)
        #expect(bounds.lower == Point2D(0, 0))
        #expect(bounds.upper == Point2D(4, 2))
        #expect(Level(id: "void", elevation: 0).bounds == nil)
    }

    @Test("a wall between two points is seen, of whatever material")
    func walls() {
        let level = twoRooms().levels[0]
        #expect(level.wallStands(between: Point2D(1, 1), and: Point2D(3, 1)))
        #expect(level.wallStands(between: Point2D(-1, 1), and: Point2D(1, 1)))
        #expect(!level.wallStands(between: Point2D(0.5, 0.5), and: Point2D(1.5, 1.5)))
    }

    @Test("a point in a turned car is in the lift, on the levels that the lift serves only")
    func lift() {
        var building = twoRooms()
        let door = LiftDoor(name: "front", a: Point2D(0, 0), b: Point2D(1, 0))
        building.lifts["lift"] = Lift(
            id: "lift", pose: Pose2D(x: 10, y: 10, yaw: .pi / 2), width: 2, depth: 4, doors: ["L1": [door]])
        #expect(building.lift(containing: Point2D(11.9, 10.9), on: "L1")?.id == "lift")
        #expect(building.lift(containing: Point2D(10.9, 11.9), on: "L1") == nil)
        #expect(building.lift(containing: Point2D(10, 10), on: "L2") == nil)
        #expect(building.lift(containing: Point2D(12.04, 10), on: "L1") != nil, "the margin is 5 cm")
        #expect(building.lift(containing: Point2D(12.06, 10), on: "L1") == nil)
        #expect(building.liftDoors(on: "L1") == [door])
    }
}
