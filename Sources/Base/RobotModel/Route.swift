/// A way through a building, from where the robot stands to a place, as steps to be done one after the other.
public struct Route: Hashable, Sendable, Codable {
    /// The steps in order.
    public var steps: [RouteStep]
    /// Metres driven on wheels.
    public var length: Double
    /// Expected time for all steps.
    public var duration: Duration

    public init(steps: [RouteStep], length: Double, duration: Duration) {
        self.steps = steps
        self.length = length
        self.duration = duration
    }
}

/// One step of a route.
public enum RouteStep: Hashable, Sendable, Codable {
    /// Drive along a polyline on one level.
    case drive(DriveStep)
    /// Pass a door: hold before it, have it opened, cross, let it close.
    case door(DoorStep)
    /// Ride a lift to another level.
    case lift(LiftStep)
}

/// Driving on one level.
public struct DriveStep: Hashable, Sendable, Codable {
    public var level: LevelID
    /// Corner points in the map frame, metres; the first is where the step starts.
    public var path: [Point2D]
    /// The lanes' speed limit in m/s, if any has one.
    public var speedLimit: Double?
    public var duration: Duration

    public init(level: LevelID, path: [Point2D], speedLimit: Double? = nil, duration: Duration) {
        self.level = level
        self.path = path
        self.speedLimit = speedLimit
        self.duration = duration
    }
}

/// How a door or a lift is asked to serve.
public enum FacilityAccessKind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Through its controller.
    case interface
    /// By pressing its button with the arm.
    case button
}

/// Passing a door.
public struct DoorStep: Hashable, Sendable, Codable {
    public var door: DoorID
    public var level: LevelID
    /// Where the robot waits until the door is open, facing the door.
    public var holdPose: Pose2D
    /// Where the robot has left the door's swing behind it.
    public var clearPose: Pose2D
    /// The door's two posts in the map frame, metres.
    public var posts: [Point2D]
    public var duration: Duration
    /// How to ask it, where the planner has chosen; nil in journals of older versions.
    public var access: FacilityAccessKind?

    public init(
        door: DoorID, level: LevelID, holdPose: Pose2D, clearPose: Pose2D, posts: [Point2D], duration: Duration,
        access: FacilityAccessKind? = nil
    ) {
        self.door = door
        self.level = level
        self.holdPose = holdPose
        self.clearPose = clearPose
        self.posts = posts
        self.duration = duration
        self.access = access
    }
}

/// Riding a lift.
public struct LiftStep: Hashable, Sendable, Codable {
    public var lift: LiftID
    public var from: LevelID
    public var to: LevelID
    /// Where the robot waits for the car on the level of departure, facing the car's door.
    public var hallPose: Pose2D
    /// Where the robot stands in the car, in the map frame (the same on every level), facing the way out.
    public var cabinPose: Pose2D
    /// Where the robot has left the car on the level of arrival.
    public var exitPose: Pose2D
    /// The posts of the car's door on the level of departure and of arrival, map frame, metres.
    public var boardingPosts: [Point2D]
    public var exitPosts: [Point2D]
    public var duration: Duration
    /// How to call it, where the planner has chosen; nil in journals of older versions.
    public var access: FacilityAccessKind?

    public init(
        lift: LiftID, from: LevelID, to: LevelID, hallPose: Pose2D, cabinPose: Pose2D, exitPose: Pose2D,
        boardingPosts: [Point2D], exitPosts: [Point2D], duration: Duration, access: FacilityAccessKind? = nil
    ) {
        self.lift = lift
        self.from = from
        self.to = to
        self.hallPose = hallPose
        self.cabinPose = cabinPose
        self.exitPose = exitPose
        self.boardingPosts = boardingPosts
        self.exitPosts = exitPosts
        self.duration = duration
        self.access = access
    }
}
