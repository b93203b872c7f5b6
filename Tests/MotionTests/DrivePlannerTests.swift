import Glibc
import Motion
import RobotModel
import Testing

@Suite("Following a path")
struct DrivePlannerTests {
    /// A corridor along x, 2 m wide.
    static let corridor: [(Point2D, Point2D)] = [
        (Point2D(-2, 1), Point2D(14, 1)), (Point2D(-2, -1), Point2D(14, -1)),
    ]

    static func follow(
        _ path: [Point2D], yaw: Double? = nil, speed: Double = 0.9, clearance: Double = 0.15, reverse: Bool = false
    ) -> DriveGoal {
        .follow(path: path, finalYaw: yaw, speedLimit: speed, clearance: clearance, reverse: reverse)
    }

    @Test("a straight path ends within 3 cm and 2° of its goal", arguments: [-1.5, 0, 1.2, 3.1])
    func straight(yaw: Double) {
        var world = DriveSimulation(pose: Pose2D(x: -0.1, y: 0.15, yaw: 0.2))
        world.walls = Self.corridor
        world.set(Self.follow([Point2D(0, 0), Point2D(6, 0)], yaw: yaw))
        world.run(for: 40)
        #expect(world.status == .reached)
        #expect(world.pose.position.distance(to: Point2D(6, 0)) < 0.03)
        #expect(abs(normalizedAngle(world.pose.yaw - yaw)) < 2 * .pi / 180)
        #expect(world.time < 20)
    }

    @Test("a right-angled corner is driven in one sweep without touching its walls")
    func corner() {
        var world = DriveSimulation(pose: Pose2D(x: 0.1, y: 0.2, yaw: 0.4))
        world.walls = [
            (Point2D(-2, 1), Point2D(5, 1)), (Point2D(5, 1), Point2D(5, 8)), (Point2D(-2, -1), Point2D(7, -1)),
            (Point2D(7, -1), Point2D(7, 8)),
        ]
        world.set(Self.follow([Point2D(0, 0), Point2D(6, 0), Point2D(6, 5)]))
        world.run(for: 40)
        #expect(world.status == .reached)
        #expect(world.pose.position.distance(to: Point2D(6, 5)) < 0.03)
        #expect(world.nearestWall > 0.3)
        let stops = world.log.filter { $0.time > 2 && $0.pose.y < 4.5 && abs($0.twist.linear) < 0.05 }
        #expect(stops.isEmpty)
    }

    @Test("a hairpin is turned on the spot")
    func hairpin() {
        var world = DriveSimulation(pose: Pose2D())
        world.set(Self.follow([Point2D(0, 0), Point2D(3, 0), Point2D(0.5, 0.6)]))
        world.run(for: 40)
        #expect(world.status == .reached)
        #expect(world.pose.position.distance(to: Point2D(0.5, 0.6)) < 0.03)
        #expect(world.log.allSatisfy { $0.pose.x < 3.05 })
    }

    @Test("a path may be driven backwards")
    func reverse() {
        var world = DriveSimulation(pose: Pose2D(x: 0, y: 0.1, yaw: .pi))
        world.walls = Self.corridor
        world.set(Self.follow([Point2D(0, 0), Point2D(3, 0)], yaw: .pi, speed: 0.3, reverse: true))
        world.run(for: 40)
        #expect(world.status == .reached)
        #expect(world.pose.position.distance(to: Point2D(3, 0)) < 0.03)
        #expect(abs(normalizedAngle(world.pose.yaw - .pi)) < 2 * .pi / 180)
        #expect(world.log.allSatisfy { $0.twist.linear < 0.02 })
    }

    @Test("a doorway of 1.1 m is passed in its middle", arguments: [-0.08, 0, 0.08])
    func doorway(start: Double) {
        var world = DriveSimulation(pose: Pose2D(x: 0, y: start, yaw: 0))
        world.walls = [
            (Point2D(2, 0.55), Point2D(2, 3)), (Point2D(2.15, 0.55), Point2D(2.15, 3)),
            (Point2D(2, 0.55), Point2D(2.15, 0.55)), (Point2D(2, -0.55), Point2D(2, -3)),
            (Point2D(2.15, -0.55), Point2D(2.15, -3)), (Point2D(2, -0.55), Point2D(2.15, -0.55)),
        ]
        world.set(Self.follow([Point2D(0, 0), Point2D(4, 0)], speed: 0.5, clearance: 0.06))
        world.run(for: 30)
        #expect(world.status == .reached)
        #expect(world.nearestWall > 0.2)
        #expect(world.time < 16)
    }

