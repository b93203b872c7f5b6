import RobotModel

/// Tells when samples were taken that a device takes at an even pace and sends in packets of any length.
///
/// A packet can only be late, and its samples say how long after the one before it was made: so an early one is believed at
/// once, and a late one moves the beat by a sixteenth of its lateness and by a hundredth of the time at most. The pace is
/// the model's as delivered; where whole revolutions say otherwise (another sample rate was set), theirs.
struct SampleClock: Sendable {
    /// Between two samples.
    private(set) var sampleTime: Duration

    /// When the packet before was made.
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

    /// When the packet came that arrived now with so many samples.
    mutating func time(samples: Int, startsRing: Bool, arrival: Instant) -> Instant {
        measure(samples: samples, startsRing: startsRing, at: arrival)
        var best = arrival
        if let last {
            let passed = sampleTime * samples
            let late = arrival - (last + passed)
            if late > .zero, late < Self.longestDelay { best = last + passed + min(late / 16, passed / 100) }
        }
        last = best
        return best
    }

    private mutating func measure(samples: Int, startsRing: Bool, at arrival: Instant) {
        guard startsRing else {
            ring?.samples += samples
            return
        }
        defer { ring = (arrival, 0) }
        guard let ring, ring.samples > 0 else { return }
        // The first packet's own samples lie before its arrival, the next first packet's are part of this revolution.
        let seconds = (arrival - ring.start).inSeconds / Double(ring.samples + samples)
        measured.seconds += (seconds - measured.seconds) / (measured.rings == 0 ? 1 : 4)
        measured.rings += 1
        let nominal = sampleTime.inSeconds
        guard measured.rings >= Self.enoughRings, abs(measured.seconds - nominal) > Self.tolerance * nominal else {
            return
        }
        sampleTime = .nanoseconds(Int64(measured.seconds * 1e9))
    }
}
