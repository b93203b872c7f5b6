import DeviceProtocols
public import RobotModel

/// All doors and lifts of a building that the robot can reach, each over its link.
///
/// A value: orders are taken, and each `step` turns them, what has come in and the passing of time into what is to be sent.
/// Called at least twice a second.
public struct FacilityDesk: Sendable {
    private struct DoorEntry: Sendable {
        var session: DoorSession
        var link: DoorLink
    }

    private struct LiftEntry: Sendable {
        var session: LiftSession
        var link: LiftLink
    }

    private var doorEntries: [DoorID: DoorEntry] = [:]
    private var liftEntries: [LiftID: LiftEntry] = [:]
    /// In the order of their names, so that the same inputs give the same bytes.
    private let doorOrder: [DoorID]
    private let liftOrder: [LiftID]
    private let robot: String
    /// Orders for what is not wired, so that whoever gave them sees why nothing happens.
    private var unwiredDoors: Set<DoorID> = []
    private var unwiredLifts: Set<LiftID> = []
    private var pendingDoors: [(door: DoorID, event: DoorSession.Event)] = []
    private var pendingLifts: [(lift: LiftID, event: LiftSession.Event)] = []
    private var complaints = ComplaintLimit()

    /// - Parameter robot: The robot's name, for controllers that know sessions by name.
    public init(doors: [DoorID: DoorLink], lifts: [LiftID: LiftLink], robot: String) {
        self.robot = robot
        doorOrder = doors.keys.sorted()
        liftOrder = lifts.keys.sorted()
        doorEntries = doors.mapValues { DoorEntry(session: DoorSession(times: $0.times), link: $0) }
        liftEntries = lifts.mapValues { LiftEntry(session: LiftSession(times: $0.times), link: $0) }
    }

    // MARK: Orders

    public mutating func request(door: DoorID) { order(door, .request) }

    public mutating func release(door: DoorID) { order(door, .release) }

    /// Asks for the lift and has its car come to a level, the door held open there.
    ///
    /// - Parameter onward: Where the ride will go, for controllers that want to know at the first call.
    public mutating func call(lift: LiftID, to level: LevelID, onward: LevelID? = nil) {
        guard liftEntries[lift]?.link.serves(level) ?? false else {
            unwiredLifts.insert(lift)
            return
        }
        order(lift, .call(level, onward: onward))
    }

    /// Sends the car we stand in to a level, the door held open there.
    public mutating func sendLift(_ lift: LiftID, to level: LevelID) {
        guard liftEntries[lift]?.link.serves(level) ?? false else {
            unwiredLifts.insert(lift)
            return
        }
        order(lift, .send(level))
    }

    public mutating func holdLiftDoor(_ lift: LiftID, _ hold: Bool) { order(lift, .hold(hold)) }

    public mutating func release(lift: LiftID) { order(lift, .release) }

    /// Takes a session up again that was ours before a restart, under the number that the journal kept.
    ///
    /// - Parameter isEnding: It was to be given back; that is done when the robot is known to be out of it.
    public mutating func adopt(door: DoorID, session: UInt16, isEnding: Bool = false) {
        if session != 0 { doorEntries[door]?.link.adopt(SessionID(robot: robot, number: session)) }
        order(door, .adopt(isEnding: isEnding))
    }

    /// Takes a session up again that was ours before a restart; the car is not sent anywhere else.
    ///
    /// - Parameter isEnding: It was to be given back; that is done when the robot is known to be out of it.
    public mutating func adopt(lift: LiftID, session: UInt16, isEnding: Bool = false) {
        if session != 0 { liftEntries[lift]?.link.adopt(SessionID(robot: robot, number: session)) }
        order(lift, .adopt(isEnding: isEnding))
    }

    /// Gives back everything but what the robot stands in; for a shutdown.
    public mutating func releaseAll(exceptDoors doors: Set<DoorID> = [], lifts: Set<LiftID> = []) {
        for id in doorOrder where !doors.contains(id) { order(id, .release) }
        for id in liftOrder where !lifts.contains(id) { order(id, .release) }
    }

    // MARK: Time

