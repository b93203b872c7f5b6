/// How long doors and lifts are waited for.
public struct SessionTimes: Hashable, Sendable {
    /// A held session is written again this often; the relay box drops one after 10 s.
    public var refresh: Duration = .seconds(3)
    /// A release is written again this often until the box confirms it.
    public var repeatRelease: Duration = .seconds(1)
    /// A release that is never confirmed counts as done after this: by then the box has dropped the session itself.
    public var forget: Duration = .seconds(12)
    /// A report older than this says nothing any more.
    public var silence: Duration = .seconds(2)
    /// From the request of a door until it must stand open.
    public var doorOpens: Duration = .seconds(15)
    /// From the request of a lift until it must serve us.
    public var liftGrants: Duration = .seconds(60)
    /// From the grant until the car must stand at the called floor with its door open.
    public var liftComes: Duration = .seconds(60)

    public init() {}
}
