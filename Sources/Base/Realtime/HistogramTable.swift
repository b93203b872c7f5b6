import RobotModel
public import Synchronization

/// The counters behind a histogram of durations: written by one thread, read by any.
///
/// Log-linear, as HDR histograms are: 32 buckets in every doubling of the duration, from 1 ns to 73 minutes. A percentile
/// is therefore never below the exact value and at most 1/32 (3.2 %) above it; values below 64 ns and the longest one are
/// exact. 9.7 kB; neither allocates nor locks after it was made.
@safe @usableFromInline
struct HistogramTable: ~Copyable, @unchecked Sendable {
    // One thread writes, so a counter is loaded and stored: an atomic addition would cost ten times as much.
    @usableFromInline let counts: UnsafeMutablePointer<Atomic<Int>>
    @usableFromInline let largest = Atomic<Int>(0)
    @usableFromInline let total = Atomic<Int>(0)

    init() {
        unsafe counts = .allocate(capacity: LogLinearScale.buckets)
        for index in 0..<LogLinearScale.buckets { unsafe (counts + index).initialize(to: Atomic(0)) }
    }

    deinit { unsafe counts.deallocate() }

    /// Counts nanoseconds; a negative number counts as 0. The one writer only.
    @_noAllocation @_noLocks
    @inlinable func record(_ nanoseconds: Int) {
        let value = Swift.max(0, nanoseconds)
        let bucket = LogLinearScale.bucket(of: value)
        unsafe counts[bucket].store(counts[bucket].load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        total.store(total.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        if value > largest.load(ordering: .relaxed) { largest.store(value, ordering: .relaxed) }
    }

    var count: Int { total.load(ordering: .relaxed) }

    var max: Duration { .nanoseconds(Int64(largest.load(ordering: .relaxed))) }

    /// The durations that these shares of all do not exceed; zeros when nothing was recorded.
    ///
    /// - Parameter shares: 0...1, rising.
    func percentiles(_ shares: [Double]) -> [Duration] {
        // The total is counted anew: `total` may be ahead of the buckets while the other thread records.
        var all = 0
        for index in 0..<LogLinearScale.buckets { unsafe all += counts[index].load(ordering: .relaxed) }
        guard all > 0 else { return shares.map { _ in .zero } }
        var passed = 0
        var bucket = -1
        return shares.map { share in
            let rank = Swift.max(1, Int((share * Double(all)).rounded(.up)))
            while passed < rank, bucket < LogLinearScale.buckets - 1 {
                bucket += 1
                unsafe passed += counts[bucket].load(ordering: .relaxed)
            }
            return min(.nanoseconds(Int64(LogLinearScale.upperBound(of: bucket))), max)
        }
    }

    func reset() {
        for index in 0..<LogLinearScale.buckets { unsafe counts[index].store(0, ordering: .relaxed) }
        largest.store(0, ordering: .relaxed)
        total.store(0, ordering: .relaxed)
    }
}
