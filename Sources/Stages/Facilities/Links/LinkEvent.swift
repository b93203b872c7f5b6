public import DeviceProtocols
public import RobotModel

/// What happens to a link over a broker.
public enum LinkEvent<Command: Hashable & Sendable>: Hashable, Sendable {
    /// What the session wants the controller to be told.
    case command(Command)
    case broker(BrokerEvent)
    /// Time has passed; at least twice a second.
    case time
}

/// The two clocks of a link: durations are measured with the first; the second is only written into messages.
public struct LinkClock: Hashable, Sendable {
    public var now: Instant
    /// Civil time, milliseconds since 1970.
    public var milliseconds: Int64

    public init(now: Instant, wall: WallTime) {
        self.now = now
        milliseconds = Int64((wall.secondsSince1970 * 1000).rounded())
    }
}

/// What a link over a broker wants.
public struct LinkOutput<Report: Hashable & Sendable>: Hashable, Sendable {
    /// To be published, in this order.
    public var messages: [BrokerMessage] = []
    /// For the session, in this order.
    public var reports: [Report] = []
    /// A message that came and makes no sense.
    public var complaint: MessageProblem?

    public init() {}
}
