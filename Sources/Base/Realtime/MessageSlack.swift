public import RobotModel

/// Which messages to an actor may run between two ticks: those that will be done before the next tick is due.
///
/// A value that decides; the executor's thread asks it before each message and tells it how long each took. A message
/// begins only while more is left of the slack than messages are known to take, an eighth of the period at the least, and
/// not more than 64 run between two ticks, so that a flood never keeps a tick waiting. What messages are known to take is
/// the longest one of late, a period at the most: it fades by half in 710 ticks, so one that was slow once does not hold
/// the others up for ever.
///
/// A loop without any slack lets one message through in a hundred ticks all the same, so that it can be told to stop.
public struct MessageSlack: Sendable, BitwiseCopyable {
    /// Messages between two ticks at most.
    public static var bound: Int { 64 }
    /// Ticks in a row without room for any message after which one runs all the same.
    public static var patience: Int { 100 }
    /// A message begins only if at least this share of the period is left: 1/8.
    static var reserveDivisor: Int64 { 8 }
    /// How fast a long message is forgotten: by 1/1024 a tick.
    static var fading: Int64 { 10 }

    private let period: Int64
    private let reserve: Int64
    private var expected: Int64 = 0
    private var messages = 0
    private var ticksWithout = 0

    public init(period: Duration) {
        self.period = period.nanoseconds
        reserve = self.period / Self.reserveDivisor
    }

    /// What the next message is expected to take at most, as far as is known.
    public var expectation: Duration { .nanoseconds(max(reserve, expected)) }

    /// Whether one more message may begin now.
    ///
    /// - Parameter next: When the next tick is due.
    @_noAllocation @_noLocks
    public func admits(at now: Instant, before next: Instant) -> Bool {
        if messages >= Self.bound { return false }
        let needed = expected > reserve ? expected : reserve
        if next.nanoseconds &- now.nanoseconds > needed { return true }
        return messages == 0 && ticksWithout >= Self.patience
    }

    /// A message is done.
    @_noAllocation @_noLocks
    public mutating func ran(from start: Instant, to end: Instant) {
        messages &+= 1
        let took = end.nanoseconds &- start.nanoseconds
        if took > expected { expected = took < period ? took : period }
    }

    /// The slack is over: a tick begins.
    ///
    /// - Parameter waiting: Whether messages are left.
    @_noAllocation @_noLocks
    public mutating func endSlack(waiting: Bool) {
        ticksWithout = messages > 0 || !waiting ? 0 : ticksWithout &+ 1
        messages = 0
        expected &-= expected >> Self.fading
    }
}
