import BuildingMap
import Estimation
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Hand-made walls, and things that the map does not have, for a ray-caster of the tests' own.
struct TestWorld {
    var walls: [Wall] = []
    /// Unmapped straight things.
    var furniture: [Wall] = []
    /// Unmapped round things: legs, people.
    var people: [(centre: Point2D, radius: Double)] = []

    /// A closed outline of solid walls.
    mutating func outline(_ corners: [(Double, Double)]) {
        for (index, corner) in corners.enumerated() {
            let next = corners[(index + 1) % corners.count]
            walls.append(Wall(Point2D(corner.0, corner.1), Point2D(next.0, next.1)))
        }
    }

    /// An unmapped rectangular thing.
    mutating func crate(_ centre: Point2D, _ width: Double, _ depth: Double) {
        let (w, d) = (width / 2, depth / 2)
        let corners = [(-w, -d), (w, -d), (w, d), (-w, d)].map { Point2D(centre.x + $0.0, centre.y + $0.1) }
        for index in 0..<4 { furniture.append(Wall(corners[index], corners[(index + 1) % 4])) }
    }

    /// Range to the first thing along a ray; glass answers with a chance of one in fifty.
    func cast(from origin: Point2D, bearing: Double, random: inout SeededRandom) -> Double? {
        let direction = Point2D(cos(bearing), sin(bearing))
        var nearest = Double.infinity
        for wall in walls {
            guard let range = Self.hit(origin, direction, wall), range < nearest else { continue }
            if wall.material == .glass, Double.random(in: 0..<1, using: &random) > 0.02 { continue }
            nearest = range
        }
        for thing in furniture {
            if let range = Self.hit(origin, direction, thing), range < nearest { nearest = range }
        }
        for person in people {
            let to = person.centre - origin
            let along = direction.dot(to)
            let side = direction.cross(to)
            let inside = person.radius * person.radius - side * side
            guard along > 0, inside > 0 else { continue }
            let range = along - inside.squareRoot()
            if range > 0, range < nearest { nearest = range }
        }
        return nearest.isFinite ? nearest : nil
    }

    @inline(__always)
    private static func hit(_ origin: Point2D, _ direction: Point2D, _ wall: Wall) -> Double? {
        let ex = wall.b.x - wall.a.x
        let ey = wall.b.y - wall.a.y
        let determinant = direction.x * ey - direction.y * ex
        if abs(determinant) < 1e-12 { return nil }
        let ox = wall.a.x - origin.x
        let oy = wall.a.y - origin.y
        let range = (ox * ey - oy * ex) / determinant
        let share = (ox * direction.y - oy * direction.x) / determinant
        return range > 0 && share >= 0 && share <= 1 ? range : nil
    }

    /// The occupancy map of the walls in 5 cm cells; glass is unknown, and so is what lies outside `inside`.
    func grid(from low: Point2D, to high: Point2D) -> OccupancyGrid {
        let resolution = 0.05
        let width = Int(((high.x - low.x) / resolution).rounded(.up))
        let height = Int(((high.y - low.y) / resolution).rounded(.up))
        var cells = [OccupancyGrid.Cell](repeating: .free, count: width * height)
        for wall in walls.filter({ $0.material == .glass }) + walls.filter({ $0.material == .solid }) {
            let length = wall.a.distance(to: wall.b)
            let steps = max(1, Int(length / 0.01))
            for step in 0...steps {
                let point = wall.a + (wall.b - wall.a) * (Double(step) / Double(steps))
                let column = Int(((point.x - low.x) / resolution).rounded(.down))
                let row = Int(((point.y - low.y) / resolution).rounded(.down))
                guard column >= 0, row >= 0, column < width, row < height else { continue }
                cells[row * width + column] = wall.material == .solid ? .occupied : .unknown
            }
        }
        return OccupancyGrid(width: width, height: height, resolution: resolution, origin: low, cells: cells)
    }
}

/// A robot that drives by its truth, and the odometry and scans that it measures: wheels slip, the laser is noisy.
struct TestRobot {
    static let wheelRadius = 0.085
    static let wheelSeparation = 0.44

