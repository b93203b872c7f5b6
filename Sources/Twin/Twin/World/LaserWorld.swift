package import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// What the LiDAR sees of the world: ray casts against the vector walls of the robot's level, with the noise, the
/// drop-outs and the glass of a real room.
package final class LaserWorld: LaserPlant {
    /// Glass throws a beam back only when it meets it within about 15° of square.
    private static let squareness = 0.966

    private let world: World
    private let mount: Pose2D
    private let noise: LaserNoise
    private var random: SeededRandom
    /// Where the laser was in the step `stamp`.
    private var origin = Point2D(0, 0)
    private var yaw = 0.0
    private var stamp = -1
    private var legs: [Point2D] = []

    package init(_ world: World, mount: Pose2D) {
        self.world = world
        self.mount = mount
        noise = world.scenario.laser
        random = SeededRandom(seed: world.scenario.seed ^ 0x4C41_5345_5200)
    }

    package func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        if stamp != world.steps { look() }
        let bearing = yaw + angle
        let dx = cos(bearing)
        let dy = sin(bearing)
        let scene = world.scene
        let hit = scene.standing.cast(from: origin, dx: dx, dy: dy, limit: noise.maximum + 1)
        var range = hit.range
        var glass = Double.infinity
        var incidence = 0.0
        if let pane = hit.glass {
            glass = pane.range
            incidence = scene.standing.segments[pane.segment].incidence(dx: dx, dy: dy)
        }
        for leaf in scene.leaves {
            guard let there = leaf.hit(from: origin, dx: dx, dy: dy) else { continue }
            if !leaf.isGlass {
                range = min(range, there)
            } else if there < glass {
                glass = there
                incidence = leaf.incidence(dx: dx, dy: dy)
            }
        }
        for leg in legs {
            if let there = Self.hit(leg, PersonBody.legRadius, from: origin, dx, dy) { range = min(range, there) }
        }
        return answer(range: range, glass: glass, incidence: incidence)
    }

    private func answer(range: Double, glass: Double, incidence: Double) -> (range: Double, quality: UInt8)? {
        var range = range
        var isFaint = false
        let luck = Double.random(in: 0..<1, using: &random)
        if glass < range, incidence > Self.squareness,
            Double.random(in: 0..<1, using: &random) < noise.glassReturn
        {
            range = glass
            isFaint = true
        }
        guard luck >= noise.dropOut, range <= noise.maximum else { return nil }
        let deviation = noise.deviation + noise.relativeDeviation * range
        let measured = range + deviation * random.gaussian()
        guard measured >= noise.minimum, measured <= noise.maximum else { return nil }
        return (measured, isFaint ? 6 : UInt8(max(10, 47 - Int(range * 1.5))))
    }

    /// Takes the laser's pose and the legs around it anew.
    private func look() {
        stamp = world.steps
        let pose = world.pose.composed(with: mount)
        origin = pose.position
        yaw = pose.yaw
        legs.removeAll(keepingCapacity: true)
        for person in world.people where person.level == world.level {
            let pair = person.legs
            legs.append(pair.0)
            legs.append(pair.1)
        }
    }

    private static func hit(
        _ centre: Point2D, _ radius: Double, from origin: Point2D, _ dx: Double, _ dy: Double
    ) -> Double? {
        let along = (centre.x - origin.x) * dx + (centre.y - origin.y) * dy
        if along <= 0 { return nil }
        let off = (centre.x - origin.x) * dy - (centre.y - origin.y) * dx
        let square = radius * radius - off * off
        return square < 0 ? nil : along - square.squareRoot()
    }
}
