public import RobotModel

/// One tick, as the executor woke for it.
@frozen
public struct Tick: Sendable, BitwiseCopyable, Equatable {
    /// Counts from 0; skipped ticks are counted too, so `number × period` is time.
    public var number: Int
    /// When it was due.
    public var scheduled: Instant
    /// When it began.
    public var woke: Instant
    /// Ticks that were due since the one before and have been left out.
    public var missed: Int
    /// Why it is late, if it is.
    public var lateness: Lateness

    /// What made a tick late.
    @frozen
    public enum Lateness: UInt8, Sendable, BitwiseCopyable {
        /// It is in time, or late by no more than the kernel's wake-up.
        case none
        /// The tick before had not finished when this one was due.
        case work
        /// A message to the actor ran over into this tick's time.
        case message
        /// The kernel woke the thread more than a period too late.
        case wakeUp
    }

    /// From due to begun.
    @inlinable public var latency: Duration { woke - scheduled }

    @_noAllocation @_noLocks
    @inlinable public init(
        number: Int, scheduled: Instant, woke: Instant, missed: Int = 0, lateness: Lateness = .none
    ) {
        self.number = number
        self.scheduled = scheduled
        self.woke = woke
        self.missed = missed
        self.lateness = lateness
    }
}