    @Test("a lift car is entered up to 0.3 m from its rear wall and turned in")
    func liftCar() {
        var world = DriveSimulation(pose: Pose2D(x: -1.5, y: 0, yaw: 0))
        world.walls =
            DriveSimulation.rectangle(0, -0.7, 1.5, 0.7).dropLast() + [
                (Point2D(0, 0.5), Point2D(0, 2)), (Point2D(0, -0.5), Point2D(0, -2)),
            ]
        world.set(Self.follow([Point2D(-1.5, 0), Point2D(0.8, 0)], yaw: .pi, speed: 0.4, clearance: 0.06))
        world.run(for: 30)
        #expect(world.status == .reached)
        #expect(world.pose.position.distance(to: Point2D(0.8, 0)) < 0.03)
        #expect(abs(normalizedAngle(world.pose.yaw - .pi)) < 2 * .pi / 180)
        #expect(world.nearestWall > 0.05)
    }

    @Test("furniture that the map does not know is passed", arguments: [0.0, 0.15, 0.25], [-1.0, 1.0])
    func furniture(reach: Double, side: Double) {
        var world = DriveSimulation(pose: Pose2D())
        world.walls = [(Point2D(-2, 1.2), Point2D(14, 1.2)), (Point2D(-2, -1.2), Point2D(14, -1.2))]
        world.walls += DriveSimulation.rectangle(4, side * 1.2, 4.8, -side * reach)
        world.set(Self.follow([Point2D(0, 0), Point2D(9, 0)]))
        world.run(for: 40)
        #expect(world.status == .reached)
        #expect(world.pose.position.distance(to: Point2D(9, 0)) < 0.03)
        #expect(world.nearestWall > 0.1)
        #expect(world.time < 26)
        // It goes round in one movement: the way to the side is left and come back to once.
        let turns = Self.changesOfSide(world)
        #expect(turns <= 5, "\(turns) swings")
    }

    /// How often the robot swings from one side to the other, by more than 0.15 rad.
    static func changesOfSide(_ world: DriveSimulation) -> Int {
        var side = 0.0
        var count = 0
        for entry in world.log where abs(entry.pose.yaw) > 0.15 && entry.pose.yaw * side <= 0 {
            side = entry.pose.yaw
            count += 1
        }
        return count
    }

    @Test("three pieces of furniture in a row are passed", arguments: 1...4)
    func slalom(seed: Int) {
        var world = DriveSimulation(pose: Pose2D())
        world.random = SeededRandom(seed: UInt64(seed))
        world.poseNoise = 0.006
        world.walls = [(Point2D(-2, 1.2), Point2D(14, 1.2)), (Point2D(-2, -1.2), Point2D(14, -1.2))]
        world.walls += DriveSimulation.rectangle(3, -1.2, 3.5, 0.1)
        world.walls += DriveSimulation.rectangle(6, 0, 6.6, 1.2)
        world.walls += DriveSimulation.rectangle(8.6, -0.15, 9, 0.15)
        world.set(Self.follow([Point2D(0, 0), Point2D(12, 0)]))
        world.run(for: 70)
        #expect(world.status == .reached)
        #expect(world.nearestWall > 0.1)
    }

    @Test("what appears right ahead is gone round after backing off a little")
    func backOff() {
        var world = DriveSimulation(pose: Pose2D())
        world.walls = [(Point2D(-2, 1.7), Point2D(14, 1.7)), (Point2D(-2, -1.7), Point2D(14, -1.7))]
        world.set(Self.follow([Point2D(0, 0), Point2D(8, 0)]))
        while world.pose.x < 2 { world.step() }
        let stop = world.pose.x
        world.walls += DriveSimulation.rectangle(stop + 0.33 + 0.55, -0.3, stop + 1.4, 0.3)
        world.run(for: 50)
        #expect(world.status == .reached)
        #expect(world.nearestWall > 0.1)
        #expect(world.log.contains { $0.twist.linear < -0.1 })
    }

