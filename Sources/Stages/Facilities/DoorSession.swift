public import RobotModel

/// Our session with one door: asks for it, keeps it alive, notices when it is lost, gives it back.
///
/// A state machine as a value. The door's session number is 0 while nobody holds it open; only a session of ours is
/// ever given back, never another robot's.
public struct DoorSession: Sendable {
    /// What happens to the session.
    public enum Event: Hashable, Sendable {
        /// Open the door and hold it open.
        case request
        /// We are about to stand between its posts, from now until the release.
        case occupy
        /// Let it close.
        case release
        /// A session that a journal says was ours before a restart.
        case adopt(session: UInt16)
        case report(RelayDoorReport)
        /// Time has passed; at least twice a second.
        case time
    }

    private enum Stage: Hashable {
        case idle
        /// Asked for; the door is not open yet.
        case opening(since: Instant)
        /// The door has been open for us.
        case held(since: Instant)
        case ending(since: Instant)
        case failed(String)
    }

    /// The door's number in the relay box.
    public let number: Int
    /// The number under which we ask; never 0.
    public private(set) var session: UInt16
    private let times: SessionTimes
    private var stage = Stage.idle
    private var report: RelayDoorReport?
    private var reported = Instant.zero
    private var lastSent = Instant.zero
    private var isSilent = false
    /// We stand in the doorway, or are about to.
    private var isOccupied = false

    public init(number: Int, session: UInt16, times: SessionTimes = SessionTimes()) {
        precondition(session != 0, "session 0 means nobody")
        self.number = number
        self.session = session
        self.times = times
    }

    /// The door and our session, for the deliberation. A report that is too old shows as `offline`.
    public var state: DoorState {
        let mode = report.map { isSilent ? .offline : $0.mode } ?? .unknown
        return DoorState(mode: mode, session: shownSession, reported: reported)
    }

    private var isOurs: Bool { report?.session == session }

    private var shownSession: FacilitySession {
        switch stage {
        case .idle: .none
        case .opening(let since): isOurs ? .granted(since: since) : .requested(since: since)
        case .held(let since): .granted(since: since)
        case .ending(let since): .releasing(since: since)
        case .failed(let reason): .failed(reason)
        }
    }

    /// Takes one event and says what to write to the relay box.
    public mutating func handle(_ event: Event, at now: Instant) -> [RelayCommand] {
        switch event {
        case .request:
            switch stage {
            case .opening, .held: return []
            case .idle, .ending, .failed: return ask(now)
            }
        case .adopt(let number):
            if number != 0 { session = number }
            return ask(now)
        case .occupy:
            isOccupied = true
            return []
        case .release:
            isOccupied = false
            switch stage {
            case .idle: return []
            case .failed:
                stage = .idle
                return []
            case .opening, .held, .ending: return end(now)
            }
        case .report(let report):
            self.report = report
            reported = now
            isSilent = false
            return judge(now)
        case .time:
            isSilent = now - reported > times.silence
            return pass(now)
        }
    }

    private mutating func ask(_ now: Instant) -> [RelayCommand] {
        stage = .opening(since: now)
        return write(session, now)
    }

    private mutating func end(_ now: Instant) -> [RelayCommand] {
        stage = .ending(since: now)
        return giveBack(now)
    }

    private mutating func fail(_ reason: String, _ now: Instant) -> [RelayCommand] {
        stage = .failed(reason)
        return giveBack(now)
    }

    /// Writes 0, unless somebody else's session is the one that it would end; before the first report nobody knows.
    private mutating func giveBack(_ now: Instant) -> [RelayCommand] {
        guard report != nil else { return [] }
        if let holder = report?.session, holder != 0, holder != session { return [] }
        return write(0, now)
    }

    private mutating func write(_ session: UInt16, _ now: Instant) -> [RelayCommand] {
        lastSent = now
        return [.door(number: number, session: session)]
    }

    private mutating func judge(_ now: Instant) -> [RelayCommand] {
        guard let report else { return [] }
        switch stage {
        case .idle, .failed: return []
        case .ending(let since):
            // A report from before the release knows nothing of it.
            if !isOurs, now - since > .milliseconds(100) { stage = .idle }
            return []
        case .opening:
            if isOurs && report.mode == .open { stage = .held(since: now) }
            return []
        case .held:
            if isOurs { return [] }
            // Dropped (the line was silent for too long): ask again at once. Taken by another: say so.
            return report.session == 0 || isOccupied ? ask(now) : fail("taken over by session \(report.session)", now)
        }
    }

    private mutating func pass(_ now: Instant) -> [RelayCommand] {
        switch stage {
        case .idle, .failed: return []
        case .opening(let since):
            if !isOccupied, now - since >= times.doorOpens { return fail(whyShut, now) }
            return now - lastSent >= times.refresh ? write(session, now) : []
        case .held: return now - lastSent >= times.refresh ? write(session, now) : []
        case .ending(let since):
            if now - since >= times.forget {
                stage = .idle
                return []
            }
            return now - lastSent >= times.repeatRelease ? giveBack(now) : []
        }
    }

    private var whyShut: String {
        let seconds = Int(times.doorOpens.inSeconds)
        guard let report, !isSilent else { return "the relay box has not answered for \(seconds) s" }
        if report.mode == .offline { return "the door is offline" }
        if report.session != 0 && report.session != session { return "held by session \(report.session)" }
        return isOurs ? "did not open within \(seconds) s" : "refused for \(seconds) s"
    }
}
