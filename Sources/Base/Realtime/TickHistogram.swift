public import RobotModel

/// How durations are distributed, recorded by one thread while others look.
///
/// A fixed log-linear table in the manner of HDR histograms: 32 steps in every doubling of the duration, from 1 ns to 73
/// minutes. A percentile is never below the exact value and at most 1/32 (3.2 %) above it; the longest duration is exact.
/// `record` is a few instructions, never allocates and never locks, which is why this is a table of atomics of our own: a
/// histogram that is a value must be copied for every look at it, and cannot be while the tick records.
public final class TickHistogram: Sendable {
    @usableFromInline let table = HistogramTable()

    public init() {}

    /// Counts a duration; a negative one counts as 0. One thread only.
    @inlinable public func record(_ duration: Duration) { record(nanoseconds: Int(duration.nanoseconds)) }

    /// Counts a duration in nanoseconds; a negative one counts as 0. One thread only.
    @_noAllocation @_noLocks
    @inlinable public func record(nanoseconds: Int) { table.record(nanoseconds) }

    /// Durations counted so far.
    public var count: Int { table.count }

    /// The longest one, exactly.
    public var max: Duration { table.max }

    /// The duration that a share of all does not exceed; zero when nothing was recorded.
    ///
    /// - Parameter share: 0...1; 0.5 is the median, 0.99 the 99th percentile.
    public func percentile(_ share: Double) -> Duration { table.percentiles([share])[0] }

    /// The durations that some shares of all do not exceed, from one look at the table.
    ///
    /// - Parameter shares: 0...1, rising.
    public func percentiles(_ shares: [Double]) -> [Duration] { table.percentiles(shares) }

    /// Forgets everything. While the other thread records, a few of its durations may survive.
    public func reset() { table.reset() }
}
