import BuildingMap
import Estimation
import RobotModel
import Testing

@Suite struct DoorwayViewTests {
    private let view = DoorwayView(lidarMount: Pose2D())
    private let a = Point2D(5, 1.5)
    private let b = Point2D(5, 2.5)

    /// A wall with a doorway of 1 m; `leaf` of it is closed, from post `a`.
    private func world(leaf: Double) -> TestWorld {
        var world = TestWorld()
        world.outline([(0, 0), (9, 0), (9, 4), (0, 4)])
        world.walls.append(Wall(Point2D(5, 0), Point2D(5, 1.5)))
        world.walls.append(Wall(Point2D(5, 2.5), Point2D(5, 4)))
        if leaf > 0 { world.walls.append(Wall(a, Point2D(5, 1.5 + leaf))) }
        return world
    }

    private func widest(
        leaf: Double, from pose: Pose2D, people: [(centre: Point2D, radius: Double)] = [], seed: UInt64 = 1
    ) -> Double? {
        var world = world(leaf: leaf)
        world.people = people
        var robot = TestRobot(at: pose, seed: seed)
        return view.gap(robot.revolution(in: world), a: a, b: b, pose: pose)
    }

    private let places = [Pose2D(x: 3.5, y: 2), Pose2D(x: 2.2, y: 1.2, yaw: 0.5), Pose2D(x: 6.8, y: 2.4, yaw: 2.9)]

    @Test("an open door is seen as wide as it is", arguments: 0..<3)
    func open(place: Int) throws {
        let gap = try #require(widest(leaf: 0, from: places[place]))
        #expect(gap > 0.9 && gap <= 1)
    }

    @Test("a closed door has no gap", arguments: 0..<3)
    func closed(place: Int) throws {
        #expect(try #require(widest(leaf: 1, from: places[place])) < 0.05)
    }

    @Test("a sliding door on its way is seen as far open as it is", arguments: [0.3, 0.5, 0.7])
    func half(leaf: Double) throws {
        for place in places {
            let gap = try #require(widest(leaf: leaf, from: place))
            #expect(abs(gap - (1 - leaf)) < 0.08)
        }
    }

    @Test("a person in the doorway leaves what is beside them")
    func person() throws {
        let gap = try #require(widest(leaf: 0, from: places[0], people: [(Point2D(5, 1.9), 0.2)]))
        #expect(gap > 0.25 && gap < 0.5)
    }

    @Test("a doorway that cannot be seen gives no figure")
    func unseen() {
        // Along the wall, and behind a person's back.
        #expect(widest(leaf: 0, from: Pose2D(x: 4.95, y: 0.5)) == nil)
        #expect(widest(leaf: 0, from: places[0], people: [(Point2D(4.0, 2), 0.35)]) == nil)
    }
}