    var truth: Pose2D
    var wheels = WheelState()
    var odometry = Odometry(wheelRadius: wheelRadius, wheelSeparation: wheelSeparation)
    var now = Instant(nanoseconds: 1_000_000_000)
    var random: SeededRandom
    var mount = Pose2D()
    /// What each wheel turns more than it rolls.
    var slip = (left: 0.0, right: 0.0)
    /// The chance, in each step, of a burst in which one wheel slips by a quarter.
    var burstChance = 0.0
    var driven = 0.0
    private var burst = (steps: 0, left: 0.0, right: 0.0)

    init(at pose: Pose2D, seed: UInt64) {
        truth = pose
        random = SeededRandom(seed: seed)
        odometry.update(Stamped(wheels, at: now))
    }

    /// 20 ms of motion.
    mutating func step(linear: Double, angular: Double) {
        let dt = 0.02
        if burst.steps == 0, burstChance > 0, Double.random(in: 0..<1, using: &random) < burstChance {
            let isLeft = Bool.random(using: &random)
            burst = (10, isLeft ? 0.25 : 0, isLeft ? 0 : 0.25)
        }
        let half = angular * dt / 2
        truth = Pose2D(
            x: truth.x + linear * dt * cos(truth.yaw + half), y: truth.y + linear * dt * sin(truth.yaw + half),
            yaw: normalizedAngle(truth.yaw + 2 * half))
        driven += abs(linear) * dt
        let left = (linear - angular * Self.wheelSeparation / 2) / Self.wheelRadius
        let right = (linear + angular * Self.wheelSeparation / 2) / Self.wheelRadius
        wheels.leftVelocity = left * (1 + slip.left + (burst.steps > 0 ? burst.left : 0))
        wheels.rightVelocity = right * (1 + slip.right + (burst.steps > 0 ? burst.right : 0))
        wheels.leftPosition += wheels.leftVelocity * dt
        wheels.rightPosition += wheels.rightVelocity * dt
        if burst.steps > 0 { burst.steps -= 1 }
        now += .milliseconds(20)
        odometry.update(Stamped(wheels, at: now))
    }

    /// One revolution (100 ms) while driving at a constant speed.
    mutating func revolution(in world: TestWorld, linear: Double = 0, angular: Double = 0) -> LaserScan {
        var scan = LaserScan(count: 720)
        scan.start = now
        scan.startOdometry = odometry.pose
        var before = truth
        for part in 0..<5 {
            before = truth
            step(linear: linear, angular: angular)
            let moved = before.relative(truth)
            for beam in part * 144..<(part + 1) * 144 {
                let fraction = Double(beam) / 720
                let share = fraction * 5 - Double(part)
                let base = before.composed(
                    with: Pose2D(x: moved.x * share, y: moved.y * share, yaw: moved.yaw * share))
                let laser = base.composed(with: mount)
                scan.fractions[beam] = Float(fraction)
                let isDropped = Double.random(in: 0..<1, using: &random) < 0.01
                let range = world.cast(
                    from: laser.position, bearing: laser.yaw + scan.angle(of: beam), random: &random)
                guard let range, range < 18, range > 0.15, !isDropped else { continue }
                scan.ranges[beam] = Float(range + random.gaussian() * (0.008 + 0.005 * range))
            }
        }
        scan.end = now
        scan.endOdometry = odometry.pose
        return scan
    }

    /// Speeds that steer towards a point; turns on the spot first when it is not ahead.
    func steering(to goal: Point2D, speed: Double = 0.9) -> (linear: Double, angular: Double) {
        let local = truth.inverseTransform(goal)
        let bearing = atan2(local.y, local.x)
        if abs(bearing) > 0.5 { return (0, bearing > 0 ? 1.2 : -1.2) }
        return (speed, max(-1.2, min(1.2, 2.5 * bearing)))
    }
}

/// A building with a lift between two levels, or as many as are given.
func building(_ levels: [(id: LevelID, world: TestWorld)], lifts: [Lift] = []) -> Building {
    Building(
        name: "test",
        levels: levels.enumerated().map { index, level in
            Level(
                id: level.id, elevation: 3 * Double(index), walls: level.world.walls,
                occupancy: level.world.grid(from: Point2D(-2.013, -2.027), to: Point2D(34, 16)))
        },
        doors: [:], lifts: Dictionary(uniqueKeysWithValues: lifts.map { ($0.id, $0) }))
}
