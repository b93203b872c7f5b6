import BuildingMap
import Estimation
import RobotModel
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A hall of 9 m by 7 m with a column, a bay and a step, that looks the same from nowhere twice.
private func hall(mirrored: Bool = false) -> TestWorld {
    var world = TestWorld()
    world.outline([(0, 0), (9, 0), (9, 4), (7, 4), (7, 7), (0, 7)])
    world.outline([(2.5, 1.5), (3, 1.5), (3, 2.2), (2.5, 2.2)])
    world.walls.append(Wall(Point2D(4.6, 7), Point2D(4.6, 5.6)))
    if mirrored { world.walls.append(Wall(Point2D(5.5, 0), Point2D(5.5, 2.4))) }
    return world
}

/// Three times as long as it is wide, and the same when turned round.
private func box() -> TestWorld {
    var world = TestWorld()
    world.outline([(0, 0), (9, 0), (9, 3), (0, 3)])
    return world
}

@Suite("A sweep for the pose")
struct SweepTests {
    private func plan(_ levels: [(id: LevelID, world: TestWorld)], places: [PlaceID: Point2D] = [:]) -> Building {
        var plan = building(levels)
        for (id, position) in places {
            plan.levels[0].places[id] = Place(id: id, position: position, vertex: 0, yaw: nil)
        }
        return plan
    }

    private func localizer(_ plan: Building, at pose: Pose2D) -> Localizer {
        Localizer(building: plan, lidarMount: Pose2D(), start: ("L1", pose))
    }

    /// Scans until the sweep is over and some more; what it came to.
    private func sweep(
        _ localizer: inout Localizer, _ robot: inout TestRobot, in world: TestWorld, scans: Int = 110
    ) -> Localizer.SweepOutcome? {
        var outcome: Localizer.SweepOutcome?
        for _ in 0..<scans {
            localizer.update(scan: robot.revolution(in: world))
            if let next = localizer.takeSweepOutcome() { outcome = next }
            if outcome != nil, isTracking(localizer) { break }
        }
        return outcome
    }

    private func isTracking(_ localizer: Localizer) -> Bool {
        if case .tracking = localizer.state { true } else { false }
    }

    @Test("told the place and not the heading, the robot finds both", arguments: [-3.0, -1.9, -0.4, 0.8, 2.2])
    func toldPlace(yaw: Double) {
        let world = hall()
        var robot = TestRobot(at: Pose2D(x: 6.1, y: 2.6, yaw: yaw), seed: 2)
        var localizer = localizer(plan([("L1", world)]), at: Pose2D(x: 1, y: 6, yaw: 0))
        localizer.seek(Localizer.guesses(around: Point2D(5.6, 2.2), on: "L1", metres: 1), isTold: true)
        #expect(localizer.isSweeping)
        let outcome = sweep(&localizer, &robot, in: world)
        guard case .found("L1", _) = outcome else {
            Issue.record("\(String(describing: outcome))")
            return
        }
        #expect(isTracking(localizer))
        let pose = localizer.pose(odometry: robot.odometry.pose)
        #expect(pose.position.distance(to: robot.truth.position) < 0.06)
        #expect(abs(normalizedAngle(pose.yaw - robot.truth.yaw)) < 0.03)
    }

    @Test("told a place where it is not, it says that nothing fits, keeps its pose, and that stays in question")
    func toldWrong() {
        let world = hall()
        var robot = TestRobot(at: Pose2D(x: 6.1, y: 2.6, yaw: 0.3), seed: 3)
        let start = Pose2D(x: 1, y: 6, yaw: 0)
        var localizer = localizer(plan([("L1", world)]), at: start)
        localizer.seek(Localizer.guesses(around: Point2D(1, 1), on: "L1", metres: 0.6), isTold: true)
        let outcome = sweep(&localizer, &robot, in: world, scans: 12)
        guard case .nowhere(let best) = outcome else {
            Issue.record("\(String(describing: outcome))")
            return
        }
        #expect(best < 0.55)
        #expect(!isTracking(localizer))
        #expect(localizer.pose(odometry: robot.odometry.pose).position.distance(to: start.position) < 0.01)
    }

