/// One range sample of a LiDAR, as a device thread hands it to the tick.
@frozen
public struct LaserSample: Sendable, BitwiseCopyable {
    /// When the pulse was sent, by the device's delay model.
    public var time: Instant
    /// Bearing in the laser's frame, radians counter-clockwise in [0, 2π).
    public var angle: Float
    /// Range in metres; 0 when nothing came back.
    public var range: Float
    /// Strength of the echo, 0...255 of the device's own scale.
    public var intensity: UInt8
    /// Whether this is the first sample of a new revolution.
    public var startsRevolution: Bool

    @inlinable public init(
        time: Instant, angle: Float, range: Float, intensity: UInt8, startsRevolution: Bool
    ) {
        self.time = time
        self.angle = angle
        self.range = range
        self.intensity = intensity
        self.startsRevolution = startsRevolution
    }
}

/// One revolution of a planar LiDAR, in evenly spaced beams.
///
/// Beam `i` points at `i * 2π / count` radians, counter-clockwise from the laser's x axis. Storage is inline, so that a
/// scan travels through a ring without allocating.
@frozen
public struct LaserScan: Sendable, BitwiseCopyable {
    /// The most beams a scan can hold.
    public static var capacity: Int { 1440 }

    /// When beam 0 of the revolution was taken, and when the last one was.
    public var start: Instant
    public var end: Instant
    /// Odometry (`odom` → `base_link`) at `start` and at `end`, for removing the motion during the revolution.
    public var startOdometry: Pose2D
    public var endOdometry: Pose2D
    /// How many beams are in use.
    public var count: Int
    /// Ranges in metres; 0 where nothing came back.
    public var ranges: InlineArray<1440, Float>
    /// Time of each beam, as a fraction (0...1) of the revolution.
    public var fractions: InlineArray<1440, Float>
    /// Echo strengths.
    public var intensities: InlineArray<1440, UInt8>

    @inlinable public init(count: Int = 720) {
        start = .zero
        end = .zero
        startOdometry = Pose2D()
        endOdometry = Pose2D()
        self.count = count
        ranges = InlineArray(repeating: 0)
        fractions = InlineArray(repeating: 0)
        intensities = InlineArray(repeating: 0)
    }

    /// The bearing of beam `index` in the laser's frame, in radians.
    @inlinable public func angle(of index: Int) -> Double { Double(index) * (2 * Double.pi / Double(count)) }
}
