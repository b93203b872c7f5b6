/// How long doors and lifts are waited for; each link has its own.
public struct SessionTimes: Hashable, Sendable {
    /// A held session is asked for again this often.
    public var refresh: Duration = .seconds(3)
    /// A release is said again this often until the controller confirms it.
    public var repeatRelease: Duration = .seconds(1)
    /// A release that is never confirmed counts as done after this, where the controller drops a session that is not
    /// refreshed; nil where only its confirmation ends it.
    public var forget: Duration? = .seconds(12)
    /// A report that comes sooner than this after a release may be older than it.
    public var settle: Duration = .milliseconds(100)
    /// A report older than this says nothing any more.
    public var silence: Duration = .seconds(2)
    /// From the request of a door until it must stand open.
    public var doorOpens: Duration = .seconds(15)
    /// From the request of a lift until it must serve us.
    public var liftGrants: Duration = .seconds(60)
    /// From the grant until the car must stand at the called level with its door open.
    public var liftComes: Duration = .seconds(60)

    /// For the relay box, which reports eight times a second and drops a session after 10 s.
    public init() {}

    /// Longer than anything else here: an age beyond it makes no difference to a session.
    public var horizon: Duration {
        let longest = [refresh, repeatRelease, forget ?? .zero, settle, silence, doorOpens, liftGrants, liftComes].max()
        return (longest ?? .zero) + .seconds(1)
    }
}
