public import BuildingMap
public import RobotModel

/// What holds at the moment in which a route is asked for.
public struct RouteConditions: Sendable {
    /// What the clock on the wall shows; nil where it is not known: then opening hours are not looked at, and experience
    /// is that of the whole day.
    public var clock: LocalTime?
    /// What must not be used.
    public var closures: RouteClosures
    /// What the lifts are doing, as far as they say.
    public var lifts: [LiftID: LiftOutlook]
    /// What doors and lifts have taken so far.
    public var times: FacilityTimes
    /// The present, for experience to fade; nil takes it as it was last.
    public var wall: WallTime?

    public init(
        clock: LocalTime? = nil, closures: RouteClosures = .none, lifts: [LiftID: LiftOutlook] = [:],
        times: FacilityTimes = FacilityTimes(), wall: WallTime? = nil
    ) {
        self.clock = clock
        self.closures = closures
        self.lifts = lifts
        self.times = times
        self.wall = wall
    }

    /// Nothing is known but the building and its facts.
    public static var usual: RouteConditions { RouteConditions() }

    /// What must not be used, with the lifts that say themselves that they serve nobody.
    var allClosures: RouteClosures {
        var all = closures
        for (lift, outlook) in lifts where outlook.isOut { all.lifts.insert(lift) }
        return all
    }
}

/// What a lift is doing, as far as that tells how long it will be waited for.
public struct LiftOutlook: Hashable, Sendable {
    /// Where the car is, or where it is going; nil where that is not known.
    public var carLevel: LevelID?
    /// Somebody else has it: it comes when they are done.
    public var isTaken: Bool
    /// It serves nobody now: fire, emergency, offline.
    public var isOut: Bool

    public init(carLevel: LevelID? = nil, isTaken: Bool = false, isOut: Bool = false) {
        self.carLevel = carLevel
        self.isTaken = isTaken
        self.isOut = isOut
    }

    /// What a lift's own report says; `isTaken` where its session is another's.
    public init(_ state: LiftState, isTaken: Bool) {
        self.init(
            carLevel: state.motion == .stopped ? state.currentLevel : state.destination ?? state.currentLevel,
            isTaken: isTaken, isOut: [.fire, .offline, .emergency].contains(state.mode))
    }
}
