public import RobotModel

/// What became of a request.
public enum RFAResult: Int, Hashable, Sendable {
    case success = 1
    /// Refused: a registration there may have been is none any more.
    case fail = 2
    /// Not done, for a reason of the lift's; a registration stands.
    case error = 3
    /// The building is in an emergency: registrations are void.
    case underEmergency = 99
}

/// What a lift answers.
public struct RFAAnswer: Hashable, Sendable {
    public var interface: RFAInterface
    public var result: RFAResult
    /// The time of the request that this answers, milliseconds since 1970; nil where the lift does not say.
    public var requested: Int64?
    /// Of an ElevatorStatus: the floor where the car is.
    public var floor: String?
    /// Of an ElevatorStatus: which of the car's doors stands open there; nil where none does.
    public var open: RFAFloor.Side?
    /// Of a Registration: it was only tried.
    public var isDryRun: Bool

    public init(
        _ interface: RFAInterface, _ result: RFAResult, requested: Int64? = nil, floor: String? = nil,
        open: RFAFloor.Side? = nil, isDryRun: Bool = false
    ) {
        self.interface = interface
        self.result = result
        self.requested = requested
        self.floor = floor
        self.open = open
        self.isDryRun = isDryRun
    }

    /// The message that says it to a robot.
    ///
    /// - Parameter milliseconds: Now, since 1970.
    public func message(from address: RFAAddress, at milliseconds: Int64) -> BrokerMessage {
        var members: [(String, JSONValue)] = [("result", .integer(result.rawValue))]
        if interface == .elevatorStatus, result == .success {
            members.append(("floor", .string(floor ?? "")))
            members.append(("door", .integer(open?.rawValue ?? 0)))
        }
        if isDryRun { members.append(("dry_run", .bool(true))) }
        members.append(("robot_id", .string(address.robot)))
        if let requested { members.append(("requested_timestamp", .number(Double(requested) / 1000))) }
        members.append(("timestamp", .number(Double(milliseconds) / 1000)))
        return BrokerMessage(topic: address.topic(interface.answer), payload: JSONValue.object(members).bytes)
    }

    /// Reads a message; nil where its topic is none of ours.
    ///
    /// Throws `MessageProblem` where its content is no such answer. A result of another number counts as an error.
    public init?(_ message: BrokerMessage, to address: RFAAddress) throws(MessageProblem) {
        guard let interface = address.answered(by: message.topic) else { return nil }
        let body = try JSONMessage(message)
        let result = RFAResult(rawValue: try body.integer("result")) ?? .error
        let requested = body.value["requested_timestamp"] == nil ? nil : try body.milliseconds("requested_timestamp")
        self.init(
            interface, result, requested: requested, isDryRun: body.value["dry_run"]?.bool ?? false)
        guard interface == .elevatorStatus, result == .success else { return }
        floor = try body.string("floor")
        switch try body.integer("door") {
        case 0: open = nil
        case 1: open = .front
        case 2: open = .rear
        default: throw body.problem("door is none of 0, 1, 2")
        }
    }
}
