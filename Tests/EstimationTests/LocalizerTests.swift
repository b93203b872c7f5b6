import BuildingMap
import Estimation
import RobotModel
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A ring of corridors, 30 m by 12 m, with door recesses on one side and one glass wall.
private func ring() -> TestWorld {
    var world = TestWorld()
    world.outline([(0, 0), (30, 0), (30, 12), (0, 12)])
    world.walls.append(Wall(Point2D(2.2, 2.2), Point2D(12, 2.2)))
    world.walls.append(Wall(Point2D(12, 2.2), Point2D(12, 2.5)))
    world.walls.append(Wall(Point2D(12, 2.5), Point2D(13, 2.5)))
    world.walls.append(Wall(Point2D(13, 2.5), Point2D(13, 2.2)))
    world.walls.append(Wall(Point2D(13, 2.2), Point2D(28, 2.2)))
    world.walls.append(Wall(Point2D(28, 2.2), Point2D(28, 10)))
    world.walls.append(Wall(Point2D(28, 10), Point2D(20, 10)))
    world.walls.append(Wall(Point2D(20, 10), Point2D(16, 10), material: .glass))
    world.walls.append(Wall(Point2D(16, 10), Point2D(2.2, 10)))
    world.walls.append(Wall(Point2D(2.2, 10), Point2D(2.2, 2.2)))
    return world
}

private let loop = [(1.1, 1.1), (29, 1.1), (29, 11), (1.1, 11), (1.1, 1.6)].map { Point2D($0.0, $0.1) }

private struct Errors {
    var position = 0.0
    var yaw = 0.0
    var worst = 0.0
    var count = 0

    mutating func add(_ estimate: Pose2D, _ truth: Pose2D) {
        let distance = estimate.position.distance(to: truth.position)
        position += distance * distance
        let turn = normalizedAngle(estimate.yaw - truth.yaw)
        yaw += turn * turn
        worst = max(worst, distance)
        count += 1
    }

    var positionRMS: Double { (position / Double(count)).squareRoot() }
    var yawRMS: Double { (yaw / Double(count)).squareRoot() * 180 / .pi }
}

@Suite struct LocalizerTests {
    @Test("slipping round a ring of long corridors the pose stays within 5 cm and 2° RMS", arguments: [1, 2, 3])
    func ringCorridor(seed: UInt64) {
        var world = ring()
        // A quarter of the view, at times, is on things that the map does not have.
        world.crate(Point2D(8, 0.25), 1.2, 0.45)
        world.crate(Point2D(21, 11.7), 1.6, 0.5)
        world.crate(Point2D(29.75, 6), 0.4, 1.2)
        var robot = TestRobot(at: Pose2D(x: 1.1, y: 1.1, yaw: 0), seed: seed)
        robot.slip = (0.012, 0.019)
        robot.burstChance = 0.004
        var localizer = Localizer(
            building: building([("L1", ring())]), lidarMount: Pose2D(), start: ("L1", robot.truth))
        var errors = Errors()
        for goal in loop.dropFirst() {
            while robot.truth.position.distance(to: goal) > 0.3 {
                // Two people walk along.
                let beside = robot.truth.transform(Point2D(1.2, 0.6))
                let behind = robot.truth.transform(Point2D(-0.9, -0.3))
                world.people = [(beside, 0.2), (behind, 0.25)]
                let speed = robot.steering(to: goal)
                let scan = robot.revolution(in: world, linear: speed.linear, angular: speed.angular)
                localizer.predict(odometry: robot.odometry.pose, at: robot.now)
                localizer.update(scan: scan)
                errors.add(localizer.pose(odometry: robot.odometry.pose), robot.truth)
            }
        }
        #expect(errors.count > 500)
        #expect(errors.positionRMS < 0.05)
        #expect(errors.yawRMS < 2)
        #expect(errors.worst < 0.25)
        // Odometry alone would have been lost.
        let dead = Pose2D(x: 1.1, y: 1.1).composed(with: robot.odometry.pose)
        #expect(dead.position.distance(to: robot.truth.position) > 0.5)
    }

    // MARK: - When the pose is wrong

    @Test("a robot that was carried away is lost after 1.5 s of scans that do not fit, and not before")
    func carriedAway() {
        var robot = TestRobot(at: Pose2D(x: 5, y: 1.1, yaw: 0), seed: 4)
        var localizer = Localizer(
            building: building([("L1", ring())]), lidarMount: Pose2D(), start: ("L1", robot.truth))
        for _ in 0..<10 { localizer.update(scan: robot.revolution(in: ring())) }
        #expect(localizer.isTracking)
        robot.truth = Pose2D(x: 28.9, y: 7, yaw: 0.8)
        let carried = robot.now
        for _ in 0..<40 where !localizer.isLost { localizer.update(scan: robot.revolution(in: ring())) }
        #expect(localizer.isLost)
        #expect(robot.now - carried >= .milliseconds(1500))
        #expect(robot.now - carried <= .milliseconds(2500))
        // It searches around, but what it finds there does not convince it.
        for _ in 0..<20 {
            localizer.update(scan: robot.revolution(in: ring()))
            #expect(localizer.isLost)
        }

        // Somebody says roughly where it is: scans find the rest.
        let near = Localizer.Guess(
            level: "L1", pose: Pose2D(x: 28.4, y: 6.2, yaw: 0.5), spread: .init(metres: 1.2, radians: 0.5))
        localizer.seek([near], isTold: true)
        for _ in 0..<3 { localizer.update(scan: robot.revolution(in: ring())) }
        #expect(localizer.isTracking)
        let pose = localizer.pose(odometry: robot.odometry.pose)
        #expect(pose.position.distance(to: robot.truth.position) < 0.06)
        #expect(abs(normalizedAngle(pose.yaw - robot.truth.yaw)) < 0.02)
    }

