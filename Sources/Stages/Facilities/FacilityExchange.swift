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

    public init(relay: Stamped<RelayReport>? = nil, whereabouts: RobotWhereabouts? = nil) {
        self.relay = relay
        self.whereabouts = whereabouts
    }
}

/// What is to be sent after a step of the desk.
public struct FacilityOutput: Hashable, Sendable {
    /// To the relay box, in this order.
    public var relay: [RelayCommand] = []

    public init() {}
}
