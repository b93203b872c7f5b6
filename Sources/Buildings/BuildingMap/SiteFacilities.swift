public import RobotModel

/// What a site's people know of its doors and lifts: times, access, hours, rights. What is nil or left out is not known.
public struct SiteFacilities: Hashable, Sendable {
    public var doors: [DoorID: DoorFacts]
    public var lifts: [LiftID: LiftFacts]

    public init(doors: [DoorID: DoorFacts] = [:], lifts: [LiftID: LiftFacts] = [:]) {
        self.doors = doors
        self.lifts = lifts
    }
}

extension SiteFacilities {
    /// The same for a robot that can ask in one way only: what cannot be asked like that is nobody's.
    public func asked(by kind: FacilityAccessKind) -> SiteFacilities {
        var facilities = self
        for (id, facts) in doors where !facts.access.isEmpty {
            facilities.doors[id]?.access = facts.access.filter { $0.kind == kind }
            if facilities.doors[id]?.access.isEmpty ?? true { facilities.doors[id]?.robots = [] }
        }
        for (id, facts) in lifts where !facts.access.isEmpty {
            facilities.lifts[id]?.access = facts.access.filter { $0.kind == kind }
            if facilities.lifts[id]?.access.isEmpty ?? true { facilities.lifts[id]?.robots = [] }
        }
        return facilities
    }
}

/// What is known of a door.
public struct DoorFacts: Hashable, Sendable {
    /// Seconds from being told to open until it is open.
    public var openingSeconds: Double?
    /// How it may be asked; not said, by its interface.
    public var access: [FacilityAccess]
    /// When it can be used.
    public var hours: OpeningHours
    /// The robots that may use it; nil is every one.
    public var robots: Set<String>?

    public init(
        openingSeconds: Double? = nil, access: [FacilityAccess] = [], hours: OpeningHours = .always,
        robots: Set<String>? = nil
    ) {
        self.openingSeconds = openingSeconds
        self.access = access
        self.hours = hours
        self.robots = robots
    }
}

/// What is known of a lift.
public struct LiftFacts: Hashable, Sendable {
    /// Seconds until its session is ours.
    public var sessionSeconds: Double?
    /// The mean wait for the car, seconds.
    public var callSeconds: Double?
    /// The mean wait for the car in hours of the day where it differs, seconds.
    public var callSecondsByHour: [Int: Double]
    /// Seconds that the car's door takes, once open or once shut.
    public var doorSeconds: Double?
    /// m/s of the car.
    public var speed: Double?
    /// m/s² of the car.
    public var acceleration: Double?
    /// How it may be called; not said, by its interface.
    public var access: [FacilityAccess]
    /// When it can be used.
    public var hours: OpeningHours
    /// The robots that may use it; nil is every one.
    public var robots: Set<String>?

    public init(
        sessionSeconds: Double? = nil, callSeconds: Double? = nil, callSecondsByHour: [Int: Double] = [:],
        doorSeconds: Double? = nil, speed: Double? = nil, acceleration: Double? = nil, access: [FacilityAccess] = [],
        hours: OpeningHours = .always, robots: Set<String>? = nil
    ) {
        self.sessionSeconds = sessionSeconds
        self.callSeconds = callSeconds
        self.callSecondsByHour = callSecondsByHour
        self.doorSeconds = doorSeconds
        self.speed = speed
        self.acceleration = acceleration
        self.access = access
        self.hours = hours
        self.robots = robots
    }
}

/// One way to ask a door or a lift, tried again until it works.
public struct FacilityAccess: Hashable, Sendable {
    public var kind: FacilityAccessKind
    /// Seconds that one attempt takes.
    public var seconds: Double
    /// The share of attempts that work, above 0 and up to 1.
    public var success: Double

    public init(_ kind: FacilityAccessKind, seconds: Double, success: Double = 1) {
        precondition(seconds >= 0 && success > 0 && success <= 1, "an attempt that can work")
        self.kind = kind
        self.seconds = seconds
        self.success = success
    }

    /// The mean of all attempts until one works, seconds: their number is geometric.
    public var expectedSeconds: Double { seconds / success }
    /// The variance of all attempts until one works, s².
    public var variance: Double { seconds * seconds * (1 - success) / (success * success) }
}

extension Collection<FacilityAccess> {
    /// The way that takes the least time in the mean.
    public var cheapest: FacilityAccess? { self.min { $0.expectedSeconds < $1.expectedSeconds } }
}
