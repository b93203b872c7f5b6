import RobotModel

/// Smooths the arrival times of frames that a device sends at an even pace.
///
/// A frame can only be late, by the system's scheduling and the adapter's buffering. So an early one is believed at
/// once, and a late one moves the beat by a sixteenth of its lateness.
struct FrameClock: Sendable {
    private var expected: Instant?

    /// Forgets the beat: bytes were lost.
    mutating func restart() { expected = nil }

    /// When a frame came that arrived now and is followed by the next one after `period`.
    mutating func stamp(arrival: Instant, period: Duration) -> Instant {
        var best = arrival
        if let expected {
            let late = arrival - expected
            // Later than any buffer makes it: the device paused.
            if late > .zero, late < .milliseconds(40) { best = expected + late / 16 }
        }
        expected = best + period
        return best
    }
}