    @Test("a robot that was right and is told wrong is right again some scans later")
    func toldWrongWhileRight() {
        let world = hall()
        var robot = TestRobot(at: Pose2D(x: 6.1, y: 2.6, yaw: 0.3), seed: 3)
        var localizer = localizer(plan([("L1", world)]), at: robot.truth)
        for _ in 0..<4 { localizer.update(scan: robot.revolution(in: world)) }
        #expect(isTracking(localizer))
        localizer.seek(Localizer.guesses(around: Point2D(1, 1), on: "L1", metres: 0.6), isTold: true)
        #expect(!isTracking(localizer))
        _ = sweep(&localizer, &robot, in: world, scans: 12)
        #expect(isTracking(localizer))
        #expect(localizer.pose(odometry: robot.odometry.pose).position.distance(to: robot.truth.position) < 0.05)
    }

    @Test("where two headings look alike it takes neither, and names both; told the heading too, it knows")
    func symmetric() {
        let world = box()
        var robot = TestRobot(at: Pose2D(x: 4.5, y: 1.5, yaw: 0.2), seed: 4)
        var localizer = localizer(plan([("L1", world)]), at: Pose2D(x: 1, y: 1))
        localizer.seek(Localizer.guesses(around: Point2D(4.5, 1.5), on: "L1", metres: 0.6), isTold: true)
        let outcome = sweep(&localizer, &robot, in: world, scans: 10)
        guard case .ambiguous(_, let first, _, let second) = outcome else {
            Issue.record("\(String(describing: outcome))")
            return
        }
        #expect(abs(abs(normalizedAngle(first.yaw - second.yaw)) - .pi) < 0.2)
        #expect(!isTracking(localizer))
        let near = Localizer.Guess(
            level: "L1", pose: Pose2D(x: 4.2, y: 1.7, yaw: 0), spread: .init(metres: 1, radians: 0.5))
        localizer.seek([near], isTold: true)
        _ = sweep(&localizer, &robot, in: world, scans: 10)
        #expect(isTracking(localizer))
        #expect(abs(localizer.pose(odometry: robot.odometry.pose).yaw - 0.2) < 0.05)
    }

    @Test("a robot put down at a named place of its level finds itself; a level that looks the same forbids it")
    func byItself() {
        let world = hall()
        let places: [PlaceID: Point2D] = ["desk": Point2D(8.2, 1.2)]
        for (other, isAlike) in [(hall(mirrored: true), false), (hall(), true)] {
            var robot = TestRobot(at: Pose2D(x: 8.0, y: 1.5, yaw: 2.4), seed: 5)
            var localizer = localizer(
                plan([("L1", world), ("L2", other)], places: places), at: Pose2D(x: 1, y: 6, yaw: 0))
            localizer.seek(localizer.ownGuesses, isTold: false)
            let outcome = sweep(&localizer, &robot, in: world)
            #expect(isTracking(localizer) != isAlike, "\(String(describing: outcome))")
            let pose = localizer.pose(odometry: robot.odometry.pose)
            #expect((pose.position.distance(to: robot.truth.position) < 0.06) != isAlike)
        }
    }

    @Test("a robot that is lost begins one sweep of its own, after four seconds, and none while it may not look")
    func recovery() {
        var recovery = PoseRecovery()
        func begins(_ state: Localization, _ mayLook: Bool, from start: Double, to end: Double) -> [Double] {
            stride(from: start, to: end, by: 0.1).filter {
                recovery.step(state, mayLook: mayLook, at: .zero + .seconds($0))
            }
        }
        #expect(begins(.tracking(quality: 0.9), true, from: 0, to: 60).isEmpty)
        let lost = begins(.lost(since: .zero + .seconds(60)), true, from: 60, to: 600)
        #expect(lost.count == 1)
        #expect(abs((lost.first ?? 0) - 64) < 0.2)
        #expect(begins(.tracking(quality: 0.9), true, from: 600, to: 610).isEmpty)
        #expect(begins(.unknown, false, from: 610, to: 700).isEmpty)
        recovery.told()
        #expect(begins(.unknown, true, from: 700, to: 800).isEmpty)
    }
}