    @Test("a closed corridor is waited at, at 0.4 m, and gone on from when it opens")
    func blocked() {
        var world = DriveSimulation(pose: Pose2D())
        world.walls = Self.corridor + [(Point2D(4, -1), Point2D(4, 1))]
        world.set(Self.follow([Point2D(0, 0), Point2D(8, 0)]))
        world.run(for: 15)
        guard case .blocked(let since) = world.status else {
            Issue.record("\(world.status)")
            return
        }
        #expect(world.now.seconds(since: since) > 5)
        let gap = 4 - world.pose.x - 0.33
        #expect(gap > 0.37 && gap < 0.6)
        let waiting = world.pose
        world.run(for: 20)
        // It neither creeps nor turns while it waits.
        #expect(world.pose.position.distance(to: waiting.position) < 0.02)
        world.walls = Self.corridor
        world.run(for: 20)
        #expect(world.status == .reached)
    }

    @Test(
        "somebody who walks through the way is never nearer than 0.30 m while the robot moves",
        arguments: [0.7, 1.0, 1.4], [1.0, 2.0, 3.0, 4.0, 5.0])
    func crossing(speed: Double, delay: Double) {
        var world = DriveSimulation(pose: Pose2D())
        world.walls = [(Point2D(-3, 5), Point2D(14, 5)), (Point2D(-3, -5), Point2D(14, -5))]
        world.walkers = [DriveSimulation.Walker(place: { Point2D(3.5, 4 - speed * max(0, $0 - delay + 1)) })]
        world.set(Self.follow([Point2D(0, 0), Point2D(8, 0)]))
        world.run(for: 40)
        #expect(world.status == .reached)
        #expect(world.nearestWalker >= 0.30, "\(world.nearestWalker) m")
        #expect(world.time < 30)
    }

    @Test("somebody who comes along the corridor is let pass", arguments: [0.55, -0.6])
    func oncoming(side: Double) {
        var world = DriveSimulation(pose: Pose2D())
        world.walls = [(Point2D(-3, 1.2), Point2D(14, 1.2)), (Point2D(-3, -1.2), Point2D(14, -1.2))]
        world.walkers = [DriveSimulation.Walker(place: { Point2D(9 - 1.0 * $0, side) })]
        world.set(Self.follow([Point2D(0, 0), Point2D(8, 0)]))
        world.run(for: 40)
        #expect(world.status == .reached)
        #expect(world.nearestWalker >= 0.30, "\(world.nearestWalker) m")
    }

    @Test("somebody who stops in the way for a minute is waited for")
    func standing() {
        var world = DriveSimulation(pose: Pose2D())
        world.walls = [(Point2D(-3, 0.8), Point2D(14, 0.8)), (Point2D(-3, -0.8), Point2D(14, -0.8))]
        // Comes towards the robot, stands for a minute, walks off ahead of it.
        world.walkers = [
            DriveSimulation.Walker(place: { Point2D($0 < 4 ? 7 - $0 : ($0 < 64 ? 3 : 3 + ($0 - 64)), 0.05) })
        ]
        world.set(Self.follow([Point2D(0, 0), Point2D(8, 0)]))
        world.run(for: 60)
        if case .blocked = world.status {} else { Issue.record("\(world.status)") }
        #expect(world.nearestWalker >= 0.30, "\(world.nearestWalker) m")
        world.run(for: 40)
        #expect(world.status == .reached)
        #expect(world.nearestWalker >= 0.30, "\(world.nearestWalker) m")
    }

