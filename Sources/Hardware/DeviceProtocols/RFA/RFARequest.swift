public import RobotModel

/// What a robot tells of itself (RobotStatus).
public enum RFARobotState: Int, Hashable, Sendable, CaseIterable {
    case hasEntered = 1
    case hasGotOff = 2
    case cancelToEnter = 3
    case cancelToGetOff = 4
    case keepDoorOpen = 5
}

/// Where a car is called to and where the ride goes; a side that is not said is left out.
public struct RFACall: Hashable, Sendable {
    public var origination: RFAFloor?
    public var destination: RFAFloor?

    public init(origination: RFAFloor? = nil, destination: RFAFloor? = nil) {
        self.origination = origination
        self.destination = destination
    }
}

/// What a robot asks of a lift.
public enum RFARequest: Hashable, Sendable {
    /// May I use you? A dry run asks without wanting it.
    case registration(dryRun: Bool)
    case callElevator(RFACall)
    case elevatorStatus
    case robotStatus(RFARobotState)
    /// I need you no more.
    case release

    public var interface: RFAInterface {
        switch self {
        case .registration: .registration
        case .callElevator: .callElevator
        case .elevatorStatus: .elevatorStatus
        case .robotStatus: .robotStatus
        case .release: .release
        }
    }

    /// The message that asks it.
    ///
    /// - Parameter milliseconds: Since 1970; the answer refers to it.
    public func message(to address: RFAAddress, at milliseconds: Int64) -> BrokerMessage {
        var members: [(String, JSONValue)] = []
        switch self {
        case .registration(let dryRun): if dryRun { members.append(("dry_run", .bool(true))) }
        case .callElevator(let call):
            members.append(("direction", .integer(0)))
            if let floor = call.origination { members += Self.members("origination", floor) }
            if let floor = call.destination { members += Self.members("destination", floor) }
        case .robotStatus(let state): members.append(("state", .integer(state.rawValue)))
        case .elevatorStatus, .release: break
        }
        members.append(("robot_id", .string(address.robot)))
        members.append(("timestamp", .number(Double(milliseconds) / 1000)))
        return BrokerMessage(topic: address.topic(interface.rawValue), payload: JSONValue.object(members).bytes)
    }

    private static func members(_ name: String, _ floor: RFAFloor) -> [(String, JSONValue)] {
        [(name, .string(floor.name)), (name + "_door", .integer(floor.side.rawValue))]
    }
}

/// A request as a lift's controller reads it.
public struct RFAAsked: Hashable, Sendable {
    public var request: RFARequest
    public var robot: String
    /// When the robot says that it asked, milliseconds since 1970.
    public var milliseconds: Int64

    public init(request: RFARequest, robot: String, milliseconds: Int64) {
        self.request = request
        self.robot = robot
        self.milliseconds = milliseconds
    }

    /// Reads a message; nil where its topic is none of this lift's.
    ///
    /// Throws `MessageProblem` where its content is no such request.
    public init?(_ message: BrokerMessage, to address: RFAAddress) throws(MessageProblem) {
        guard let (interface, robot) = address.asked(by: message.topic) else { return nil }
        let body = try JSONMessage(message)
        let request: RFARequest
        switch interface {
        case .registration: request = .registration(dryRun: body.value["dry_run"]?.bool ?? false)
        case .callElevator:
            request = .callElevator(
                RFACall(
                    origination: try Self.floor("origination", body), destination: try Self.floor("destination", body)))
        case .elevatorStatus: request = .elevatorStatus
        case .robotStatus:
            guard let state = RFARobotState(rawValue: try body.integer("state")) else {
                throw body.problem("state is none of 1 to 5")
            }
            request = .robotStatus(state)
        case .release: request = .release
        }
        self.init(request: request, robot: robot, milliseconds: try body.milliseconds("timestamp"))
    }

    private static func floor(_ name: String, _ body: JSONMessage) throws(MessageProblem) -> RFAFloor? {
        guard body.value[name] != nil else { return nil }
        guard let side = RFAFloor.Side(rawValue: body.value[name + "_door"]?.integer ?? 0) else {
            throw body.problem("\(name)_door is none of 0, 1, 2")
        }
        return RFAFloor(name: try body.string(name), side: side)
    }
}
