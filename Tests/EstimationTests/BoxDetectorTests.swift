import BuildingMap
import Estimation
import RobotModel
import Testing

/// A vehicle's side with a box that stands out of it: the face is at `box`, yaw towards the robot.
private func vehicle(_ box: Pose2D, depth: Double = 0.25, width: Double = 0.6) -> TestWorld {
    var world = TestWorld()
    func wall(_ ax: Double, _ ay: Double, _ bx: Double, _ by: Double) {
        world.walls.append(Wall(box.transform(Point2D(ax, ay)), box.transform(Point2D(bx, by))))
    }
    wall(0, -width / 2, 0, width / 2)
    wall(0, -width / 2, -depth, -width / 2)
    wall(0, width / 2, -depth, width / 2)
    wall(-depth, -1.6, -depth, -width / 2)
    wall(-depth, width / 2, -depth, 1.9)
    return world
}

@Suite struct BoxDetectorTests {
    private let detector = BoxDetector(lidarMount: Pose2D(x: 0.05, y: 0.01, yaw: 0.02))

    private func robot(_ seed: UInt64) -> TestRobot {
        var robot = TestRobot(at: Pose2D(), seed: seed)
        robot.mount = Pose2D(x: 0.05, y: 0.01, yaw: 0.02)
        return robot
    }

    @Test(
        "a displaced box is found where it is, to 1.5 cm and 1.5° RMS", arguments: [0.45, 0.7, 1.0, 1.45])
    func displaced(distance: Double) throws {
        var random = SeededRandom(seed: UInt64(distance * 100))
        var robot = robot(7)
        var (along, across, turn) = (0.0, 0.0, 0.0)
        let trials = 60
        for _ in 0..<trials {
            let expected = Pose2D(x: distance, y: 0, yaw: .pi)
            let box = Pose2D(
                x: distance + Double.random(in: -0.05...0.05, using: &random),
                y: Double.random(in: -0.12...0.12, using: &random),
                yaw: normalizedAngle(.pi + Double.random(in: -0.14...0.14, using: &random)))
            robot.truth = Pose2D()
            let scan = robot.revolution(in: vehicle(box))
            let found = detector.detect(scan, expected: expected)
            let sighting = try #require(found)
            let error = box.relative(sighting.pose)
            along += error.x * error.x
            across += error.y * error.y
            turn += error.yaw * error.yaw
            #expect(error.position.length < 0.035)
            #expect(abs(error.yaw) < 0.06)
            #expect(sighting.residual < 0.025)
            #expect(sighting.time == scan.end)
        }
        #expect(((along + across) / Double(trials)).squareRoot() < 0.015)
        #expect((turn / Double(trials)).squareRoot() < 1.5 * .pi / 180)
    }

    @Test("a box that stands out of the vehicle by a hand's width is found, also from the side")
    func shallow() throws {
        var robot = robot(11)
        for bearing in [-0.35, 0, 0.35] {
            let box = Pose2D(x: 1.0, y: 0, yaw: normalizedAngle(.pi + bearing))
            robot.truth = Pose2D()
            let found = detector.detect(robot.revolution(in: vehicle(box, depth: 0.12)), expected: box)
            let error = box.relative(try #require(found).pose)
            #expect(error.position.length < 0.025)
            #expect(abs(error.yaw) < 0.04)
        }
    }

    @Test("driving towards it, the pose is given for the end of the scan")
    func moving() throws {
        var robot = robot(2)
        let box = Pose2D(x: 1.1, y: 0.05, yaw: 3.1)
        let scan = robot.revolution(in: vehicle(box), linear: 0.3, angular: 0.4)
        let found = detector.detect(scan, expected: robot.truth.relative(box))
        let sighting = try #require(found)
        #expect(robot.truth.transform(sighting.pose.position).distance(to: box.position) < 0.02)
    }

    @Test("a face of another width, and a bare wall, are no box", arguments: [0.45, 0.8])
    func otherWidth(width: Double) {
        var robot = robot(4)
        let box = Pose2D(x: 0.9, y: 0, yaw: .pi)
        #expect(detector.detect(robot.revolution(in: vehicle(box, width: width)), expected: box) == nil)
        var wall = TestWorld()
        wall.walls = [Wall(Point2D(0.9, -3), Point2D(0.9, 3))]
        robot.truth = Pose2D()
        #expect(detector.detect(robot.revolution(in: wall), expected: box) == nil)
    }

    @Test("a box that a leg hides in part is not guessed at")
    func hidden() {
        var robot = robot(5)
        let box = Pose2D(x: 1.0, y: 0, yaw: .pi)
        var world = vehicle(box)
        world.people = [(Point2D(0.7, 0.2), 0.08)]
        #expect(detector.detect(robot.revolution(in: world), expected: box) == nil)
    }

    @Test("a box far from where it is expected, or turned away, is not the one")
    func elsewhere() {
        var robot = robot(6)
        let box = Pose2D(x: 1.0, y: 0, yaw: .pi)
        let scan = robot.revolution(in: vehicle(box))
        #expect(detector.detect(scan, expected: box) != nil)
        #expect(detector.detect(scan, expected: Pose2D(x: 1.0, y: 0.75, yaw: .pi)) == nil)
        #expect(detector.detect(scan, expected: Pose2D(x: 1.0, y: 0, yaw: .pi - 0.6)) == nil)
    }

    @Test("a box behind the robot, across the seam of the scan, is found too")
    func behind() throws {
        var robot = robot(8)
        robot.mount = Pose2D(x: 0.05, y: 0.01, yaw: 0.02)
        let box = Pose2D(x: 0.9, y: 0.03, yaw: .pi)
        robot.truth = Pose2D()
        for turn in [0.0, 1.0, 2.0, 3.1, -2.0] {
            robot.truth = Pose2D(x: 0, y: 0, yaw: turn)
            let scan = robot.revolution(in: vehicle(box))
            let found = detector.detect(scan, expected: robot.truth.relative(box))
            let sighting = try #require(found)
            #expect(robot.truth.transform(sighting.pose.position).distance(to: box.position) < 0.025)
        }
    }
}
