/// Somebody who looks at every tick from the tick's own thread: a test that counts what a tick calls.
///
/// Only on a hand-driven clock; on the robot nothing stands between the ticks.
public struct TickObserver: Sendable {
    /// Called when the tick is about to begin, and when it is done, on the thread that does it.
    let before: @Sendable () -> Void
    let after: @Sendable () -> Void

    public init(before: @escaping @Sendable () -> Void, after: @escaping @Sendable () -> Void) {
        self.before = before
        self.after = after
    }
}
