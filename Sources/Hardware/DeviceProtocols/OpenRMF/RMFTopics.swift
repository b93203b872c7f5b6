/// The topics on which a building of Open-RMF and a robot talk about doors and lifts, with a prefix of the site's:
/// `rmf/lift_states`.
///
/// The names are those of rmf_fleet_adapter (`StandardNames.hpp`): a robot asks where a fleet adapter does, so that the
/// supervisors see to it that a lift serves one session at a time. The messages are `rmf_lift_msgs` and `rmf_door_msgs` as
/// JSON with the same field names, as a bridge between ROS 2 and MQTT makes them.
public struct RMFTopics: Hashable, Sendable {
    public var prefix: String

    public init(prefix: String = "rmf") { self.prefix = prefix }

    public var liftRequests: String { "\(prefix)/adapter_lift_requests" }
    public var liftStates: String { "\(prefix)/lift_states" }
    public var doorRequests: String { "\(prefix)/adapter_door_requests" }
    public var doorStates: String { "\(prefix)/door_states" }
    public var doorHeartbeat: String { "\(prefix)/door_supervisor_heartbeat" }
}

extension JSONValue {
    /// `builtin_interfaces/Time`.
    static func time(milliseconds: Int64) -> JSONValue {
        .object([
            ("sec", .integer(Int(milliseconds / 1000))), ("nanosec", .integer(Int(milliseconds % 1000) * 1_000_000)),
        ])
    }
}
