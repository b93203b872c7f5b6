public import RobotModel

/// What the deliberation wants done; skills and the executive return these and never do anything themselves.
///
/// Contract with whoever performs them: actions are performed in order. A `.journal` is durable before any later
/// action of the same list is performed; if it fails, nothing after it is performed and the executive is handed
/// `MissionEvent.journalFailed` with the failed one and everything after it. Stops (`.drive(.stand)`, `.arm(.hold)`)
/// stand before every journal entry, so they never wait for a disk. From the moment a `.drive`, `.arm` or `.gripper` is
/// performed, `WorldView` shows that goal's status and never the one of the goal before it.
public enum MissionAction: Hashable, Sendable {
    case drive(DriveGoal)
    case arm(ArmGoal)
    case gripper(GripperGoal)
    /// Lock (true) or unlock the robot's own compartment; unlocked, its lid springs open.
    case lockCompartment(Bool)
    case box(BoxCommand)
    case requestDoor(DoorID)
    case releaseDoor(DoorID)
    /// Ask for a session with the lift and have the car come to a level, its door held open there.
    case callLift(LiftID, LevelID)
    /// Send the car we stand in to a level, its door held open there.
    case sendLift(LiftID, LevelID)
    case holdLiftDoor(LiftID, Bool)
    case releaseLift(LiftID)
    /// Answered by `MissionEvent.route`.
    case planRoute(RouteRequest)
    /// Keep `WorldView.levelFit` filled for these levels; an empty list ends it.
    case considerLevels([LevelID])
    /// Measure from now on how far the robot is carried up or down (true); fills `WorldView.heightChange`. The robot
    /// stands in a standing car. False ends it.
    case measureHeight(Bool)
    /// From now on the robot is on this level, near this pose (map frame).
    case switchLevel(LevelID, near: Pose2D)
    /// Do not match scans (true): the walls around us move with us.
    case suspendLocalization(Bool)
    case fieldMuting(FieldMuting)
    /// Look for a box whose front face is expected near this pose (map frame; yaw is the direction out of the face);
    /// fills `WorldView.boxSighting`. Nil ends it.
    case lookForBox(near: Pose2D?)
    /// Measure the free gap between these two posts (map frame); fills `WorldView.doorwayGap`. Nil ends it.
    case watchDoorway([Point2D]?)
    /// Hold typed digits against a hash, away from the deliberation's thread (it takes tens of milliseconds);
    /// answered by `MissionEvent.pin`.
    case verifyPIN(PINHash, digits: Secret<String>)
    case journal(JournalEntry)
    /// For people nearby, the console and the log; `hint` says what a person can do about it.
    case say(String, Urgency = .notice, hint: String? = nil)
    /// Has changed: for the outbox, the console and upstream.
    case status(MissionStatus)
}

extension MissionAction {
    /// Says what has gone wrong, and what a person can do about it.
    static func complain(_ error: RobotError, _ urgency: Urgency = .error, lead: String = "") -> MissionAction {
        .say(lead + error.what, urgency, hint: error.hint)
    }

    /// Whether this gives a door or a lift back to others.
    var isRelease: Bool {
        switch self {
        case .releaseDoor, .releaseLift: true
        default: false
        }
    }

    /// Whether this brings something to a stand; such an action never waits for the journal.
    public var isStop: Bool {
        switch self {
        case .drive(.stand), .arm(.hold): true
        default: false
        }
    }
}

/// Which part of the protective fields is narrowed while the robot works close to something known.
public enum FieldMuting: String, Hashable, Sendable, Codable {
    case none
    /// Between door posts or in a lift's car.
    case doorway
    /// In front of a delivery box.
    case docking
}

/// A way that is asked for.
public struct RouteRequest: Hashable, Sendable {
    /// Where it starts; nil for where the robot stands.
    public var from: PlaceID?
    public var to: PlaceID
    /// What the way should not use, because it failed a moment ago.
    public var avoidingDoors: Set<DoorID>
    public var avoidingLifts: Set<LiftID>
    /// Doors and lifts that may be used although they say that they are out of service: there is no other way.
    public var insisting: Set<Facility>
    /// Spots that something blocks, map frame, by level.
    public var avoidingSpots: [BlockedSpot]

    public init(
        from: PlaceID? = nil, to: PlaceID, avoidingDoors: Set<DoorID> = [], avoidingLifts: Set<LiftID> = [],
        insisting: Set<Facility> = [], avoidingSpots: [BlockedSpot] = []
    ) {
        self.from = from
        self.to = to
        self.avoidingDoors = avoidingDoors
        self.avoidingLifts = avoidingLifts
        self.insisting = insisting
        self.avoidingSpots = avoidingSpots
    }
}

/// A spot where something stood in the way for long.
public struct BlockedSpot: Hashable, Sendable {
    public var level: LevelID
    /// Map frame, metres.
    public var position: Point2D

    public init(level: LevelID, position: Point2D) {
        self.level = level
        self.position = position
    }
}

/// What happens to the executive and its skills.
public enum MissionEvent: Sendable {
    /// Time has passed; 20 times a second.
    case tick
    /// The answer to `.planRoute`.
    case route(RouteRequest, Result<Route, RobotError>)
    /// The answer to `.verifyPIN`.
    case pin(Bool)
    /// A mission that the inbox has taken in: valid, and durable in the journal.
    case submitted(Mission)
    /// From the console or the command line.
    case pause
    case resume
    case cancel(MissionID)
    /// The daemon is about to stop.
    case shutdown
    /// A `.journal` action failed; it and all after it in its list have not been performed.
    case journalFailed(RobotError, undone: [MissionAction])
}
