import Estimation
import RobotModel
import Testing

@Suite struct ScanPointsTests {
    @Test("a wall seen while driving a curve is straight again, and where it is")
    func deskew() throws {
        var world = TestWorld()
        world.outline([(-3, -2), (4, -2), (4, 3), (-3, 3)])
        var robot = TestRobot(at: Pose2D(x: 0.2, y: 0.1, yaw: 0.4), seed: 3)
        robot.mount = Pose2D(x: 0.1, y: -0.05, yaw: 0.3)
        let scan = robot.revolution(in: world, linear: 0.9, angular: 1.2)
        let points = ScanPoints(scan, mount: robot.mount).points
        #expect(points.count > 700)
        let deviations = points.map { point -> Double in
            let p = robot.truth.transform(point.position)
            return min(min(abs(p.x + 3), abs(p.x - 4)), min(abs(p.y + 2), abs(p.y - 3)))
        }
        let mean = deviations.reduce(0, +) / Double(deviations.count)
        // Noise alone is 2 cm here; skewed, the mean would be above 4 cm.
        #expect(mean < 0.02)
    }

    @Test("beams that did not come back, and those outside the limits, are no points")
    func limits() {
        var scan = LaserScan(count: 4)
        scan.ranges[0] = 1
        scan.ranges[1] = 0.1
        scan.ranges[2] = 30
        let points = ScanPoints(scan, mount: Pose2D()).points
        #expect(points.map(\.beam) == [0])
        #expect(points.first?.position == Point2D(1, 0))
    }
}
