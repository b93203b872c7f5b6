public import RobotModel

/// Where a mission stands, for people: the console, the command line, the outbox and upstream.
public struct MissionStatus: Hashable, Sendable, Codable {
    /// Nil while the robot has no mission.
    public var mission: MissionID?
    public var state: MissionState?
    /// What the robot does now, in words ("crossing door entrance: waiting for it to open").
    public var step: String
    /// Where it goes.
    public var place: PlaceID?
    public var level: LevelID
    /// Seconds until the meal is at its recipient's; nil when it cannot be said.
    public var eta: Double?
    /// The same, longer than which it takes in one of ten cases; nil where nobody has forecast it.
    public var etaAtMost: Double?
    public var promised: WallTime?
    /// Who has the meal.
    public var custody: Custody?
    /// Why it does not go on, if it does not.
    public var error: RobotError?
    /// How many missions wait.
    public var waiting: Int

    public init(
        mission: MissionID? = nil, state: MissionState? = nil, step: String = "idle", place: PlaceID? = nil,
        level: LevelID, eta: Double? = nil, promised: WallTime? = nil, custody: Custody? = nil,
        error: RobotError? = nil, waiting: Int = 0
    ) {
        self.mission = mission
        self.state = state
        self.step = step
        self.place = place
        self.level = level
        self.eta = eta
        self.promised = promised
        self.custody = custody
        self.error = error
        self.waiting = waiting
    }
}

extension MissionStatus {
    /// Seconds by which the delivery will be late in half of all cases; nil when it will be in time, or nobody can say.
    public func lateness(at wall: WallTime) -> Double? {
        guard let eta, let promised else { return nil }
        let late = wall.secondsSince1970 + eta - promised.secondsSince1970
        return late > 0 ? late : nil
    }
}
