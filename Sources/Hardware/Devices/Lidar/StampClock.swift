import RobotModel

/// Maps the clock of a device that stamps its frames in whole milliseconds to the robot's.
///
/// A frame can only be late, so the earliest arrival of a stamp says when the device's clock ticked: an early frame is
/// believed at once, a late one only moves the tick as far as two crystals drift apart. Within the millisecond that a
/// stamp leaves open, the frames' even beat decides: each stamp's window narrows it. So bytes that the adapter or a busy
/// system held back, and frames that were lost, move no sample. A device that restarted, wraps elsewhere than believed or
/// does not stamp at all is noticed, and then the arrival is taken.
struct StampClock: Sendable {
    /// The device's clock begins anew after this many milliseconds.
    let period: Int

    private var stamp: Int?
    /// When the device's clock came to `stamp`.
    private var tick = Instant.zero
    /// When the last frame came.
    private var last = Instant.zero
    private var isBeatBroken = false
    /// How many frames in a row had the same stamp.
    private var standing = 0

    /// No system holds bytes back longer than this; a frame that seems later has another clock.
    private static let longestDelay = Duration.milliseconds(250)
    /// A frame that seems earlier than this has another clock.
    private static let largestStep = Duration.milliseconds(20)
    /// Frames with the same stamp in a row after which the device is believed not to stamp.
    private static let standingLimit = 8
    /// Two clocks drift apart by less than one part in this.
    private static let drift = 1000

    init(period: Int) { self.period = period }

    /// Forgets all: another device may be on the line.
    mutating func restart() { stamp = nil }

    /// Frames were lost: the beat is broken, the device's clock is not.
    mutating func breakBeat() { isBeatBroken = true }

    /// When the frame came that arrived now with this stamp, `framePeriod` after the one before it.
    mutating func time(stamp new: Int, arrival: Instant, framePeriod: Duration) -> Instant {
        let passed = stamp.map { ((new - $0) % period + period) % period } ?? 0
        let expected = tick + .milliseconds(passed)
        let late = arrival - expected
        standing = passed == 0 ? standing + 1 : 0
        guard stamp != nil, late > .zero - Self.largestStep, late < Self.longestDelay, standing < Self.standingLimit
        else {
            stamp = new
            tick = arrival
            last = arrival
            isBeatBroken = false
            return arrival
        }
        stamp = new
        tick = late < .zero ? arrival : expected + min(late / 64, .milliseconds(passed) / Self.drift)
        let nanoseconds = max(1, framePeriod.nanoseconds)
        let frames = isBeatBroken ? max(1, (Int64(passed) * 1_000_000 + nanoseconds / 2) / nanoseconds) : 1
        isBeatBroken = false
        last = min(max(last + framePeriod * Int(frames), tick), min(tick + .milliseconds(1), arrival))
        return last
    }
}
