public import RobotModel

/// Our session with one lift: asks for it, calls and sends its car, keeps it alive, gives it back.
///
/// A state machine as a value. Once we are about to enter, the session is never given up by itself: not for a deadline,
/// not for a mode, not when it is lost; it is asked for again until we release it.
public struct LiftSession: Sendable {
    /// What happens to the session. Floors are the relay box's numbers.
    public enum Event: Hashable, Sendable {
        /// Ask for a session and have the car come to a floor, its door held open there.
        case call(floor: Int)
        /// We stand in the car: go to a floor and hold the door open there.
        case send(floor: Int)
        /// We are about to stand in its doorway or its car, from now until the release.
        case occupy
        /// Hold the door open, or let it close.
        case hold(Bool)
        case release
        /// A session that a journal says was ours before a restart; the car stays where it is sent.
        case adopt(session: UInt16)
        case report(RelayLiftReport)
        /// Time has passed; at least twice a second.
        case time
    }

    private enum Stage: Hashable {
        case idle
        case asking(since: Instant)
        /// The lift serves us.
        case serving(since: Instant)
        case ending(since: Instant)
        case failed(String)
    }

    /// The lift's number in the relay box.
    public let number: Int
    /// The number under which we ask; never 0.
    public private(set) var session: UInt16
    private let levels: [Int: LevelID]
    private let times: SessionTimes
    private var stage = Stage.idle
    private var floor = 0
    private var holdDoor = true
    /// We stand in the doorway or in the car, or are about to.
    private var isInside = false
    /// Adopted before the first report: which floor to ask for is not known yet.
    private var awaitsReport = false
    /// The called car has stood open at our floor.
    private var hasCome = false
    private var report: RelayLiftReport?
    private var reported = Instant.zero
    private var lastSent = Instant.zero
    private var isSilent = false

    /// - Parameter floors: The relay box's floor number of each level that the lift serves.
    public init(number: Int, floors: [LevelID: Int], session: UInt16, times: SessionTimes = SessionTimes()) {
        precondition(session != 0, "session 0 means nobody")
        self.number = number
        self.session = session
        self.times = times
        levels = Dictionary(floors.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    }

    /// The lift and our session, for the deliberation. A report that is too old shows as mode `offline`.
    public var state: LiftState {
        guard let report else { return LiftState(session: shownSession) }
        return LiftState(
            currentLevel: levels[report.floor], destination: levels[report.destination],
            door: isSilent ? .unknown : report.door, motion: isSilent ? .unknown : report.motion,
            mode: isSilent ? .offline : report.mode, session: shownSession, reported: reported)
    }

    private var isOurs: Bool { report?.session == session }

    private var shownSession: FacilitySession {
        switch stage {
        case .idle: .none
        case .asking(let since): .requested(since: since)
        case .serving(let since): .granted(since: since)
        case .ending(let since): .releasing(since: since)
        case .failed(let reason): .failed(reason)
        }
    }

    /// Takes one event and says what to write to the relay box.
    public mutating func handle(_ event: Event, at now: Instant) -> [RelayCommand] {
        switch event {
        case .call(let floor): return order(floor, now)
        case .send(let floor):
            isInside = true
            return order(floor, now)
        case .occupy:
            isInside = true
            return []
        case .hold(let hold):
            holdDoor = hold
            return isAsking ? write(now) : []
        case .adopt(let number):
            if number != 0 { session = number }
            stage = .asking(since: now)
            isInside = true
            holdDoor = true
            awaitsReport = report == nil
            if let report { floor = report.destination }
            return awaitsReport ? [] : write(now)
        case .release:
            isInside = false
            switch stage {
            case .idle: return []
            case .failed:
                stage = .idle
                return []
            case .asking, .serving, .ending:
                stage = .ending(since: now)
                return giveBack(now)
            }
        case .report(let report):
            self.report = report
            reported = now
            isSilent = false
            return judge(report, now)
        case .time:
            isSilent = now - reported > times.silence
            return pass(now)
        }
    }

    private var isAsking: Bool {
        switch stage {
        case .asking, .serving: !awaitsReport
        case .idle, .ending, .failed: false
        }
    }

    private mutating func order(_ floor: Int, _ now: Instant) -> [RelayCommand] {
        self.floor = floor
        holdDoor = true
        awaitsReport = false
        hasCome = false
        switch stage {
        case .serving: stage = .serving(since: now)
        case .idle, .asking, .ending, .failed: stage = .asking(since: now)
        }
        return write(now)
    }

    private mutating func fail(_ reason: String, _ now: Instant) -> [RelayCommand] {
        stage = .failed(reason)
        return giveBack(now)
    }

    /// Ends the session, unless somebody else's session is the one that it would end; before the first report nobody
    /// knows.
    private mutating func giveBack(_ now: Instant) -> [RelayCommand] {
        guard report != nil else { return [] }
        if let holder = report?.session, holder != 0, holder != session { return [] }
        lastSent = now
        // A floor has to be named; the one where the car is sends it nowhere.
        return [.lift(number: number, session: 0, floor: report?.floor ?? floor, holdDoor: false)]
    }

    private mutating func write(_ now: Instant) -> [RelayCommand] {
        lastSent = now
        return [.lift(number: number, session: session, floor: floor, holdDoor: holdDoor)]
    }

    private mutating func judge(_ report: RelayLiftReport, _ now: Instant) -> [RelayCommand] {
        if awaitsReport {
            awaitsReport = false
            floor = report.destination
            return write(now)
        }
        switch stage {
        case .idle, .failed: return []
        case .ending(let since):
            // A report from before the release knows nothing of it.
            if !isOurs, now - since > .milliseconds(100) { stage = .idle }
            return []
        case .asking:
            if isOurs {
                stage = .serving(since: now)
                return []
            }
            return isInside ? [] : refuse(report, now)
        case .serving:
            if !isOurs {
                if isInside || report.session == 0 {
                    stage = .asking(since: now)
                    return write(now)
                }
                return fail("taken over by session \(report.session)", now)
            }
            if report.floor == floor && report.door == .open && report.motion == .stopped { hasCome = true }
            return isInside ? [] : refuse(report, now)
        }
    }

    /// Outside the car, a lift in a special mode is given up at once.
    private mutating func refuse(_ report: RelayLiftReport, _ now: Instant) -> [RelayCommand] {
        switch report.mode {
        case .fire: fail("the lift is in fire mode", now)
        case .emergency: fail("the lift is in emergency mode", now)
        case .offline: fail("the lift is offline", now)
        case .human, .agv, .unknown: []
        }
    }

    private mutating func pass(_ now: Instant) -> [RelayCommand] {
        switch stage {
        case .idle, .failed: return []
        case .asking(let since):
            if !isInside && now - since >= times.liftGrants { return fail(whyNot, now) }
        case .serving(let since):
            if !isInside && !hasCome && now - since >= times.liftComes {
                return fail("the car did not come within \(Int(times.liftComes.inSeconds)) s", now)
            }
        case .ending(let since):
            if now - since >= times.forget {
                stage = .idle
                return []
            }
            return now - lastSent >= times.repeatRelease ? giveBack(now) : []
        }
        return isAsking && now - lastSent >= times.refresh ? write(now) : []
    }

    private var whyNot: String {
        let seconds = Int(times.liftGrants.inSeconds)
        guard let report, !isSilent else { return "the relay box has not answered for \(seconds) s" }
        if report.session != 0 { return "busy with session \(report.session) for \(seconds) s" }
        return report.mode == .human ? "in human mode for \(seconds) s" : "not granted within \(seconds) s"
    }
}
