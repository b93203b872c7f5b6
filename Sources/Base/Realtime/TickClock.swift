import CLinuxRealtime
public import RobotModel

/// The robot's monotonic clock (CLOCK_MONOTONIC): the one source of `Instant`s outside tests.
///
/// Handed to whoever needs the time; kernels get an `Instant` instead.
public struct TickClock: Sendable {
    public init() {}

    /// The present moment. Never allocates, never enters the kernel on common machines (vDSO).
    public var now: Instant { Instant(nanoseconds: doorstep_monotonic_now()) }

    /// Blocks the calling thread until a moment; returns at once when it has passed. Signals do not cut it short.
    ///
    /// The end is absolute, so that a loop of sleeps does not drift.
    public func sleep(until moment: Instant) { doorstep_monotonic_sleep_until(moment.nanoseconds) }
}
