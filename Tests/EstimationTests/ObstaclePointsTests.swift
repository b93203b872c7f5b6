import BuildingMap
import Estimation
import RobotModel
import Testing

@Suite struct ObstaclePointsTests {
    private let obstacles = ObstaclePoints(
        lidarMount: Pose2D(x: 0.2), hullLength: 0.66, hullWidth: 0.52, maximumRange: 3)

    @Test("the robot's own hull and far things are left out, near things are not")
    func filter() {
        var scan = LaserScan(count: 4)
        scan.ranges[0] = 1
        scan.ranges[1] = 0.2  // its own side: y = 0.2
        scan.ranges[2] = 2.8
        scan.ranges[3] = 3.4
        let points = obstacles.points(scan)
        #expect(points.count == 2)
        #expect(points[0].distance(to: Point2D(1.2, 0)) < 1e-6)
        #expect(points[1].distance(to: Point2D(-2.6, 0)) < 1e-6)
    }

    @Test("points are given where they are now, after the robot has moved on")
    func moved() {
        var world = TestWorld()
        world.outline([(-1.5, -1), (2, -1), (2, 1), (-1.5, 1)])
        var robot = TestRobot(at: Pose2D(), seed: 9)
        robot.mount = Pose2D(x: 0.2)
        let scan = robot.revolution(in: world, linear: 0.8, angular: 0.5)
        for _ in 0..<5 { robot.step(linear: 0.8, angular: 0.5) }
        let points = obstacles.points(scan, odometry: robot.odometry.pose)
        #expect(points.count > 600)
        for point in points {
            let p = robot.truth.transform(point)
            let distance = min(min(abs(p.x + 1.5), abs(p.x - 2)), min(abs(p.y + 1), abs(p.y - 1)))
            #expect(distance < 0.08)
        }
    }
}
