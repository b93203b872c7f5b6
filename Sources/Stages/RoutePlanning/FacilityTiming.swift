import RobotModel

/// What doors and lifts take where nothing better is known of them.
public struct FacilityTiming: Hashable, Sendable {
    /// From the request until a door is open.
    public var doorOpening: Duration
    /// Until a lift's session is ours.
    public var liftSession: Duration
    /// The mean wait for the car.
    public var liftCall: Duration
    /// The car's door, once open or once shut.
    public var liftDoor: Duration
    /// m/s of the car between levels.
    public var liftSpeed: Double
    /// What starting and stopping add to a ride.
    public var liftStart: Duration

    public init(
        doorOpening: Duration = .seconds(4), liftSession: Duration = .seconds(1), liftCall: Duration = .seconds(8),
        liftDoor: Duration = .seconds(4), liftSpeed: Double = 1.0, liftStart: Duration = .seconds(2)
    ) {
        precondition(liftSpeed > 0, "a lift that moves")
        self.doorOpening = doorOpening
        self.liftSession = liftSession
        self.liftCall = liftCall
        self.liftDoor = liftDoor
        self.liftSpeed = liftSpeed
        self.liftStart = liftStart
    }
}
