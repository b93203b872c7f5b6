/// What the wheels are asked to do until told otherwise.
public enum DriveGoal: Hashable, Sendable {
    /// Stand still.
    case stand
    /// Follow a polyline (map frame, metres) to its end, then turn to `finalYaw` (radians) if given.
    ///
    /// `clearance` is the smallest side distance to anything that the follower may accept, in metres; through a door or
    /// into a lift it is smaller than in a corridor. `reverse` drives it backwards.
    case follow(path: [Point2D], finalYaw: Double?, speedLimit: Double, clearance: Double, reverse: Bool)
    /// Turn on the spot to a heading in the map frame, radians.
    case turn(to: Double)
    /// Approach a pose given relative to the sighted box (the box's own frame: x out of its front face), slowly.
    case dock(relativeToBox: Pose2D)
    /// Drive straight backwards by some metres, slowly, watching the rear.
    case backUp(distance: Double)
}

/// How the wheels are doing with their goal.
public enum DriveStatus: Hashable, Sendable {
    /// No goal; standing.
    case idle
    /// On the way; metres left.
    case moving(remaining: Double)
    /// Waiting for something in the way since a moment.
    case blocked(since: Instant)
    /// The goal is reached and the robot stands.
    case reached
    /// The goal cannot be reached; the reason in words.
    case failed(String)
}

/// What the arm is asked to do until told otherwise.
public enum ArmGoal: Hashable, Sendable {
    /// Hold where it is.
    case hold
    /// A posture by its name in the board file ("stowed", "ready").
    case posture(String)
    /// Bring the tool centre point to a pose in `base_link`, along a straight line when `straight`.
    ///
    /// `speed` is the largest speed of the tool in m/s. With `untilContact` the motion ends at the first contact seen in
    /// the joint currents, and that counts as reached.
    case tool(Pose3D, straight: Bool, speed: Double, untilContact: Bool)
    /// Let the arm go limp.
    case limp
}

/// How the arm is doing with its goal.
public enum ArmStatus: Hashable, Sendable {
    case idle
    case moving
    /// At the goal, and standing.
    case reached
    /// Ended early because the joint currents showed contact.
    case contact
    /// The goal cannot be reached; the reason in words.
    case failed(String)
}

/// What the gripper is asked to do until told otherwise.
@frozen
public enum GripperGoal: Hashable, Sendable, BitwiseCopyable {
    /// Open to a width in metres.
    case open(width: Double)
    /// Close until the motor current shows a grip or the fingers meet.
    case grip
}

/// What the gripper feels.
public struct GripperState: Hashable, Sendable {
    /// Opening between the fingers, metres.
    public var width: Double
    /// Motor current in ampere.
    public var current: Double
    /// The fingers have stopped at the goal or at a thing.
    public var isSettled: Bool
    /// The current shows that something is held.
    public var isHolding: Bool

    public init(width: Double = 0, current: Double = 0, isSettled: Bool = true, isHolding: Bool = false) {
        self.width = width
        self.current = current
        self.isSettled = isSettled
        self.isHolding = isHolding
    }
}
