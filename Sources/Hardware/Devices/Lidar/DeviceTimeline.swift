import RobotModel

/// Maps the clock of a device that stamps its own frames to ours.
///
/// A frame can only be late, by the system's scheduling and by buffers; so the least lateness that was seen is the
/// distance between the two clocks plus what the device needs until it sends. An earlier frame is believed at once; a
/// later one moves the distance by a 64th of its lateness, which follows clocks that differ by a thousandth. Where the
/// device's clock has been asked both ways (`anchor`), what the device needs until it sends is measured and taken off.
struct DeviceTimeline: Sendable {
    /// Frames over which the device's own delay is measured.
    private static let learning = 16
    /// More than any buffer keeps a frame: the device's clock was set, or it started anew.
    private static let jump: Int64 = 200_000_000

    /// Ours minus the device's, nanoseconds, by the earliest frames; with the device's delay in it.
    private var floor: Int64?
    private var anchored: Int64?
    private var learned = 0
    private var delay: Int64 = 0

    /// Forgets everything.
    mutating func restart() { self = DeviceTimeline() }

    /// The device's clock stood at `device` nanoseconds at the moment `ours`: asked and answered.
    mutating func anchor(device: Int64, ours: Instant) {
        restart()
        anchored = ours.nanoseconds - device
    }

    /// When the device's clock stood at `device` nanoseconds. The frame that says so arrived at `arrival`, which has
    /// been freed of every delay that is known.
    mutating func map(device: Int64, arrival: Instant) -> Instant {
        let distance = arrival.nanoseconds - device
        if let floor, abs(distance - floor) < Self.jump {
            self.floor = distance < floor ? distance : floor + (distance - floor) / 64
        } else {
            floor = distance
        }
        if let anchored, learned < Self.learning {
            learned += 1
            delay = max(0, (floor ?? distance) - anchored)
            if delay > Self.jump { delay = 0 }
        }
        return Instant(nanoseconds: device + (floor ?? distance) - delay)
    }
}