    /// Takes what has come in and says what is to be sent.
    ///
    /// - Parameter wall: Civil time, for messages that bear it; nothing is measured with it.
    public mutating func step(
        _ input: FacilityInput, at now: Instant, wall: WallTime = WallTime(secondsSince1970: 0)
    ) -> FacilityOutput {
        var output = FacilityOutput()
        let clock = LinkClock(now: now, wall: wall)
        for id in doorOrder { step(id, input, clock, &output) }
        for id in liftOrder { step(id, input, clock, &output) }
        pendingDoors.removeAll()
        pendingLifts.removeAll()
        output.complaints = output.complaints.filter { complaints.lets($0, at: now) }
        return output
    }

    /// How long a controller behind this lift's link may keep a session of ours that it hears no more of; nil where it keeps
    /// it until it is told the end.
    public func forgets(_ lift: LiftID) -> Duration? { liftEntries[lift]?.link.times.forget }

    /// How long a controller behind this door's link may keep a session of ours that it hears no more of; nil where it keeps
    /// it until it is told the end.
    public func forgets(_ door: DoorID) -> Duration? { doorEntries[door]?.link.times.forget }

    /// Everything that has to be subscribed to at the building's broker, without repetitions.
    public var subscriptions: [String] {
        let all = doorEntries.values.flatMap(\.link.subscriptions) + liftEntries.values.flatMap(\.link.subscriptions)
        return Set(all).sorted()
    }

    private mutating func step(
        _ id: DoorID, _ input: FacilityInput, _ clock: LinkClock, _ output: inout FacilityOutput
    ) {
        let now = clock.now
        guard var entry = doorEntries[id] else { return }
        // Before anything else the link learns where the robot is.
        if let whereabouts = input.whereabouts {
            for command in entry.session.handle(.occupied(whereabouts.doors.contains(id)), at: now) {
                entry.link.send(command, clock, &output)
            }
        }
        var commands: [DoorSession.Command] = []
        for report in entry.link.reports(input, clock, &output) {
            commands += entry.session.handle(.report(report.value), at: report.time)
        }
        for order in pendingDoors where order.door == id { commands += entry.session.handle(order.event, at: now) }
        commands += entry.session.handle(.time, at: now)
        for command in commands { entry.link.send(command, clock, &output) }
        doorEntries[id] = entry
    }

    private mutating func step(
        _ id: LiftID, _ input: FacilityInput, _ clock: LinkClock, _ output: inout FacilityOutput
    ) {
        let now = clock.now
        guard var entry = liftEntries[id] else { return }
        // Before anything else the link learns where the robot is.
        if let whereabouts = input.whereabouts {
            for command in entry.session.handle(.occupied(whereabouts.lifts.contains(id)), at: now) {
                entry.link.send(command, clock, &output)
            }
        }
        var commands: [LiftSession.Command] = []
        for report in entry.link.reports(input, clock, &output) {
            commands += entry.session.handle(.report(report.value), at: report.time)
        }
        for order in pendingLifts where order.lift == id { commands += entry.session.handle(order.event, at: now) }
        commands += entry.session.handle(.time, at: now)
        for command in commands { entry.link.send(command, clock, &output) }
        liftEntries[id] = entry
    }

    /// Every door, and our session with it.
    public var doors: [DoorID: DoorState] {
        var states = doorEntries.mapValues(\.session.state)
        for id in unwiredDoors {
            states[id] = DoorState(mode: .unknown, session: .failed("door \(id) is not wired in the board file"))
        }
        return states
    }

    /// Whether somebody else has a lift now.
    public func isTaken(_ lift: LiftID) -> Bool { liftEntries[lift]?.session.isTaken ?? false }

    /// Every lift, and our session with it.
    public var lifts: [LiftID: LiftState] {
        var states = liftEntries.mapValues(\.session.state)
        for id in unwiredLifts {
            var state = states[id] ?? LiftState()
            state.session = .failed("lift \(id), or that level of it, is not wired in the board file")
            states[id] = state
        }
        return states
    }

    // MARK: Inside

    private mutating func order(_ door: DoorID, _ event: DoorSession.Event) {
        if doorEntries[door] != nil {
            pendingDoors.append((door, event))
        } else if event == .release {
            unwiredDoors.remove(door)
        } else {
            unwiredDoors.insert(door)
        }
    }

    private mutating func order(_ lift: LiftID, _ event: LiftSession.Event) {
        if event == .release { unwiredLifts.remove(lift) }
        if liftEntries[lift] != nil {
            pendingLifts.append((lift, event))
        } else if event != .release {
            unwiredLifts.insert(lift)
        }
    }
}
