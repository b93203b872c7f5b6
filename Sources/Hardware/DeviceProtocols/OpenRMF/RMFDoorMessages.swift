public import RobotModel

/// `rmf_door_msgs/DoorRequest`.
public struct RMFDoorRequest: Hashable, Sendable {
    public var door: String
    public var requester: String
    /// `requested_mode`: open (2) or closed (0).
    public var opens: Bool

    public init(door: String, requester: String, opens: Bool) {
        self.door = door
        self.requester = requester
        self.opens = opens
    }

    /// - Parameter milliseconds: Now, since 1970.
    public func message(_ topics: RMFTopics, at milliseconds: Int64) -> BrokerMessage {
        let body = JSONValue.object([
            ("request_time", .time(milliseconds: milliseconds)), ("requester_id", .string(requester)),
            ("door_name", .string(door)), ("requested_mode", .object([("value", .integer(opens ? 2 : 0))])),
        ])
        return BrokerMessage(topic: topics.doorRequests, payload: body.bytes)
    }

    /// Reads a message; nil where its topic is another one.
    public init?(_ message: BrokerMessage, _ topics: RMFTopics) throws(MessageProblem) {
        guard message.topic == topics.doorRequests else { return nil }
        let body = try JSONMessage(message)
        guard let mode = body.value["requested_mode"]?["value"]?.integer, mode == 0 || mode == 2 else {
            throw body.problem("requested_mode.value is neither 0 nor 2")
        }
        self.init(
            door: try body.string("door_name"), requester: try body.string("requester_id"), opens: mode == 2)
    }
}

/// `rmf_door_msgs/DoorState`.
public struct RMFDoorState: Hashable, Sendable {
    public var door: String
    public var mode: DoorMode

    public init(door: String, mode: DoorMode) {
        self.door = door
        self.mode = mode
    }

    /// - Parameter milliseconds: Now, since 1970.
    public func message(_ topics: RMFTopics, at milliseconds: Int64) -> BrokerMessage {
        let body = JSONValue.object([
            ("door_time", .time(milliseconds: milliseconds)), ("door_name", .string(door)),
            ("current_mode", .object([("value", .integer(mode.rawValue))])),
        ])
        return BrokerMessage(topic: topics.doorStates, payload: body.bytes)
    }

    /// Reads a message; nil where its topic is another one.
    public init?(_ message: BrokerMessage, _ topics: RMFTopics) throws(MessageProblem) {
        guard message.topic == topics.doorStates else { return nil }
        let body = try JSONMessage(message)
        guard let mode = body.value["current_mode"]?["value"]?.integer else {
            throw body.problem("current_mode.value is no whole number")
        }
        self.init(door: try body.string("door_name"), mode: DoorMode(rawValue: mode) ?? .unknown)
    }
}

/// `rmf_door_msgs/SupervisorHeartbeat`: who holds which door open, as the door supervisor has it.
public struct RMFDoorHeartbeat: Hashable, Sendable {
    /// The sessions of one door.
    public struct Door: Hashable, Sendable {
        public var name: String
        /// Their requesters.
        public var holders: [String]

        public init(name: String, holders: [String]) {
            self.name = name
            self.holders = holders
        }
    }

    public var doors: [Door]

    public init(doors: [Door]) { self.doors = doors }

    /// - Parameter milliseconds: Now, since 1970.
    public func message(_ topics: RMFTopics, at milliseconds: Int64) -> BrokerMessage {
        func session(_ requester: String) -> JSONValue {
            .object([("request_time", .time(milliseconds: milliseconds)), ("requester_id", .string(requester))])
        }
        let all = doors.map { door in
            JSONValue.object([
                ("door_name", .string(door.name)), ("sessions", .array(door.holders.map(session))),
            ])
        }
        return BrokerMessage(
            topic: topics.doorHeartbeat, payload: JSONValue.object([("all_sessions", .array(all))]).bytes)
    }

    /// Reads a message; nil where its topic is another one.
    public init?(_ message: BrokerMessage, _ topics: RMFTopics) throws(MessageProblem) {
        guard message.topic == topics.doorHeartbeat else { return nil }
        let body = try JSONMessage(message)
        guard let all = body.value["all_sessions"]?.array else { throw body.problem("all_sessions is no list") }
        var doors: [Door] = []
        for door in all {
            guard let name = door["door_name"]?.string, let sessions = door["sessions"]?.array else {
                throw body.problem("one of all_sessions has no door_name or no sessions")
            }
            doors.append(Door(name: name, holders: sessions.compactMap { $0["requester_id"]?.string }))
        }
        self.init(doors: doors)
    }
}
