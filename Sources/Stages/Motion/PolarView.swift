import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// What one look around saw, by bearing: the nearest range in each degree.
struct PolarView: Sendable {
    let time: Instant
    let pose: Pose2D
    private var ranges = [Double](repeating: .infinity, count: 360)

    init(_ points: [Point2D], pose: Pose2D, at time: Instant) {
        self.time = time
        self.pose = pose
        for point in points {
            let bin = Self.bin(point)
            ranges[bin] = min(ranges[bin], point.length)
        }
    }

    /// Whether this look went past a place (map frame) by more than 0.2 m: then nothing stood there.
    func seesThrough(_ place: Point2D) -> Bool {
        let point = pose.inverseTransform(place)
        let bin = Self.bin(point)
        // A degree to each side, for the pose's own error.
        let nearest = min(ranges[bin], ranges[(bin + 1) % 360], ranges[(bin + 359) % 360])
        return nearest > point.length + 0.2
    }

    private static func bin(_ point: Point2D) -> Int {
        let degrees = (atan2(point.y, point.x) * (180 / .pi)).rounded(.down)
        return (Int(degrees) + 360) % 360
    }
}
