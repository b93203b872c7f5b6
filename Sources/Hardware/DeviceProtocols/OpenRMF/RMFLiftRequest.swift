public import RobotModel

/// `rmf_lift_msgs/LiftRequest`.
public struct RMFLiftRequest: Hashable, Sendable {
    public enum Kind: Int, Hashable, Sendable {
        case endSession = 0
        /// The doors stay open wherever the car stands.
        case agvMode = 1
        case humanMode = 2
    }

    public var lift: String
    public var session: String
    public var kind: Kind
    public var floor: String
    /// `door_state`: open (2) or closed (0).
    public var isDoorOpen: Bool

    public init(lift: String, session: String, kind: Kind, floor: String, isDoorOpen: Bool) {
        self.lift = lift
        self.session = session
        self.kind = kind
        self.floor = floor
        self.isDoorOpen = isDoorOpen
    }

    /// - Parameter milliseconds: Now, since 1970.
    public func message(_ topics: RMFTopics, at milliseconds: Int64) -> BrokerMessage {
        let body = JSONValue.object([
            ("lift_name", .string(lift)), ("request_time", .time(milliseconds: milliseconds)),
            ("session_id", .string(session)), ("request_type", .integer(kind.rawValue)),
            ("destination_floor", .string(floor)), ("door_state", .integer(isDoorOpen ? 2 : 0)),
        ])
        return BrokerMessage(topic: topics.liftRequests, payload: body.bytes)
    }

    /// Reads a message; nil where its topic is another one.
    public init?(_ message: BrokerMessage, _ topics: RMFTopics) throws(MessageProblem) {
        guard message.topic == topics.liftRequests else { return nil }
        let body = try JSONMessage(message)
        guard let kind = Kind(rawValue: try body.integer("request_type")) else {
            throw body.problem("request_type is none of 0, 1, 2")
        }
        self.init(
            lift: try body.string("lift_name"), session: try body.string("session_id"), kind: kind,
            floor: try body.string("destination_floor"), isDoorOpen: try body.integer("door_state") == 2)
    }
}