    @Test("a start that is half a metre and 15° off is found", arguments: [1, 2, 3, 4])
    func roughStart(seed: UInt64) {
        var robot = TestRobot(at: Pose2D(x: 3, y: 1.0, yaw: 0.2), seed: seed)
        var random = SeededRandom(seed: seed)
        let bearing = Double.random(in: -3...3, using: &random)
        let said = Pose2D(x: 3 + 0.5 * cos(bearing), y: 1.0 + 0.5 * sin(bearing), yaw: 0.2 + 0.26)
        var localizer = Localizer(
            building: building([("L1", ring())]), lidarMount: Pose2D(), start: ("L1", said),
            spread: .init(metres: 0.6, radians: 0.35))
        #expect(localizer.state == .unknown)
        for _ in 0..<5 { localizer.update(scan: robot.revolution(in: ring())) }
        #expect(localizer.isTracking)
        let pose = localizer.pose(odometry: robot.odometry.pose)
        #expect(pose.position.distance(to: robot.truth.position) < 0.05)
    }

    @Test("a skid of 20 cm and 12° between two scans is caught")
    func skid() {
        var robot = TestRobot(at: Pose2D(x: 11, y: 1.1, yaw: 0.1), seed: 6)
        var localizer = Localizer(
            building: building([("L1", ring())]), lidarMount: Pose2D(), start: ("L1", robot.truth))
        for _ in 0..<10 { localizer.update(scan: robot.revolution(in: ring(), linear: 0.2)) }
        robot.truth = robot.truth.composed(with: Pose2D(x: -0.15, y: 0.13, yaw: 0.21))
        for _ in 0..<5 { localizer.update(scan: robot.revolution(in: ring())) }
        #expect(localizer.isTracking)
        let pose = localizer.pose(odometry: robot.odometry.pose)
        #expect(pose.position.distance(to: robot.truth.position) < 0.05)
    }

    @Test("the same scans give the same poses, bit for bit")
    func deterministic() {
        func run() -> Pose2D {
            var robot = TestRobot(at: Pose2D(x: 11, y: 1.1, yaw: 0.1), seed: 6)
            var localizer = Localizer(
                building: building([("L1", ring())]), lidarMount: Pose2D(), start: ("L1", Pose2D(x: 10.8, y: 1)))
            for _ in 0..<20 { localizer.update(scan: robot.revolution(in: ring(), linear: 0.5, angular: 0.1)) }
            return localizer.pose(odometry: robot.odometry.pose)
        }
        #expect(run() == run())
    }

    // MARK: - The lift

