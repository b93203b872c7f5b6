import RobotModel

/// Tells when samples were taken that a device takes at an even pace and sends in packets of any length.
///
/// A packet can only be late, and its samples say how long after the one before it was made: so an early one is believed at
/// once, and a late one moves the beat by a sixteenth of its lateness and by a hundredth of the time at most. The pace is
/// the model's as delivered; where whole revolutions say otherwise (another sample rate was set), theirs.
struct SampleClock: Sendable {
    /// Between two samples.
    private(set) var sampleTime: Duration

    /// When the last sample of the packet before was taken.
    private var last: Instant?
    /// The first packet of the present revolution, and the samples since.
    private var ring: (start: Instant, samples: Int)?
    /// Seconds for a sample as whole revolutions say, and how many did.
    private var measured = (seconds: 0.0, rings: 0)

    /// A packet later than this does not follow the one before.
    private static let longestDelay = Duration.milliseconds(250)
    /// A pace that is as near as this to the model's is the model's.
    private static let tolerance = 0.03
    private static let enoughRings = 5

    init(samplesPerSecond: Int) { sampleTime = .nanoseconds(1_000_000_000 / Int64(max(1, samplesPerSecond))) }

    /// Forgets the beat: bytes were lost.
    mutating func restart() {
        last = nil
        ring = nil
    }

    /// When the last of a packet's samples was taken.
    ///
    /// - Parameter seen: The latest moment at which that can have been: the arrival less the packet's time on the line.
    mutating func time(samples: Int, startsRing: Bool, seen: Instant) -> Instant {
        measure(samples: samples, startsRing: startsRing, at: seen)
        var best = seen
        if let last {
            let passed = sampleTime * samples
            let late = seen - (last + passed)
            if late > .zero, late < Self.longestDelay { best = last + passed + min(late / 16, passed / 100) }
        }
        last = best
        return best
    }

    private mutating func measure(samples: Int, startsRing: Bool, at seen: Instant) {
        guard startsRing else {
            ring?.samples += samples
            return
        }
        defer { ring = (seen, 0) }
        guard let ring, ring.samples > 0 else { return }
        // The samples behind the first packet's last one, up to this packet's last one.
        let seconds = (seen - ring.start).inSeconds / Double(ring.samples + samples)
        measured.seconds += (seconds - measured.seconds) / (measured.rings == 0 ? 1 : 4)
        measured.rings += 1
        let nominal = sampleTime.inSeconds
        guard measured.rings >= Self.enoughRings, abs(measured.seconds - nominal) > Self.tolerance * nominal else {
            return
        }
        sampleTime = .nanoseconds(Int64(measured.seconds * 1e9))
        last = nil  // the beat so far was another's
    }
}