    @Test("somebody who has stood in the corridor since ever is not taken for furniture and squeezed past")
    func neverMoved() {
        var world = DriveSimulation(pose: Pose2D())
        world.walls = [(Point2D(-3, 1.1), Point2D(14, 1.1)), (Point2D(-3, -1.1), Point2D(14, -1.1))]
        world.walkers = [DriveSimulation.Walker(place: { _ in Point2D(4, 0.05) }, hasLegs: true)]
        world.set(Self.follow([Point2D(0, 0), Point2D(8, 0)]))
        world.run(for: 40)
        if case .blocked = world.status {} else { Issue.record("\(world.status)") }
        #expect(world.nearestWalker >= 0.30, "\(world.nearestWalker) m")
    }

    @Test("commands keep the base's limits, and the same input gives the same commands")
    func limits() {
        func drive() -> DriveSimulation {
            var world = DriveSimulation(pose: Pose2D(x: 0, y: 0.3, yaw: -0.6))
            world.walls = Self.corridor + DriveSimulation.rectangle(4, -1, 4.5, -0.1)
            world.set(Self.follow([Point2D(0, 0), Point2D(7, 0), Point2D(7, 3)], yaw: 0))
            world.run(for: 30)
            return world
        }
        let world = drive()
        let limits = DriveSimulation.limits
        for (before, after) in zip(world.log, world.log.dropFirst()) {
            #expect(abs(after.command.linear) <= limits.maxSpeed + 1e-9)
            #expect(abs(after.command.angular) <= limits.maxTurnRate + 1e-9)
            let change = after.command.linear - before.command.linear
            #expect(change <= limits.maxAcceleration * 0.05 + 1e-6)
            #expect(-change <= limits.maxDeceleration * 0.05 + 1e-6)
            #expect(
                abs(after.command.angular - before.command.angular) <= limits.maxTurnAcceleration * 0.05 + 1e-6)
        }
        #expect(drive().log.map(\.command) == world.log.map(\.command))
    }

    @Test("a robot that nothing is asked of stands")
    func stand() {
        var world = DriveSimulation(pose: Pose2D())
        world.run(for: 1, untilDone: false)
        #expect(world.status == .idle)
        #expect(world.pose == Pose2D())
        world.set(Self.follow([Point2D(0, 0), Point2D(5, 0)]))
        world.run(for: 3, untilDone: false)
        #expect(world.twist.linear > 0.5)
        world.set(.stand)
        world.run(for: 2, untilDone: false)
        #expect(world.status == .idle)
        #expect(abs(world.twist.linear) < 0.001)
    }
}

@Suite("Turning, backing up and docking")
struct ManoeuvreTests {
    @Test("a turn on the spot ends within 1°", arguments: [0.3, -1.57, 3.14, 2.6])
    func turn(to heading: Double) {
        var world = DriveSimulation(pose: Pose2D(x: 1, y: 1, yaw: 0.1))
        world.set(.turn(to: heading))
        world.run(for: 10)
        #expect(world.status == .reached)
        #expect(abs(normalizedAngle(world.pose.yaw - heading)) < 0.018)
        #expect(world.pose.position.distance(to: Point2D(1, 1)) < 0.005)
    }

    @Test("a turn waits while a corner would touch something, and goes on when it is gone")
    func blockedTurn() {
        var world = DriveSimulation(pose: Pose2D())
        // Two posts beside the rear: each way round, a corner meets one.
        world.walls =
            DriveSimulation.rectangle(0.02, 0.33, 0.06, 0.37) + DriveSimulation.rectangle(0.02, -0.37, 0.06, -0.33)
        world.set(.turn(to: .pi / 2))
        world.run(for: 6)
        if case .blocked = world.status {} else { Issue.record("\(world.status)") }
        #expect(world.nearestWall > 0.01)
        world.walls = []
        world.run(for: 6)
        #expect(world.status == .reached)
    }

    @Test("backing up goes straight back by its distance")
    func backUp() {
        var world = DriveSimulation(pose: Pose2D(x: 0, y: 0, yaw: 0.5))
        world.set(.backUp(distance: 0.8))
        world.run(for: 12)
        #expect(world.status == .reached)
        #expect(world.pose.position.distance(to: Point2D(-0.8 * cos(0.5), -0.8 * sin(0.5))) < 0.03)
        #expect(world.log.allSatisfy { $0.twist.linear > -0.21 })
    }

