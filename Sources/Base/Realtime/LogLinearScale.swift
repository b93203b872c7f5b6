/// The buckets of a `TickHistogram`: values below `steps` have one each, every doubling above has `steps` of them.
@usableFromInline
enum LogLinearScale {
    /// Steps in a doubling.
    @inlinable static var steps: Int { 32 }
    /// Doublings above the linear start; nanoseconds reach 73 minutes.
    @inlinable static var doublings: Int { 37 }
    @inlinable static var buckets: Int { steps * (doublings + 1) }

    /// Values below `steps` have a bucket each; above, the five bits after the leading one choose the step.
    @_noAllocation @_noLocks
    @inlinable static func bucket(of value: Int) -> Int {
        guard value >= steps else { return value }
        let doubling = Int.bitWidth - 1 - value.leadingZeroBitCount - 5
        guard doubling < doublings else { return buckets - 1 }
        return steps * doubling + (value >> doubling)
    }

    /// The largest value of a bucket.
    static func upperBound(of bucket: Int) -> Int {
        guard bucket >= 2 * steps else { return bucket }
        let doubling = bucket / steps - 1
        return ((bucket - doubling * steps + 1) << doubling) - 1
    }
}
