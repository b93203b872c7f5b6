public import RobotModel

/// `rmf_lift_msgs/LiftState`. Codes that Open-RMF does not have become `unknown`.
public struct RMFLiftState: Hashable, Sendable {
    public var lift: String
    public var floors: [String]
    public var floor: String
    public var destination: String
    public var door: DoorMode
    public var motion: LiftMotion
    public var mode: LiftMode
    /// Empty while it serves nobody.
    public var session: String

    public init(
        lift: String, floors: [String] = [], floor: String, destination: String, door: DoorMode, motion: LiftMotion,
        mode: LiftMode, session: String
    ) {
        self.lift = lift
        self.floors = floors
        self.floor = floor
        self.destination = destination
        self.door = door
        self.motion = motion
        self.mode = mode
        self.session = session
    }

    /// - Parameter milliseconds: Now, since 1970.
    public func message(_ topics: RMFTopics, at milliseconds: Int64) -> BrokerMessage {
        let modes = [LiftMode.human, .agv, .fire, .offline, .emergency]
        let body = JSONValue.object([
            ("lift_time", .time(milliseconds: milliseconds)), ("lift_name", .string(lift)),
            ("available_floors", .array(floors.map(JSONValue.string))), ("current_floor", .string(floor)),
            ("destination_floor", .string(destination)), ("door_state", .integer(door.rawValue)),
            ("motion_state", .integer(motion.rawValue)),
            ("available_modes", .array(modes.map { .integer($0.rawValue) })), ("current_mode", .integer(mode.rawValue)),
            ("session_id", .string(session)),
        ])
        return BrokerMessage(topic: topics.liftStates, payload: body.bytes)
    }

    /// Reads a message; nil where its topic is another one.
    public init?(_ message: BrokerMessage, _ topics: RMFTopics) throws(MessageProblem) {
        guard message.topic == topics.liftStates else { return nil }
        let body = try JSONMessage(message)
        let door: DoorMode =
            switch try body.integer("door_state") {
            case 0: .closed
            case 1: .moving
            case 2: .open
            default: .unknown
            }
        self.init(
            lift: try body.string("lift_name"),
            floors: body.value["available_floors"]?.array?.compactMap(\.string) ?? [],
            floor: try body.string("current_floor"), destination: try body.string("destination_floor"), door: door,
            motion: LiftMotion(rawValue: try body.integer("motion_state")) ?? .unknown,
            mode: LiftMode(rawValue: try body.integer("current_mode")) ?? .unknown,
            session: try body.string("session_id"))
    }
}
