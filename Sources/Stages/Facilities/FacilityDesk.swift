public import RobotModel

/// All doors and lifts of a building that the robot can reach, behind one relay box.
///
/// A value: orders are taken, and each `step` turns them, the box's latest report and the passing of time into commands
/// for the box. Called with every report and at least twice a second.
public struct FacilityDesk: Sendable {
    /// How a lift is wired: its number in the relay box, and the box's floor number of each level.
    public struct LiftWiring: Hashable, Sendable {
        public var number: Int
        public var floors: [LevelID: Int]

        public init(number: Int, floors: [LevelID: Int]) {
            self.number = number
            self.floors = floors
        }
    }

    private var doorSessions: [DoorID: DoorSession] = [:]
    private var liftSessions: [LiftID: LiftSession] = [:]
    private let wiring: [LiftID: LiftWiring]
    /// Orders for what is not wired, so that whoever gave them sees why nothing happens.
    private var unwiredDoors: Set<DoorID> = []
    private var unwiredLifts: Set<LiftID> = []
    private var pendingDoors: [(door: DoorID, event: DoorSession.Event)] = []
    private var pendingLifts: [(lift: LiftID, event: LiftSession.Event)] = []

    /// - Parameters:
    ///   - doors: Each door's number in the relay box.
    ///   - session: The number under which this robot asks, never 0; `FacilityDesk.session(robot:)` makes one.
    public init(
        doors: [DoorID: Int], lifts: [LiftID: LiftWiring], session: UInt16, times: SessionTimes = SessionTimes()
    ) {
        wiring = lifts
        for (id, number) in doors { doorSessions[id] = DoorSession(number: number, session: session, times: times) }
        for (id, lift) in lifts {
            liftSessions[id] = LiftSession(number: lift.number, floors: lift.floors, session: session, times: times)
        }
    }

    /// A session number for a robot's name: the same at every start, so that a restarted robot finds its own sessions.
    public static func session(robot name: String) -> UInt16 {
        // FNV-1a, 32 bit, folded to 16 (RFC draft-eastlake-fnv, section 3); 0 means nobody.
        var hash: UInt32 = 2_166_136_261
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return max(1, UInt16(truncatingIfNeeded: (hash >> 16) ^ hash))
    }

    // MARK: Orders

    public mutating func request(door: DoorID) { order(door, .request) }

    public mutating func release(door: DoorID) { order(door, .release) }

    /// From now until the release the robot stands between the door's posts, or is about to: the session is kept.
    public mutating func occupy(door: DoorID) { order(door, .occupy) }

    /// From now until the release the robot stands in the lift's doorway or car, or is about to: the session is kept.
    public mutating func occupy(lift: LiftID) { order(lift, .occupy) }

    /// Asks for the lift and has its car come to a level, the door held open there.
    public mutating func call(lift: LiftID, to level: LevelID) {
        guard let floor = wiring[lift]?.floors[level] else {
            unwiredLifts.insert(lift)
            return
        }
        order(lift, .call(floor: floor))
    }

    /// Sends the car we stand in to a level, the door held open there.
    public mutating func sendLift(_ lift: LiftID, to level: LevelID) {
        guard let floor = wiring[lift]?.floors[level] else {
            unwiredLifts.insert(lift)
            return
        }
        order(lift, .send(floor: floor))
    }

    public mutating func holdLiftDoor(_ lift: LiftID, _ hold: Bool) { order(lift, .hold(hold)) }

    public mutating func release(lift: LiftID) { order(lift, .release) }

    /// Takes a session up again that was ours before a restart, under the number that the journal kept.
    public mutating func adopt(door: DoorID, session: UInt16) { order(door, .adopt(session: session)) }

    /// Takes a session up again that was ours before a restart; the car is not sent anywhere else.
    public mutating func adopt(lift: LiftID, session: UInt16) { order(lift, .adopt(session: session)) }

    /// Gives back everything but what the robot stands in; for a shutdown.
    public mutating func releaseAll(exceptDoors doors: Set<DoorID> = [], lifts: Set<LiftID> = []) {
        for id in doorSessions.keys.sorted() where !doors.contains(id) { order(id, .release) }
        for id in liftSessions.keys.sorted() where !lifts.contains(id) { order(id, .release) }
    }

    // MARK: Time

    /// Takes the box's latest report, if a new one has come, and says what to write to the box.
    public mutating func step(report: Stamped<RelayReport>?, at now: Instant) -> [RelayCommand] {
        var commands: [RelayCommand] = []
        if let report {
            for door in report.value.doors { pass(.report(door), toDoor: door.number, report.time, &commands) }
            for lift in report.value.lifts { pass(.report(lift), toLift: lift.number, report.time, &commands) }
        }
        for order in pendingDoors { commands += doorSessions[order.door]?.handle(order.event, at: now) ?? [] }
        for order in pendingLifts { commands += liftSessions[order.lift]?.handle(order.event, at: now) ?? [] }
        pendingDoors.removeAll()
        pendingLifts.removeAll()
        // In the order of their names, so that the same inputs give the same bytes.
        for id in doorSessions.keys.sorted() { commands += doorSessions[id]?.handle(.time, at: now) ?? [] }
        for id in liftSessions.keys.sorted() { commands += liftSessions[id]?.handle(.time, at: now) ?? [] }
        return commands
    }

    /// Every door, and our session with it.
    public var doors: [DoorID: DoorState] {
        var states = doorSessions.mapValues(\.state)
        for id in unwiredDoors {
            states[id] = DoorState(mode: .unknown, session: .failed("door \(id) is not wired in the board file"))
        }
        return states
    }

    /// Every lift, and our session with it.
    public var lifts: [LiftID: LiftState] {
        var states = liftSessions.mapValues(\.state)
        for id in unwiredLifts {
            var state = states[id] ?? LiftState()
            state.session = .failed("lift \(id), or that level of it, is not wired in the board file")
            states[id] = state
        }
        return states
    }

    // MARK: Inside

    private mutating func order(_ door: DoorID, _ event: DoorSession.Event) {
        if doorSessions[door] == nil {
            if event == .release { unwiredDoors.remove(door) } else { unwiredDoors.insert(door) }
        } else {
            pendingDoors.append((door, event))
        }
    }

    private mutating func order(_ lift: LiftID, _ event: LiftSession.Event) {
        if event == .release { unwiredLifts.remove(lift) }
        if liftSessions[lift] == nil {
            if event != .release { unwiredLifts.insert(lift) }
        } else {
            pendingLifts.append((lift, event))
        }
    }

    private mutating func pass(
        _ event: DoorSession.Event, toDoor number: Int, _ time: Instant, _ commands: inout [RelayCommand]
    ) {
        for id in doorSessions.keys where doorSessions[id]?.number == number {
            commands += doorSessions[id]?.handle(event, at: time) ?? []
        }
    }

    private mutating func pass(
        _ event: LiftSession.Event, toLift number: Int, _ time: Instant, _ commands: inout [RelayCommand]
    ) {
        for id in liftSessions.keys where liftSessions[id]?.number == number {
            commands += liftSessions[id]?.handle(event, at: time) ?? []
        }
    }
}
