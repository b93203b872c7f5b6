public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Turns a scan into the points that a local planner steers around: in `base_link`, near, and not the robot itself.
public struct ObstaclePoints: Sendable {
    private let lidarMount: Pose2D
    private let halfLength: Double
    private let halfWidth: Double
    private let maximumRange: Double

    /// `lidarMount` is the laser in `base_link`; length and width of the robot's hull, centred on `base_link`, and
    /// `maximumRange` from it in metres. Points in the hull or within `margin` of it are the robot's own.
    public init(
        lidarMount: Pose2D, hullLength: Double, hullWidth: Double, margin: Double = 0.02, maximumRange: Double = 4
    ) {
        self.lidarMount = lidarMount
        halfLength = hullLength / 2 + margin
        halfWidth = hullWidth / 2 + margin
        self.maximumRange = maximumRange
    }

    /// The points in `base_link` as it stands now: `odometry` is `odom` → `base_link` now, or nil for the scan's end.
    public func points(_ scan: LaserScan, odometry: Pose2D? = nil) -> [Point2D] {
        let shift = odometry.map { $0.relative(scan.endOdometry) } ?? Pose2D()
        var result: [Point2D] = []
        // Once, and not for each beam: Swift copies the scan, 13 kB, for a method of its own.
        let step = scan.angle(of: 1)
        for point in ScanPoints(scan, mount: lidarMount).points {
            // The hull counts where the robot was when it sent the beam, so before the motion is removed.
            let bearing = Double(point.beam) * step
            let raw = lidarMount.transform(Point2D(point.range * cos(bearing), point.range * sin(bearing)))
            if abs(raw.x) <= halfLength, abs(raw.y) <= halfWidth { continue }
            guard point.position.length <= maximumRange else { continue }
            result.append(odometry == nil ? point.position : shift.transform(point.position))
        }
        return result
    }
}
