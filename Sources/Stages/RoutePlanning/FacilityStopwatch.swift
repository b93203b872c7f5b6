public import RobotModel

/// Times doors and lifts by what they report: from a request until the door is open or the car stands before us, and each
/// ride.
///
///     for sample in stopwatch.look(doors: view.doors, lifts: view.lifts, at: now) { … }
///
/// A request that fails counts with the time that was lost on it: a door that never opens must not look like one that has
/// never been tried. A request that is refused at once counts for nothing. A kernel: it keeps beginnings, and is handed the
/// time.
public struct FacilityStopwatch: Sendable {
    /// Something that has just been timed.
    public enum Sample: Hashable, Sendable {
        /// Seconds from asking a door until it was open.
        case opening(DoorID, seconds: Double)
        /// Seconds from asking a lift until its car stood open at the level where it was called to.
        case waiting(LiftID, seconds: Double)
        /// Seconds from the car's door beginning to shut on a level to its being open on another.
        case ride(LiftID, from: LevelID, to: LevelID, seconds: Double)
    }

    private struct Ride: Sendable {
        var from: LevelID
        /// Since the door is not open any more; nil while it is.
        var since: Instant?
    }

    /// A failure that took less says nothing of how long a door or a lift takes: in fire mode, in an emergency or offline
    /// the request is refused within one step, and a lift that is out of order would look like the quickest of all. What
    /// gives up after waiting has waited for longer than this.
    public static let shortestFailure = Duration.seconds(5)

    private var doorsAsked: [DoorID: Instant] = [:]
    private var liftsAsked: [LiftID: Instant] = [:]
    private var rides: [LiftID: Ride] = [:]

    public init() {}

    /// Takes what doors and lifts say now.
    public mutating func look(
        doors: [DoorID: DoorState], lifts: [LiftID: LiftState], at now: Instant
    ) -> [Sample] {
        var samples: [Sample] = []
        for (id, door) in doors.sorted(by: { $0.key < $1.key }) {
            if let sample = look(id, door, now) { samples.append(sample) }
        }
        for (id, lift) in lifts.sorted(by: { $0.key < $1.key }) { samples += look(id, lift, now) }
        return samples
    }

    private mutating func look(_ id: DoorID, _ door: DoorState, _ now: Instant) -> Sample? {
        switch door.session {
        case .requested(let since): doorsAsked[id] = doorsAsked[id] ?? since
        case .granted:
            // Open already when it was asked, or taken up again after a restart: that is no opening.
            guard door.mode == .open, let asked = doorsAsked.removeValue(forKey: id) else { return nil }
            return .opening(id, seconds: (now - asked).inSeconds)
        case .failed:
            guard let asked = doorsAsked.removeValue(forKey: id) else { return nil }
            return now - asked < Self.shortestFailure ? nil : .opening(id, seconds: (now - asked).inSeconds)
        case .none, .releasing: doorsAsked[id] = nil
        }
        return nil
    }

    private mutating func look(_ id: LiftID, _ lift: LiftState, _ now: Instant) -> [Sample] {
        switch lift.session {
        case .requested(let since):
            // Asked for again on a ride: nobody waits for the car that he stands in.
            if rides[id] == nil { liftsAsked[id] = liftsAsked[id] ?? since }
        case .granted: return serve(id, lift, now)
        case .failed:
            rides[id] = nil
            guard let asked = liftsAsked.removeValue(forKey: id) else { return [] }
            return now - asked < Self.shortestFailure ? [] : [.waiting(id, seconds: (now - asked).inSeconds)]
        case .none, .releasing:
            rides[id] = nil
            liftsAsked[id] = nil
        }
        return []
    }

    private mutating func serve(_ id: LiftID, _ lift: LiftState, _ now: Instant) -> [Sample] {
        guard let level = lift.currentLevel else { return [] }
        let standsOpen = lift.door == .open && lift.motion == .stopped && level == lift.destination
        guard standsOpen else {
            if rides[id] != nil, rides[id]?.since == nil, lift.door != .unknown { rides[id]?.since = now }
            return []
        }
        var samples: [Sample] = []
        if let asked = liftsAsked.removeValue(forKey: id) {
            samples.append(.waiting(id, seconds: (now - asked).inSeconds))
        }
        if let ride = rides[id], let since = ride.since, ride.from != level {
            samples.append(.ride(id, from: ride.from, to: level, seconds: (now - since).inSeconds))
        }
        rides[id] = Ride(from: level, since: nil)
        return samples
    }
}
