/// One range of a planar LiDAR as the device itself counts, before mounting and limits.
@frozen
public struct LidarPoint: Hashable, Sendable, BitwiseCopyable {
    /// Bearing in degrees, 0..<360, in the sense in which the device counts (its driver knows).
    public var degrees: Double
    /// Metres; 0 when nothing came back.
    public var meters: Double
    /// Strength of the echo, of the device's own scale; scaled into 0...255 where that is wider.
    public var intensity: UInt8
    /// Whether this is the first point of a revolution.
    public var startsRevolution: Bool

    @inlinable public init(degrees: Double, meters: Double, intensity: UInt8, startsRevolution: Bool) {
        self.degrees = degrees
        self.meters = meters
        self.intensity = intensity
        self.startsRevolution = startsRevolution
    }
}
