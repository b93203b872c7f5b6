public import DeviceProtocols
public import RobotModel

/// Where the robot stands, as far as doors and lifts are concerned.
public struct RobotWhereabouts: Hashable, Sendable {
    /// The doors between whose posts it is, or partly so.
    public var doors: Set<DoorID>
    /// The lifts in whose car it is, or partly so.
    public var lifts: Set<LiftID>

    public init(doors: Set<DoorID> = [], lifts: Set<LiftID> = []) {
        self.doors = doors
        self.lifts = lifts
    }
}

/// What the desk is told at a step.
public struct FacilityInput: Sendable {
    /// The relay box's latest report.
    public var relay: Stamped<RelayReport>?
    /// Where the robot stands; nil while that is not known.
    public var whereabouts: RobotWhereabouts?
    /// What the building's broker has told since the last step, the oldest first.
    public var broker: [BrokerEvent]

    public init(
        relay: Stamped<RelayReport>? = nil, whereabouts: RobotWhereabouts? = nil, broker: [BrokerEvent] = []
    ) {
        self.relay = relay
        self.whereabouts = whereabouts
        self.broker = broker
    }
}

/// What is to be sent after a step of the desk.
public struct FacilityOutput: Hashable, Sendable {
    /// To the relay box, in this order.
    public var relay: [RelayCommand] = []
    /// To the building's broker, in this order.
    public var messages: [BrokerMessage] = []
    /// Messages of the broker that could not be used: one of a topic in ten minutes.
    public var complaints: [MessageProblem] = []

    public init() {}

    mutating func take(_ messages: [BrokerMessage], _ complaint: MessageProblem?) {
        self.messages += messages
        if let complaint { complaints.append(complaint) }
    }
}
