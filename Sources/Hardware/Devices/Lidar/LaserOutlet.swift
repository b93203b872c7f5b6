import DeviceProtocols
public import Realtime
public import RobotModel

/// Where a LiDAR driver's points leave: turned into samples in the laser's frame (REP-103, counter-clockwise), cut to the
/// slot's range, and pushed to every reader. What all LiDAR cards share. Never waits; a full ring is counted.
public struct LaserOutlet: Sendable {
    /// The sense in which a device counts its bearings, seen from above.
    public enum Rotation: Sendable { case clockwise, counterclockwise }

    /// Samples that a full ring did not take.
    public private(set) var droppedSamples = 0

    /// When the last revolution began; nil since `restart` none has. A head that stands sends points, too.
    public private(set) var lastRevolution: Instant?

    private let rotation: Rotation
    private let minRange: Double
    private let maxRange: Double
    private let rings: [Ring<LaserSample>]

    /// - Parameters:
    ///   - minRange: Metres; what is nearer leaves as "no echo".
    ///   - maxRange: Metres; what is farther leaves as "no echo".
    ///   - rings: Where samples go; each has one reader.
    public init(rotation: Rotation, minRange: Double, maxRange: Double, rings: [Ring<LaserSample>]) {
        self.rotation = rotation
        self.minRange = minRange
        self.maxRange = maxRange
        self.rings = rings
    }

    /// Forgets the revolutions: the head is only now coming up to speed.
    mutating func restart() { lastRevolution = nil }

    /// Hands on one point that was taken at `time`.
    mutating func push(_ point: LidarPoint, at time: Instant) {
        if point.startsRevolution { lastRevolution = time }
        let degrees = rotation == .clockwise ? 360 - point.degrees : point.degrees
        var angle = Float(degrees * .pi / 180)
        if angle >= 2 * .pi || angle < 0 { angle = 0 }
        let isInRange = point.meters >= minRange && point.meters <= maxRange
        let sample = LaserSample(
            time: time, angle: angle, range: isInRange ? Float(point.meters) : 0,
            intensity: isInRange ? point.intensity : 0, startsRevolution: point.startsRevolution)
        for ring in rings where !ring.push(sample) { droppedSamples += 1 }
    }
}
