public import RobotModel
public import Synchronization

/// How durations are distributed, recorded by one thread while others look.
///
/// A fixed log-linear table: 32 steps in every doubling of the duration, so a percentile is right to about 3 %; from
/// 1 ns to 73 minutes. `record` is a few instructions, never allocates and never locks, which is why this is a table
/// of atomics of our own: a histogram that is a value must be copied for every look at it.
@safe
public final class TickHistogram: @unchecked Sendable {
    @usableFromInline let counts: UnsafeMutablePointer<Atomic<Int>>
    @usableFromInline let largest = Atomic<Int>(0)
    @usableFromInline let total = Atomic<Int>(0)

    public init() {
        unsafe counts = .allocate(capacity: LogLinearScale.buckets)
        for index in 0..<LogLinearScale.buckets { unsafe (counts + index).initialize(to: Atomic(0)) }
    }

    deinit { unsafe counts.deallocate() }

    /// Counts a duration; a negative one counts as 0. One thread only.
    @inlinable public func record(_ duration: Duration) { record(nanoseconds: Int(duration.nanoseconds)) }

    /// Counts a duration in nanoseconds; a negative one counts as 0. One thread only.
    @_noAllocation @_noLocks
    @inlinable public func record(nanoseconds: Int) {
        let value = Swift.max(0, nanoseconds)
        unsafe counts[LogLinearScale.bucket(of: value)].wrappingAdd(1, ordering: .relaxed)
        total.wrappingAdd(1, ordering: .relaxed)
        if value > largest.load(ordering: .relaxed) { largest.store(value, ordering: .relaxed) }
    }

    /// Durations counted so far.
    public var count: Int { total.load(ordering: .relaxed) }

    /// The longest one, exactly.
    public var max: Duration { .nanoseconds(Int64(largest.load(ordering: .relaxed))) }

    /// The duration that a share of all does not exceed; zero when nothing was recorded.
    ///
    /// - Parameter share: 0...1; 0.5 is the median, 0.99 the 99th percentile.
    public func percentile(_ share: Double) -> Duration {
        // The total is counted anew: `total` may be ahead of the buckets while the other thread records.
        var all = 0
        for index in 0..<LogLinearScale.buckets { unsafe all += counts[index].load(ordering: .relaxed) }
        guard all > 0 else { return .zero }
        let rank = Swift.max(1, Int((share * Double(all)).rounded(.up)))
        var passed = 0
        for index in 0..<LogLinearScale.buckets {
            unsafe passed += counts[index].load(ordering: .relaxed)
            if passed >= rank { return min(.nanoseconds(Int64(LogLinearScale.upperBound(of: index))), max) }
        }
        return max
    }

    /// Forgets everything. While the other thread records, a few of its durations may survive.
    public func reset() {
        for index in 0..<LogLinearScale.buckets { unsafe counts[index].store(0, ordering: .relaxed) }
        largest.store(0, ordering: .relaxed)
        total.store(0, ordering: .relaxed)
    }
}
