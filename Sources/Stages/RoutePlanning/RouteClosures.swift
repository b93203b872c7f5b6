public import RobotModel

/// What a route must not use now.
public struct RouteClosures: Hashable, Sendable {
    /// Doors that do not open.
    public var doors: Set<DoorID>
    /// Lifts that are out of service.
    public var lifts: Set<LiftID>
    /// Lanes that are blocked.
    public var lanes: Set<LaneReference>

    public init(doors: Set<DoorID> = [], lifts: Set<LiftID> = [], lanes: Set<LaneReference> = []) {
        self.doors = doors
        self.lifts = lifts
        self.lanes = lanes
    }

    /// Nothing is closed.
    public static var none: RouteClosures { RouteClosures() }
}

/// A directed lane, by the indices of its vertices on a level.
public struct LaneReference: Hashable, Sendable {
    public var level: LevelID
    public var from: Int
    public var to: Int

    public init(level: LevelID, from: Int, to: Int) {
        self.level = level
        self.from = from
        self.to = to
    }
}
