import Glibc
import Motion
import RobotModel

/// A floor with walls and walking people, a laser and a base: what closes the planner's loop in tests.
struct DriveSimulation {
    struct Walker {
        /// Centre at a time in seconds.
        var place: (Double) -> Point2D
        var radius = 0.22
        /// The laser sees two legs side by side, and not a round body.
        var hasLegs = false

        /// What the laser sees.
        func outline(_ time: Double) -> [(Point2D, Double)] {
            let center = place(time)
            return hasLegs ? [-0.1, 0.1].map { (center + Point2D(0, $0), 0.07) } : [(center, radius)]
        }
    }

    static let limits = DriveLimits(
        maxSpeed: 0.9, maxAcceleration: 0.7, maxDeceleration: 1.2, maxTurnRate: 1.2, maxTurnAcceleration: 2.5)
    static let hull = Hull(length: 0.66, width: 0.52)

    var planner = DrivePlanner(limits: Self.limits, hull: Self.hull)
    var shaper = TwistShaper(limits: Self.limits)
    var walls: [(Point2D, Point2D)] = []
    var walkers: [Walker] = []
    /// The box's face in the map, if the world has one.
    var box: Pose2D?
    var boxIsSeen: (Double) -> Bool = { _ in true }
    var pose: Pose2D
    /// Deviation of the pose that the planner is told, metres and radians.
    var poseNoise = 0.003
    var random = SeededRandom(seed: 7)

    private(set) var time = 0.0
    private(set) var twist = Twist2D.zero
    private(set) var status = DriveStatus.idle
    private(set) var log: [(time: Double, pose: Pose2D, twist: Twist2D, command: Twist2D, status: DriveStatus)] = []
    /// Nearest approach of the hull to a wall, and to a person while moving, metres.
    private(set) var nearestWall = Double.infinity
    private(set) var nearestWalker = Double.infinity
    private var command = Twist2D.zero
    private var scan: [Point2D] = []
    private var scanPose = Pose2D()
    private var nextScan = 0.0
    private var sighting: BoxSighting?

    init(pose: Pose2D) { self.pose = pose }

    var now: Instant { Instant(nanoseconds: Int64((time * 1e9).rounded()) + 1_000_000_000) }

    mutating func set(_ goal: DriveGoal) { planner.set(goal, at: now) }

    /// Runs until the goal is reached or has failed, or for some seconds.
    mutating func run(for seconds: Double, untilDone: Bool = true) {
        let end = time + seconds
        while time < end {
            step()
            if untilDone {
                switch status {
                case .reached, .failed: return
                default: break
                }
            }
        }
    }

    /// One planning period: 50 ms.
    mutating func step() {
        let told = Pose2D(
            x: pose.x + poseNoise * random.gaussian(), y: pose.y + poseNoise * random.gaussian(),
            yaw: pose.yaw + 0.5 * poseNoise * random.gaussian())
        if time >= nextScan {
            nextScan += 0.1
            look()
        }
        let seen = scan.map { pose.inverseTransform(scanPose.transform($0)) }
        let (command, status) = planner.step(
            pose: told, twist: twist, obstacles: seen, box: sighting, at: now)
        self.command = command
        self.status = status
        log.append((time, pose, twist, command, status))
        for _ in 0..<10 {
            let shaped = shaper.step(target: command, limit: .none, dt: 0.005)
            // Wheels with a lag of 80 ms.
            twist.linear += (shaped.linear - twist.linear) * 0.005 / 0.08
            twist.angular += (shaped.angular - twist.angular) * 0.005 / 0.08
            let middle = pose.yaw + twist.angular * 0.0025
            pose.x += twist.linear * cos(middle) * 0.005
            pose.y += twist.linear * sin(middle) * 0.005
            pose.yaw = normalizedAngle(pose.yaw + twist.angular * 0.005)
            time += 0.005
        }
        measure()
    }

    private mutating func look() {
        scan = []
        scanPose = pose
        let people = walkers.flatMap { $0.outline(time) }
        for index in 0..<360 {
            let angle = pose.yaw + Double(index) * (2 * .pi / 360)
            let ray = Point2D(cos(angle), sin(angle))
            var range = 12.0
            for (a, b) in walls { range = min(range, hit(ray, a, b)) }
            for (center, radius) in people { range = min(range, hit(ray, center, radius)) }
            guard range < 12, range > 0.15 else { continue }
            let noisy = range + 0.008 * random.gaussian()
            let bearing = Double(index) * (2 * .pi / 360)
            scan.append(Point2D(noisy * cos(bearing), noisy * sin(bearing)))
        }
        guard let box, boxIsSeen(time) else { return }
        let seen = pose.relative(box)
        sighting = BoxSighting(
            pose: Pose2D(
                x: seen.x + 0.004 * random.gaussian(), y: seen.y + 0.004 * random.gaussian(),
                yaw: seen.yaw + 0.01 * random.gaussian()), residual: 0.004, time: now)
    }

    private func hit(_ ray: Point2D, _ a: Point2D, _ b: Point2D) -> Double {
        let span = b - a
        let from = a - pose.position
        let along = ray.cross(span)
        guard abs(along) > 1e-9 else { return .infinity }
        let range = from.cross(span) / along
        let share = from.cross(ray) / along
        return range > 0 && share >= 0 && share <= 1 ? range : .infinity
    }

    private func hit(_ ray: Point2D, _ center: Point2D, _ radius: Double) -> Double {
        let to = center - pose.position
        let along = to.dot(ray)
        let off = to.dot(to) - along * along
        guard along > 0, off < radius * radius else { return .infinity }
        return along - (radius * radius - off).squareRoot()
    }

    private mutating func measure() {
        for (a, b) in walls {
            let length = a.distance(to: b)
            for step in 0...Int(length / 0.03) {
                let point = a + (b - a) * min(1, Double(step) * 0.03 / length)
                guard abs(point.x - pose.x) < 1.5, abs(point.y - pose.y) < 1.5 else { continue }
                nearestWall = min(nearestWall, Self.hull.distance(to: pose.inverseTransform(point)))
            }
        }
        guard abs(twist.linear) > 0.02 || abs(twist.angular) > 0.05 else { return }
        for walker in walkers {
            let place = pose.inverseTransform(walker.place(time))
            nearestWalker = min(nearestWalker, Self.hull.distance(to: place) - walker.radius)
        }
    }

    /// A rectangle's four walls.
    static func rectangle(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double) -> [(Point2D, Point2D)] {
        let corners = [Point2D(x0, y0), Point2D(x1, y0), Point2D(x1, y1), Point2D(x0, y1)]
        return (0..<4).map { (corners[$0], corners[($0 + 1) % 4]) }
    }
}
