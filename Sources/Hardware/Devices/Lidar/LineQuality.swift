import DeviceProtocols
import RobotModel

/// Judges a running line second by second: whether so many frames are damaged that a person should know.
struct LineQuality: Sendable {
    enum Verdict: Hashable, Sendable {
        case good
        /// So many of so many frames.
        case bad(damaged: Int, of: Int)
    }

    private var begin: (counters: FrameCounters, time: Instant)?

    private static let window = Duration.seconds(1)

    /// Begins a new second.
    mutating func restart() { begin = nil }

    /// The verdict on the second that has just ended; nil in the middle of one.
    ///
    /// More than one damaged frame in twenty is bad: a sound cable loses none.
    mutating func judge(_ counters: FrameCounters, at now: Instant) -> Verdict? {
        guard let begin else {
            self.begin = (counters, now)
            return nil
        }
        guard now - begin.time >= Self.window else { return nil }
        self.begin = (counters, now)
        // A damaged start of a frame is no checksum error; a damaged middle is a resync as well.
        let damaged = max(
            counters.checksumErrors - begin.counters.checksumErrors, counters.resyncs - begin.counters.resyncs)
        let all = counters.frames - begin.counters.frames + damaged
        return damaged * 20 > all ? .bad(damaged: damaged, of: all) : .good
    }
}