    @Test("a ride in the lift ends on the right level at the right pose", arguments: [1, 2, 3, 4, 5])
    func liftRide(seed: UInt64) throws {
        let (lobby, upstairs) = (hall(isLobby: true), hall(isLobby: false))
        var robot = TestRobot(at: Pose2D(x: 6, y: 3, yaw: .pi / 2), seed: seed)
        let plan = building([("L1", lobby), ("L2", upstairs), ("L3", lobbyTwin())], lifts: [lift])
        var localizer = Localizer(building: plan, lidarMount: Pose2D(), start: ("L1", robot.truth))
        // Into the car, which has a mirror and two people that no map has.
        var car = lobby
        car.people = [(Point2D(5.4, 6.7), 0.18), (Point2D(6.65, 6.9), 0.2)]
        while robot.truth.y < 6.2 {
            localizer.update(scan: robot.revolution(in: car, linear: 0.4))
        }
        #expect(localizer.isTracking)
        // The closed car rides: the odometry stands still, the robot is nudged.
        localizer.suspend()
        let before = localizer.pose(odometry: robot.odometry.pose)
        var closed = car
        closed.furniture.append(Wall(Point2D(5.4, 5), Point2D(6.6, 5)))
        for _ in 0..<30 {
            let match = localizer.update(scan: robot.revolution(in: closed))
            #expect(match == nil)
        }
        #expect(localizer.pose(odometry: robot.odometry.pose) == before)
        var random = SeededRandom(seed: seed)
        robot.truth = robot.truth.composed(
            with: Pose2D(
                x: Double.random(in: -0.08...0.08, using: &random), y: Double.random(in: -0.08...0.08, using: &random),
                yaw: Double.random(in: -0.1...0.1, using: &random)))

        // The door opens upstairs.
        var arrived = upstairs
        arrived.people = car.people
        let scan = robot.revolution(in: arrived)
        let fit = localizer.levelFit(scan, levels: ["L1", "L2", "L3"], around: before)
        let (right, wrong, third) = (try #require(fit["L2"]), try #require(fit["L1"]), try #require(fit["L3"]))
        #expect(right > 0.75)
        #expect(wrong < right - 0.25)
        #expect(third < right - 0.25)

        let isKnown = localizer.setLevel("L2", near: before, spread: .init(metres: 0.25, radians: 0.2))
        #expect(isKnown)
        localizer.resume()
        #expect(localizer.state == .unknown)
        for _ in 0..<3 { localizer.update(scan: robot.revolution(in: arrived)) }
        #expect(localizer.isTracking)
        let pose = localizer.pose(odometry: robot.odometry.pose)
        #expect(pose.position.distance(to: robot.truth.position) < 0.05)
        #expect(abs(normalizedAngle(pose.yaw - robot.truth.yaw)) < 2 * .pi / 180)
        // And out, backwards.
        while robot.truth.y > 3 { localizer.update(scan: robot.revolution(in: arrived, linear: -0.4)) }
        #expect(localizer.pose(odometry: robot.odometry.pose).position.distance(to: robot.truth.position) < 0.05)
    }

    @Test("a scan of nothing but the closed car judges nothing: not lost, no level fits")
    func closedCar() {
        var robot = TestRobot(at: Pose2D(x: 6, y: 6.2, yaw: .pi / 2), seed: 3)
        let plan = building([("L1", hall(isLobby: true)), ("L2", hall(isLobby: false))], lifts: [lift])
        var localizer = Localizer(building: plan, lidarMount: Pose2D(), start: ("L1", robot.truth))
        for _ in 0..<5 { localizer.update(scan: robot.revolution(in: hall(isLobby: true))) }
        #expect(localizer.isTracking)
        var closed = hall(isLobby: true)
        closed.furniture.append(Wall(Point2D(5.4, 5), Point2D(6.6, 5)))
        closed.furniture.append(Wall(Point2D(5, 6.9), Point2D(7, 6.9)))
        for _ in 0..<30 { localizer.update(scan: robot.revolution(in: closed)) }
        #expect(localizer.isTracking)
        let fit = localizer.levelFit(robot.revolution(in: closed), levels: ["L1", "L2"], around: robot.truth)
        #expect(fit.isEmpty)
    }

    @Test("a level that the building does not have is refused")
    func noSuchLevel() {
        var localizer = Localizer(
            building: building([("L1", ring())]), lidarMount: Pose2D(), start: ("L1", Pose2D(x: 1, y: 1)))
        let isKnown = localizer.setLevel("L9", near: Pose2D(), spread: .init(metres: 1, radians: 1))
        #expect(!isKnown)
        #expect(localizer.level == "L1")
    }
}

extension Localizer {
    fileprivate var isTracking: Bool { if case .tracking = state { true } else { false } }
    fileprivate var isLost: Bool { if case .lost = state { true } else { false } }
}

private let lift = Lift(
    id: "lift", pose: Pose2D(x: 6, y: 6, yaw: 0), width: 1.8, depth: 2,
    doors: [
        "L1": [LiftDoor(name: "hall_door", a: Point2D(5.4, 5), b: Point2D(6.6, 5))],
        "L2": [LiftDoor(name: "hall_door", a: Point2D(5.4, 5), b: Point2D(6.6, 5))],
    ])

/// The shaft (1.8 m by 2 m) above a hall: a wide one with a column downstairs, a narrow corridor upstairs.
private func hall(isLobby: Bool) -> TestWorld {
    var world = TestWorld()
    let (left, right, low) = isLobby ? (0.0, 11.0, 0.0) : (2.5, 18.0, 1.6)
    world.outline([
        (left, low), (right, low), (right, 5), (6.6, 5), (6.9, 5), (6.9, 7), (5.1, 7), (5.1, 5), (5.4, 5), (left, 5),
    ])
    world.walls.removeAll { $0.a.y == 5 && $0.b.y == 5 && $0.a.x == 6.6 && $0.b.x == 5.4 }
    if isLobby {
        world.outline([(7.2, 1.6), (7.6, 1.6), (7.6, 2), (7.2, 2)])
    } else {
        world.walls.append(Wall(Point2D(4.9, 1.6), Point2D(4.9, 1.9)))
        world.walls.append(Wall(Point2D(4.9, 1.9), Point2D(5.6, 1.9)))
        world.walls.append(Wall(Point2D(5.6, 1.9), Point2D(5.6, 1.6)))
    }
    return world
}

/// A third level: as wide as the lobby, half as deep.
private func lobbyTwin() -> TestWorld {
    var world = hall(isLobby: true)
    world.walls.append(Wall(Point2D(0, 2.7), Point2D(11, 2.7)))
    return world
}
