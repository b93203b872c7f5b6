public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The end of one beam, with the robot's motion during the revolution removed.
public struct ScanPoint: Hashable, Sendable, BitwiseCopyable {
    /// Where the echo came from, in `base_link` at the end of the scan, metres.
    public var position: Point2D
    /// Where the laser was when it sent the pulse, in the same frame, metres.
    public var origin: Point2D
    /// Measured range in metres.
    public var range: Double
    /// Number of the beam in the scan.
    public var beam: Int
}

/// A scan as points in one frame: `base_link` as it stood at the scan's end.
///
/// The motion during the revolution is taken as one arc of constant speed from `startOdometry` to `endOdometry`.
public struct ScanPoints: Sendable {
    /// The beams that came back within the range limits, by rising beam number.
    public var points: [ScanPoint]

    /// De-skews a scan. `mount` is the laser in `base_link`; ranges in metres.
    public init(
        _ scan: LaserScan, mount: Pose2D, minimumRange: Double = 0.15, maximumRange: Double = 18
    ) {
        points = []
        points.reserveCapacity(scan.count)
        let motion = ScanMotion(scan)
        // Once, and not for each beam: Swift copies the scan, 13 kB, for a method of its own.
        let step = scan.angle(of: 1)
        for beam in 0..<scan.count {
            let range = Double(scan.ranges[beam])
            guard range >= minimumRange, range <= maximumRange else { continue }
            let laser = motion.base(at: Double(scan.fractions[beam])).composed(with: mount)
            let bearing = laser.yaw + Double(beam) * step
            let end = Point2D(laser.x + range * cos(bearing), laser.y + range * sin(bearing))
            points.append(ScanPoint(position: end, origin: laser.position, range: range, beam: beam))
        }
    }
}

/// The robot's motion during one revolution, as a constant twist.
struct ScanMotion {
    /// Motion over the whole revolution, in the frame of `base_link`: metres and radians.
    private let dx: Double
    private let dy: Double
    private let turn: Double

    init(_ scan: LaserScan) {
        let whole = scan.startOdometry.relative(scan.endOdometry)
        // Logarithm of the motion: the inverse of the arc's matrix V (see `base(at:)`).
        let (s, c) = Self.arc(whole.yaw)
        let determinant = s * s + c * c
        dx = (s * whole.x + c * whole.y) / determinant
        dy = (s * whole.y - c * whole.x) / determinant
        turn = whole.yaw
    }

    /// `base_link` at a fraction of the revolution, in `base_link` at its end.
    func base(at fraction: Double) -> Pose2D {
        let share = fraction - 1
        if share == 0 { return Pose2D() }
        let (s, c) = Self.arc(turn * share)
        return Pose2D(
            x: (s * dx - c * dy) * share, y: (s * dy + c * dx) * share, yaw: turn * share)
    }

    /// sin(t)/t and (1 - cos t)/t.
    private static func arc(_ t: Double) -> (Double, Double) {
        abs(t) < 1e-4 ? (1 - t * t / 6, t / 2) : (sin(t) / t, (1 - cos(t)) / t)
    }
}
