package import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// What a LiDAR on a table sees: a room of 6 m by 4 m, a pillar, and somebody who walks up and down.
package final class BenchRoom: LaserPlant {
    private static let halfLength = 3.0
    private static let halfWidth = 2.0
    /// Metres, standard deviation of a range.
    private static let noise = 0.004
    private var random: SeededRandom

    package init(seed: UInt64) { random = SeededRandom(seed: seed) }

    package func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        guard let exact = exactRange(angle: angle, at: time) else { return nil }
        // One beam in two hundred comes back from nowhere, as on dark or shiny things.
        if Double.random(in: 0..<1, using: &random) < 0.005 { return nil }
        let spread = (0..<4).reduce(0.0) { sum, _ in sum + Double.random(in: -1...1, using: &random) }
        return (exact + spread * Self.noise * 0.87, 188)
    }

    /// The range without noise and drop-outs: the truth that a decoder's points are held against.
    package func exactRange(angle: Double, at time: Instant) -> Double? {
        let (dx, dy) = (cos(angle), sin(angle))
        var range = min(
            abs(dx) > 1e-9 ? Self.halfLength / abs(dx) : .infinity,
            abs(dy) > 1e-9 ? Self.halfWidth / abs(dy) : .infinity)
        let walker = 1.2 * sin(Double(time.nanoseconds % 12_000_000_000) * 1e-9 * .pi / 6)
        for (x, y, radius) in [(1.5, -1.0, 0.2), (-1.4, walker, 0.25)] {
            let along = x * dx + y * dy
            let off = x * x + y * y - along * along
            if along > 0, off < radius * radius { range = min(range, along - (radius * radius - off).squareRoot()) }
        }
        return range
    }
}
