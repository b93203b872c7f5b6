import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A lower bound of the time from one point of a plan to another, from the velocities that its lanes allow.
///
/// Along a lane with direction and top speed the robot moves with a velocity; a way is a sum of such pieces, so in a second it
/// never gets out of the convex hull of all velocities. The bound is the time after which the hull, grown with the time,
/// reaches the target (the hull's Minkowski functional): on a square grid the sum of both distances over the speed, on lanes
/// of many directions the straight distance. It is consistent, so a search with it settles every state once.
struct TimeBound: Sendable {
    /// Seconds a metre, in the direction of each side of the hull: the bound is the largest product with a way.
    private let sides: [Point2D]
    /// Seconds a metre on the fastest lane.
    private let pace: Double

    /// With more sides than this, the hull is as good as its circle, which is quicker to compute with.
    private static let mostSides = 8

    /// The bound over some velocities, m/s.
    init(velocities: some Sequence<Point2D>) {
        var distinct: Set<Point2D> = []
        var fastest = 0.0
        for velocity in velocities {
            fastest = max(fastest, velocity.length)
            // Lanes of many directions: the circle does. A thousand are enough to know.
            if distinct.count < 1000 { distinct.insert(velocity) }
        }
        // A hair slower than the fastest, so that rounding does not make it longer than a way.
        pace = fastest > 0 ? (1 - 1e-6) / fastest : 0
        sides = distinct.count < 1000 ? Self.sides(of: Self.hull(of: Array(distinct)), around: distinct) : []
    }

    /// Seconds that a way from `a` to `b` takes at least.
    @inline(__always)
    func seconds(from a: Point2D, to b: Point2D) -> Double {
        let way = b - a
        if sides.isEmpty { return way.length * pace }
        var most = 0.0
        for side in sides { most = max(most, side.dot(way)) }
        return most
    }

    /// The sides of a hull around the origin, each as the vector whose product with the side's points is 1; none where
    /// there are too many, or where the origin is not well inside.
    private static func sides(of hull: [Point2D], around velocities: Set<Point2D>) -> [Point2D] {
        guard hull.count >= 3, hull.count <= mostSides else { return [] }
        var sides: [Point2D] = []
        for (a, b) in zip(hull, hull.dropFirst() + hull.prefix(1)) {
            let product = a.cross(b)
            // The side's distance from the origin: less than a centimetre a second is none.
            guard product > 0.01 * (b - a).length else { return [] }
            let side = Point2D((b.y - a.y) / product, (a.x - b.x) / product)
            // Out to the farthest velocity, which the hull may have passed over by a hair.
            let most = velocities.reduce(1) { max($0, side.dot($1)) }
            sides.append(side * ((1 - 1e-12) / most))
        }
        return sides
    }

    /// The convex hull, counter-clockwise, without points on its sides (Andrew's monotone chain).
    private static func hull(of points: [Point2D]) -> [Point2D] {
        let sorted = points.sorted { ($0.x, $0.y) < ($1.x, $1.y) }
        func half(_ points: some Sequence<Point2D>) -> [Point2D] {
            var chain: [Point2D] = []
            for point in points {
                while chain.count >= 2 {
                    let (a, b) = (chain[chain.count - 2], chain[chain.count - 1])
                    // A tenth of a per mille inside the side is on it: lengths are single precision.
                    guard (b - a).cross(point - a) <= 1e-4 * (b - a).length * (point - a).length else { break }
                    chain.removeLast()
                }
                chain.append(point)
            }
            return chain
        }
        return half(sorted).dropLast() + half(sorted.reversed()).dropLast()
    }
}
