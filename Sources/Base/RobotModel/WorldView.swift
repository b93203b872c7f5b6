/// How well the robot knows where it is.
public enum Localization: Hashable, Sendable {
    /// Never known since the start.
    case unknown
    /// Scans fit the map; `quality` 0...1 is the share of usable beams that do.
    case tracking(quality: Double)
    /// Scans do not fit any more.
    case lost(since: Instant)
}

/// Everything the deliberation knows at one instant: what a skill decides on. A value; nothing in it can change
/// under the reader.
public struct WorldView: Sendable {
    /// Now, on the monotonic clock.
    public var now: Instant
    /// Now, as people say it. A label.
    public var wall: WallTime
    /// `base_link` in the map frame of `level`.
    public var pose: Pose2D
    public var level: LevelID
    public var localization: Localization
    /// How well the last scan fits each level's map around the present pose, 0...1; filled while a level is in question.
    public var levelFit: [LevelID: Double]
    /// How far the robot has been carried up or down; filled while a ride is measured on a board with a barometer.
    public var heightChange: HeightChange?
    /// Measured speed.
    public var twist: Twist2D
    public var drive: DriveStatus
    public var arm: ArmStatus
    /// The tool centre point in `base_link`.
    public var tool: Pose3D
    public var gripper: GripperState
    public var inputs: DigitalInputs
    public var doors: [DoorID: DoorState]
    public var lifts: [LiftID: LiftState]
    /// The free gap in metres that the LiDAR sees between the posts of the door ahead; nil when it cannot tell (glass).
    public var doorwayGap: Double?
    /// The box on the radio line, if one answers.
    public var box: BoxState?
    /// The box in the scan, if it is seen.
    public var boxSighting: BoxSighting?
    /// Keys typed on the robot's keypad since the last view, in order ('0'...'9', '*', '#').
    public var keys: [Character]
    public var battery: BatteryState
    public var safety: SafetyState
    /// Slots whose device does not work now, with the reason.
    public var failedSlots: [SlotID: RobotError]

    public init(now: Instant, wall: WallTime, pose: Pose2D, level: LevelID) {
        self.now = now
        self.wall = wall
        self.pose = pose
        self.level = level
        localization = .unknown
        levelFit = [:]
        twist = .zero
        drive = .idle
        arm = .idle
        tool = Pose3D()
        gripper = GripperState()
        inputs = []
        doors = [:]
        lifts = [:]
        doorwayGap = nil
        box = nil
        boxSighting = nil
        keys = []
        battery = BatteryState()
        safety = SafetyState()
        failedSlots = [:]
    }

    /// Whether the wheels stand still (below 1 cm/s and 0.02 rad/s).
    public var isStanding: Bool { abs(twist.linear) < 0.01 && abs(twist.angular) < 0.02 }
}