    @Test("backing up stops before what stands behind")
    func blockedBackUp() {
        var world = DriveSimulation(pose: Pose2D())
        world.walls = [(Point2D(-0.8, -1), Point2D(-0.8, 1))]
        world.set(.backUp(distance: 1))
        world.run(for: 10)
        if case .blocked = world.status {} else { Issue.record("\(world.status)") }
        #expect(world.nearestWall > 0.08)
        world.walls = []
        world.run(for: 10)
        #expect(world.status == .reached)
    }

    static func boxWorld(_ start: Pose2D, box: Pose2D) -> DriveSimulation {
        var world = DriveSimulation(pose: start)
        world.box = box
        // The box's outline: a face of 0.6 m and two sides, and the vehicle that it hangs at.
        func at(_ x: Double, _ y: Double) -> Point2D { box.transform(Point2D(x, y)) }
        world.walls = [
            (at(0, -0.3), at(0, 0.3)), (at(0, -0.3), at(-0.4, -0.3)), (at(0, 0.3), at(-0.4, 0.3)),
            (at(-0.4, -2), at(-0.4, 2)),
        ]
        return world
    }

    @Test(
        "docking ends within 1.5 cm and 1.5° of the box, wherever it starts",
        arguments: [
            Pose2D(x: -1.0, y: 0, yaw: 0), Pose2D(x: -0.9, y: 0.25, yaw: -0.4), Pose2D(x: -1.3, y: -0.4, yaw: 0.7),
            Pose2D(x: -0.5, y: 0.12, yaw: 0.1), Pose2D(x: -0.7, y: -0.2, yaw: 0.3), Pose2D(x: -1.6, y: 0.6, yaw: 0),
            Pose2D(x: -0.19, y: 0.1, yaw: 0), Pose2D(x: -0.22, y: 0.12, yaw: -0.3),
        ], [Pose2D(x: 0.5, y: 0, yaw: .pi), Pose2D(x: 0.53, y: -0.05, yaw: .pi + 0.087)])
    func dock(start: Pose2D, box: Pose2D) {
        var world = Self.boxWorld(start, box: box)
        world.set(.dock(relativeToBox: Pose2D(x: 0.45, y: 0, yaw: .pi)))
        world.run(for: 90)
        #expect(world.status == .reached)
        let goal = box.composed(with: Pose2D(x: 0.45, y: 0, yaw: .pi))
        let left = goal.relative(world.pose)
        #expect(abs(left.x) < 0.015 && abs(left.y) < 0.015, "\(left)")
        #expect(abs(left.yaw) < 1.5 * .pi / 180)
        #expect(world.log.allSatisfy { abs($0.twist.linear) < 0.17 })
        #expect(world.nearestWall > 0.05)
    }

    @Test("docking fails, standing, when the box is not seen any more")
    func lostBox() {
        var world = Self.boxWorld(Pose2D(x: -1.2, y: 0, yaw: 0), box: Pose2D(x: 0.5, y: 0, yaw: .pi))
        world.boxIsSeen = { $0 < 3 }
        world.set(.dock(relativeToBox: Pose2D(x: 0.45, y: 0, yaw: .pi)))
        world.run(for: 20)
        guard case .failed(let why) = world.status else {
            Issue.record("\(world.status)")
            return
        }
        #expect(why.contains("not been seen"))
        world.run(for: 1, untilDone: false)
        #expect(abs(world.twist.linear) < 0.001)
        #expect(world.time < 7)
    }

    @Test("docking waits for something between robot and box")
    func blockedDock() {
        var world = Self.boxWorld(Pose2D(x: -1.4, y: 0, yaw: 0), box: Pose2D(x: 0.5, y: 0, yaw: .pi))
        let free = world.walls
        world.walls += DriveSimulation.rectangle(-0.4, -0.1, -0.2, 0.1)
        world.set(.dock(relativeToBox: Pose2D(x: 0.45, y: 0, yaw: .pi)))
        world.run(for: 15)
        if case .blocked = world.status {} else { Issue.record("\(world.status)") }
        #expect(world.nearestWall > 0.05)
        world.walls = free
        world.run(for: 40)
        #expect(world.status == .reached)
    }
}
