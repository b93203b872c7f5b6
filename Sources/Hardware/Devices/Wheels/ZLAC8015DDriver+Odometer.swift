public import RobotModel

/// Makes the drive's wrapping 32-bit counts into angles that never jump.
///
/// A drive that was switched off and on counts from zero again. Its counts then differ by more than the wheels can have
/// travelled, or the driver knows of the restart by the lost settings; either way the difference is dropped.
public struct ZLAC8015DOdometer: Sendable {
    private let radiansPerCount: Double
    /// How long the wheels may go on turning after the last word to the drive, in seconds.
    private let coastSeconds: Double
    private var last: (left: Int32, right: Int32, time: Instant)?
    private var totalLeft: Int64 = 0
    private var totalRight: Int64 = 0
    private var lastSpeed = 0.0
    private var startsAnew = false

    /// Faster than any hub motor of this class turns: 45 rad/s, about 430 rpm.
    private static let maxSpeed = 45.0
    /// Counts of jitter and rounding, in radians.
    private static let slack = 0.2

    public init(countsPerRevolution: Int, coastTime: Duration) {
        radiansPerCount = 2 * .pi / Double(max(1, countsPerRevolution))
        coastSeconds = coastTime.inSeconds
    }

    /// Travelled angles in radians, in the motors' own direction.
    public var left: Double { Double(totalLeft) * radiansPerCount }
    public var right: Double { Double(totalRight) * radiansPerCount }

    /// The drive is known to have been restarted: the next counts are a new beginning.
    public mutating func restart() { startsAnew = true }

    /// The speed that was measured with the last counts, rad/s: how far the wheels can coast while nothing is heard.
    public mutating func noteSpeed(_ speed: Double) { lastSpeed = speed }

    /// Takes counts of a moment; true when they jumped further than wheels can turn.
    public mutating func take(left: Int32, right: Int32, at time: Instant) -> Bool {
        defer {
            last = (left, right, time)
            startsAnew = false
        }
        guard let last else {
            totalLeft = Int64(left)
            totalRight = Int64(right)
            return false
        }
        guard !startsAnew else { return false }
        let leftDelta = left &- last.left
        let rightDelta = right &- last.right
        let seconds = time.seconds(since: last.time)
        // Over a short while anything that a motor can do; over an outage what was rolling, until the drive's own
        // watchdog stopped it.
        let reach =
            seconds < 0.25 ? Self.maxSpeed * seconds : (lastSpeed + 1) * min(seconds, coastSeconds)
        let limit = (reach + Self.slack) / radiansPerCount
        guard abs(Double(leftDelta)) <= limit, abs(Double(rightDelta)) <= limit else { return true }
        totalLeft += Int64(leftDelta)
        totalRight += Int64(rightDelta)
        return false
    }
}
