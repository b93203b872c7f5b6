package import RobotModel

/// The robot's outline on the floor: a rectangle centred on `base_link`.
package struct Hull: Hashable, Sendable {
    package var halfLength: Double
    package var halfWidth: Double

    package init(length: Double, width: Double) {
        halfLength = length / 2
        halfWidth = width / 2
    }

    /// Radius of the circle around the hull.
    package var radius: Double { (halfLength * halfLength + halfWidth * halfWidth).squareRoot() }

    /// How far something is from the hull, and where.
    package struct Gap: Hashable, Sendable {
        /// Metres; 0 when it touches or overlaps.
        package var distance: Double
        /// The nearest point of the thing, in `base_link`.
        package var point: Point2D
        package var kind: String
        package var isPerson = false
    }

    /// Distance of a point (in `base_link`) from the hull; 0 inside.
    package func distance(to point: Point2D) -> Double {
        let dx = max(abs(point.x) - halfLength, 0)
        let dy = max(abs(point.y) - halfWidth, 0)
        return (dx * dx + dy * dy).squareRoot()
    }

    /// The gap to a segment given in `base_link`.
    package func gap(to a: Point2D, _ b: Point2D) -> (distance: Double, point: Point2D) {
        if let inside = clip(a, b) { return (0, inside) }
        var best = (distance: distance(to: a), point: a)
        let end = distance(to: b)
        if end < best.distance { best = (end, b) }
        let line = Edge(a, b)
        for (sx, sy) in [(1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (-1.0, -1.0)] {
            let corner = Point2D(sx * halfLength, sy * halfWidth)
            let nearest = line.nearest(to: corner)
            let gap = nearest.distance(to: corner)
            if gap < best.distance { best = (gap, nearest) }
        }
        return best
    }

    /// The middle of the part of a segment that lies in the hull (Liang and Barsky's clipping); nil when none does.
    private func clip(_ a: Point2D, _ b: Point2D) -> Point2D? {
        var low = 0.0
        var high = 1.0
        let d = b - a
        for (start, slope, half) in [(a.x, d.x, halfLength), (a.y, d.y, halfWidth)] {
            if slope == 0 {
                if abs(start) > half { return nil }
                continue
            }
            let first = (-half - start) / slope
            let second = (half - start) / slope
            low = max(low, min(first, second))
            high = min(high, max(first, second))
            if low > high { return nil }
        }
        return a + d * ((low + high) / 2)
    }

    /// The direction out of the hull at a point on or near its edge, in `base_link`.
    package func outward(at point: Point2D) -> Point2D {
        let beyondX = abs(point.x) - halfLength
        let beyondY = abs(point.y) - halfWidth
        if beyondX > 0 && beyondY > 0 {
            let corner = Point2D(
                point.x > 0 ? beyondX : -beyondX, point.y > 0 ? beyondY : -beyondY)
            return corner * (1 / max(corner.length, 1e-9))
        }
        if beyondX > beyondY { return Point2D(point.x > 0 ? 1 : -1, 0) }
        return Point2D(0, point.y > 0 ? 1 : -1)
    }
}
