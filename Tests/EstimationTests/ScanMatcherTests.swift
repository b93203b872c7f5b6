import BuildingMap
import Estimation
import RobotModel
import Testing

@Suite struct ScanMatcherTests {
    /// The walls lie in the middle of their cells, as in the maps that the site's own tool draws.
    private func matcher(_ world: TestWorld) -> ScanMatcher {
        ScanMatcher(field: LikelihoodField(world.grid(from: Point2D(-25.025, -3.025), to: Point2D(25, 5))))
    }

    private func points(_ world: TestWorld, from pose: Pose2D, seed: UInt64 = 1) -> [ScanPoint] {
        var robot = TestRobot(at: pose, seed: seed)
        return ScanPoints(robot.revolution(in: world), mount: Pose2D()).points
    }

    private var room: TestWorld {
        var world = TestWorld()
        world.outline([(-4, -2), (5, -2), (5, 3), (1, 3), (1, 4), (-4, 4)])
        return world
    }

    @Test("in a corridor without ends the scan corrects across and leaves the prior along")
    func corridor() {
        var world = TestWorld()
        world.walls = [Wall(Point2D(-24, -1), Point2D(24, -1)), Wall(Point2D(-24, 1.2), Point2D(24, 1.2))]
        let truth = Pose2D(x: 0, y: 0.1, yaw: 0.05)
        let prior = Pose2D(x: 0.2, y: 0.0, yaw: 0.0)
        let match = matcher(world).match(
            points(world, from: truth), prior: prior, covariance: PoseCovariance(metres: 0.2, radians: 0.1))
        #expect(abs(match.pose.x - prior.x) < 0.02)
        #expect(abs(match.pose.y - truth.y) < 0.02)
        #expect(abs(match.pose.yaw - truth.yaw) < 0.01)
        #expect(match.observability < 0.02)
        #expect(match.covariance.xx > 0.03)
        #expect(match.covariance.yy < 0.0004)
    }

    @Test("in a room every direction is fixed", arguments: [1, 2, 3])
    func everywhere(seed: UInt64) {
        let truth = Pose2D(x: 0.3, y: 0.4, yaw: 0.5)
        let match = matcher(room).match(
            points(room, from: truth, seed: seed), prior: Pose2D(x: 0.15, y: 0.5, yaw: 0.6),
            covariance: PoseCovariance(metres: 0.2, radians: 0.1))
        #expect(match.pose.position.distance(to: truth.position) < 0.02)
        #expect(abs(match.pose.yaw - truth.yaw) < 0.01)
        #expect(match.observability > 0.2)
        #expect(match.quality > 0.95)
    }

    @Test("a third of the beams on people and crates does not pull the pose away", arguments: [1, 2, 3])
    func outliers(seed: UInt64) {
        let truth = Pose2D(x: 0.3, y: 0.4, yaw: 0.5)
        var world = room
        world.people = [(Point2D(1.2, 0.9), 0.25), (Point2D(-0.4, 1.3), 0.25), (Point2D(0.2, -0.9), 0.2)]
        world.crate(Point2D(4.7, 1), 0.5, 1.2)
        world.crate(Point2D(-3.7, 0), 0.4, 1.0)
        let scan = points(world, from: truth, seed: seed)
        let fit = matcher(room).match(
            scan, prior: Pose2D(x: 0.2, y: 0.45, yaw: 0.55), covariance: PoseCovariance(metres: 0.2, radians: 0.1))
        #expect(fit.pose.position.distance(to: truth.position) < 0.03)
        #expect(abs(fit.pose.yaw - truth.yaw) < 0.012)
        #expect(fit.quality < 0.9)
    }

    @Test("a pose from which beams would have to pass through walls fits worse than the true one")
    func throughWalls() {
        var world = room
        let open = points(world, from: Pose2D())
        // A wall that the beams cannot have met.
        world.walls.append(Wall(Point2D(2, -2), Point2D(2, 3)))
        let (atTruth, _) = matcher(room).fit(open, at: Pose2D())
        let (behindWall, _) = matcher(world).fit(open, at: Pose2D())
        #expect(atTruth > 0.95)
        #expect(behindWall < atTruth - 0.1)
    }

    @Test("without a beam the prior stays, and nothing is claimed")
    func empty() {
        let prior = Pose2D(x: 1, y: 1, yaw: 1)
        let match = matcher(room).match([], prior: prior, covariance: PoseCovariance(metres: 0.1, radians: 0.1))
        #expect(match.pose == prior)
        #expect(match.usable == 0)
        let search = matcher(room).search([], around: prior, metres: 0.5, radians: 0.3)
        #expect(search.quality == 0)
    }
}
