public import RobotModel

/// When ticks are due: a grid in absolute time that is never caught up with in a burst.
///
/// A tick that cannot begin in time begins as soon as it can; grid points that have passed entirely are left out and
/// counted, and the grid keeps its phase. So between two ticks there may once be less than a period, never a series.
public struct TickSchedule: Sendable {
    /// The distance of two grid points.
    public let period: Duration
    /// When the next tick is due.
    public private(set) var next: Instant
    /// The number of the next tick.
    public private(set) var number = 0

    private let step: Int64

    /// The first tick is due one period after `start`.
    public init(period: Duration, from start: Instant) {
        precondition(period > .zero, "a period is longer than nothing")
        self.period = period
        step = period.nanoseconds
        next = start + period
    }

    /// Makes the tick that begins at `woke`, and moves on to the next grid point.
    ///
    /// - Parameter cause: What kept the thread when the tick was due already before it could sleep.
    @_noAllocation @_noLocks
    public mutating func begin(at woke: Instant, cause: Tick.Lateness) -> Tick {
        let late = woke.nanoseconds &- next.nanoseconds
        let missed = late > 0 ? Int(late / step) : 0
        let scheduled = Instant(nanoseconds: next.nanoseconds &+ Int64(missed) &* step)
        var lateness = cause
        // A pattern, since == of an enumeration with raw values is generic and could allocate.
        if missed > 0, case .none = cause { lateness = .wakeUp }
        let tick = Tick(
            number: number &+ missed, scheduled: scheduled, woke: woke, missed: missed, lateness: lateness)
        number = tick.number &+ 1
        next = Instant(nanoseconds: scheduled.nanoseconds &+ step)
        return tick
    }
}
