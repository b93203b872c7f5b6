import RobotModel

/// Makes a drive's positions, which begin anew when it is switched on, into angles that never jump.
///
/// A drive that was restarted counts from zero: the difference is more than wheels can have travelled, or the driver
/// knows of the restart by the lost settings. Either way it is dropped.
struct TurnOdometer: Sendable {
    /// How long the wheels may go on turning after the last word to the drive, in seconds.
    private let coastSeconds: Double
    private var last: (left: Double, right: Double, time: Instant)?
    private var lastSpeed = 0.0
    private var startsAnew = false

    /// Faster than any hub motor of this class turns: 45 rad/s, about 430 rpm.
    private static let maxSpeed = 45.0
    /// Jitter of the estimate, and the coarseness of single precision after some kilometres, in radians.
    private static let slack = 0.2

    /// Travelled angles in radians.
    private(set) var left = 0.0
    private(set) var right = 0.0

    init(coastTime: Duration) { coastSeconds = coastTime.inSeconds }

    /// The drive is known to have been restarted: the next positions are a new beginning.
    mutating func restart() { startsAnew = true }

    /// Takes angles of a moment, radians, with the faster wheel's speed; true when they jumped further than wheels turn.
    mutating func take(left: Double, right: Double, speed: Double, at time: Instant) -> Bool {
        defer {
            last = (left, right, time)
            lastSpeed = abs(speed)
            startsAnew = false
        }
        guard let last else {
            self.left = left
            self.right = right
            return false
        }
        guard !startsAnew else { return false }
        let seconds = time.seconds(since: last.time)
        // Over a short while anything that a motor can do; over an outage what was rolling, until the drive's own
        // watchdog stopped it.
        let reach =
            Self.slack
            + (seconds < 0.25 ? Self.maxSpeed * seconds : (lastSpeed + 1) * min(seconds, coastSeconds))
        guard abs(left - last.left) <= reach, abs(right - last.right) <= reach else { return true }
        self.left += left - last.left
        self.right += right - last.right
        return false
    }
}
