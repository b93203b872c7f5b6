import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A straight line.
struct Line {
    /// A point of the line; the mean of the points that it was fitted to.
    var centre: Point2D
    /// Unit vector along the line.
    var direction: Point2D
    /// Root mean square distance of the points from the line, metres.
    var residual = 0.0

    init(centre: Point2D, direction: Point2D) {
        self.centre = centre
        self.direction = direction
    }

    /// Fits by total least squares; points further away than 2.5 deviations are taken out once. Nil for fewer than three.
    init?(_ points: [Point2D]) {
        guard points.count >= 3 else { return nil }
        self.init(fitting: points)
        let limit = max(2.5 * residual, 0.005)
        let close = points.filter { abs(side($0)) <= limit }
        if close.count >= 3, close.count < points.count { self.init(fitting: close) }
    }

    private init(fitting points: [Point2D]) {
        let count = Double(points.count)
        centre = points.reduce(Point2D(0, 0), +) * (1 / count)
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        for point in points {
            let d = point - centre
            xx += d.x * d.x
            xy += d.x * d.y
            yy += d.y * d.y
        }
        // The scatter's main axis.
        let angle = 0.5 * atan2(2 * xy, xx - yy)
        direction = Point2D(cos(angle), sin(angle))
        let d = direction
        residual = (max(0, d.y * d.y * xx - 2 * d.x * d.y * xy + d.x * d.x * yy) / count).squareRoot()
    }

    /// How far along the line a point lies, from the centre, metres.
    func along(_ point: Point2D) -> Double { direction.dot(point - centre) }

    /// How far to the left of the line a point lies, metres.
    func side(_ point: Point2D) -> Double { direction.cross(point - centre) }
}
