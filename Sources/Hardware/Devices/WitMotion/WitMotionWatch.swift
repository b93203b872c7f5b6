import DeviceProtocols
import RobotModel

/// How much of what came within a window of time.
struct WitMotionTally: Sendable {
    var outputs = 0
    var accelerations = 0
    var angularVelocities = 0
    var pressures = 0
}

/// Notices values that stand still: the last bits of a real sensor never do.
struct WitMotionStillness: Sendable {
    /// All six of acceleration and rate the same for this long; at 10 Hz, thirty times in a row.
    private static let motionLimit = Duration.seconds(3)
    /// The pressure; it has fewer moving bits, and some barometers are read slowly.
    private static let pressureLimit = Duration.seconds(10)
    /// So many of the same, whatever the rate is.
    private static let leastCount = 10

    private struct Run: Sendable {
        var data: UInt64?
        var since = Instant.zero
        var count = 0

        mutating func take(_ new: UInt64, at now: Instant) {
            if new == data {
                count += 1
            } else {
                data = new
                since = now
                count = 1
            }
        }

        func isStill(at now: Instant, limit: Duration) -> Bool {
            count >= WitMotionStillness.leastCount && now - since >= limit
        }
    }

    private var acceleration = Run()
    private var angularVelocity = Run()
    private var pressure = Run()

    mutating func take(_ frame: WitMotionFrame, at now: Instant) {
        // The fourth word is a temperature, which may change while the rest is stuck, and stand while the rest lives.
        let vector = frame.data & 0x0000_FFFF_FFFF_FFFF
        switch frame.kind {
        case .acceleration: acceleration.take(vector, at: now)
        case .angularVelocity: angularVelocity.take(vector, at: now)
        case .pressure: pressure.take(frame.data & 0xFFFF_FFFF, at: now)
        default: break
        }
    }

    /// What stands still, in words; nil while all lives. A rate alone may stand at zero: the unit removes its drift at
    /// rest.
    func complaint(at now: Instant) -> String? {
        if acceleration.isStill(at: now, limit: Self.motionLimit) {
            return angularVelocity.isStill(at: now, limit: Self.motionLimit)
                ? "acceleration and angular velocity" : "acceleration"
        }
        return pressure.isStill(at: now, limit: Self.pressureLimit) ? "pressure" : nil
    }
}
