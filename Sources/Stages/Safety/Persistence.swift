public import RobotModel

/// For how long a value has been beyond its limit without a break: a short excess is a disturbance, a long one a fault.
///
/// A kernel of the tick: never allocates.
public struct Persistence: Sendable, BitwiseCopyable {
    private var since = Instant.zero
    private var isBeyond = false

    public init() {}

    /// One look.
    ///
    /// - Returns: Seconds since the value went beyond its limit; 0 while it is within.
    @_noAllocation @_noLocks
    public mutating func step(isBeyond: Bool, at now: Instant) -> Double {
        if !isBeyond || !self.isBeyond { since = now }
        self.isBeyond = isBeyond
        return now.seconds(since: since)
    }
}
