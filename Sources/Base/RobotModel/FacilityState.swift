/// A door's own report, in Open-RMF's words (`rmf_door_msgs/DoorMode`).
public enum DoorMode: Int, Hashable, Sendable, Codable {
    case closed = 0
    case moving = 1
    case open = 2
    case offline = 3
    case unknown = 4
}

/// Who holds a door or a lift, as its controller says.
public enum FacilityHolder: Hashable, Sendable {
    case none
    /// This robot's session.
    case ours
    /// Somebody else's, in words: "session 41", "robot dora".
    case other(String)
}

/// What a door's controller reports, whatever link it comes over.
public struct DoorReport: Hashable, Sendable {
    public var mode: DoorMode
    /// Whose session holds it open.
    public var holder: FacilityHolder

    public init(mode: DoorMode, holder: FacilityHolder = .none) {
        self.mode = mode
        self.holder = holder
    }
}

/// A door as the deliberation knows it: its report and our session with it.
public struct DoorState: Hashable, Sendable {
    /// What the door says.
    public var mode: DoorMode
    /// How far our session is.
    public var session: FacilitySession
    /// When the report was read.
    public var reported: Instant

    public init(mode: DoorMode = .unknown, session: FacilitySession = .none, reported: Instant = .zero) {
        self.mode = mode
        self.session = session
        self.reported = reported
    }
}

/// How far a session with a door or a lift is.
public enum FacilitySession: Hashable, Sendable {
    /// None asked for.
    case none
    /// Asked for and not granted yet.
    case requested(since: Instant)
    /// Ours: the door stays open, the lift serves us.
    case granted(since: Instant)
    /// We gave it back and wait for the confirmation.
    case releasing(since: Instant)
    /// Denied or lost; why, in words.
    case failed(String)
}

/// A lift's mode (`rmf_lift_msgs/LiftState`).
public enum LiftMode: Int, Hashable, Sendable, Codable {
    case unknown = 0
    case human = 1
    case agv = 2
    case fire = 3
    case offline = 4
    case emergency = 5
}

/// A lift car's motion.
public enum LiftMotion: Int, Hashable, Sendable, Codable {
    case stopped = 0
    case up = 1
    case down = 2
    case unknown = 3
}

/// What a lift's controller reports, whatever link it comes over.
public struct LiftReport: Hashable, Sendable {
    /// Where the car is (while it moves: the last level passed); nil where that is not known.
    public var level: LevelID?
    /// Where the car is sent; nil where that is not known.
    public var destination: LevelID?
    public var motion: LiftMotion
    /// The car door on the side where the robot boards or leaves.
    public var door: DoorMode
    public var mode: LiftMode
    /// Whose session it serves.
    public var holder: FacilityHolder

    public init(
        level: LevelID? = nil, destination: LevelID? = nil, motion: LiftMotion = .unknown, door: DoorMode = .unknown,
        mode: LiftMode = .unknown, holder: FacilityHolder = .none
    ) {
        self.level = level
        self.destination = destination
        self.motion = motion
        self.door = door
        self.mode = mode
        self.holder = holder
    }
}

/// A lift as the deliberation knows it: its report and our session with it.
public struct LiftState: Hashable, Sendable {
    /// Where the car says it is.
    public var currentLevel: LevelID?
    /// Where the car is sent.
    public var destination: LevelID?
    /// The car door.
    public var door: DoorMode
    public var motion: LiftMotion
    public var mode: LiftMode
    /// How far our session is.
    public var session: FacilitySession
    /// When the report was read.
    public var reported: Instant

    public init(
        currentLevel: LevelID? = nil, destination: LevelID? = nil, door: DoorMode = .unknown,
        motion: LiftMotion = .unknown, mode: LiftMode = .unknown, session: FacilitySession = .none,
        reported: Instant = .zero
    ) {
        self.currentLevel = currentLevel
        self.destination = destination
        self.door = door
        self.motion = motion
        self.mode = mode
        self.session = session
        self.reported = reported
    }
}

/// A delivery box, as it reports over its short-range radio line.
public struct BoxState: Hashable, Sendable {
    /// The answer to the last code.
    public enum Access: Int, Hashable, Sendable {
        /// No code given yet.
        case locked = 0
        /// The code is right and the latch is open.
        case granted = 1
        /// The code is wrong.
        case denied = 2
    }

    /// Which box answers (0 when none does).
    public var number: Int
    /// The order in the box, by its number.
    public var order: Int
    public var access: Access
    /// The flap stands open.
    public var flapOpen: Bool
    /// The latch holds the flap.
    public var latched: Bool
    public var reported: Instant

    public init(
        number: Int = 0, order: Int = 0, access: Access = .locked, flapOpen: Bool = false, latched: Bool = true,
        reported: Instant = .zero
    ) {
        self.number = number
        self.order = order
        self.access = access
        self.flapOpen = flapOpen
        self.latched = latched
        self.reported = reported
    }
}

/// The box as the LiDAR sees it.
public struct BoxSighting: Hashable, Sendable {
    /// Centre of the box's front face in `base_link`, metres; yaw is the direction out of the face, radians.
    public var pose: Pose2D
    /// Residual of the fit, metres.
    public var residual: Double
    /// When the scan was taken.
    public var time: Instant

    public init(pose: Pose2D, residual: Double, time: Instant) {
        self.pose = pose
        self.residual = residual
        self.time = time
    }
}
