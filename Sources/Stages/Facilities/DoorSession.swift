public import RobotModel

/// Our session with one door: asks for it, keeps it alive, notices when it is lost, gives it back.
///
/// A state machine as a value; it knows no link. Only a session of ours is ever given back, never another's, and none while
/// the robot may stand between the posts: a release waits until it is out, and no deadline ends the session meanwhile.
///
///     var session = DoorSession()
///     session.handle(.request, at: now)                                        // [.request]
///     session.handle(.report(DoorReport(mode: .open, holder: .ours)), at: now)   // held from now on
public struct DoorSession: Hashable, Sendable {
    /// What happens to the session.
    public enum Event: Hashable, Sendable {
        /// Open the door and hold it open.
        case request
        /// Let it close, as soon as the robot is out of it.
        case release
        /// A session that a journal says was ours before a restart; the robot may stand in the door.
        ///
        /// - Parameter isEnding: It was to be given back; the robot may have stood in the door still when the word was given,
        ///   so this waits, and asks for nothing, until the robot's place is known.
        case adopt(isEnding: Bool)
        /// Whether the robot is between the posts, or partly so.
        case occupied(Bool)
        case report(DoorReport)
        /// Time has passed; at least twice a second.
        case time
    }

    /// What the link has to tell the door's controller.
    public enum Command: Hashable, Sendable {
        /// Open the door and hold it open for us; said again and again while the session stands.
        case request
        /// We need it no more.
        case release
        /// We want it no more, and as far as is known it is not ours: a link stops asking, and says nothing that would end
        /// another's session.
        case withdraw
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

    private let times: SessionTimes
    private var stage = Stage.idle
    private var position = RobotPosition.unknown
    /// Released while the robot may still be in the door.
    private var releasesWhenOut = false
    private var report: DoorReport?
    private var reported = Instant.zero
    private var lastSent = Instant.zero
    private var isSilent = false

    public init(times: SessionTimes = SessionTimes()) { self.times = times }

    /// The door and our session, for the deliberation. A report that is too old shows as `offline`.
    public var state: DoorState {
        let mode = report.map { isSilent ? .offline : $0.mode } ?? .unknown
        return DoorState(mode: mode, session: shownSession, reported: reported)
    }

    /// The same session on a clock whose zero is `now`: two that will act alike from here on are equal.
    ///
    /// Ages that are longer than every deadline count as alike, so `state.reported` is only good up to there.
    public func rebased(to now: Instant) -> DoorSession {
        var session = self
        let horizon = times.horizon
        session.reported = reported.rebased(to: now, horizon: horizon)
        session.lastSent = lastSent.rebased(to: now, horizon: horizon)
        switch stage {
        case .idle, .failed: break
        case .opening(let since): session.stage = .opening(since: since.rebased(to: now, horizon: horizon))
        case .held(let since): session.stage = .held(since: since.rebased(to: now, horizon: horizon))
        case .ending(let since): session.stage = .ending(since: since.rebased(to: now, horizon: horizon))
        }
        return session
    }

    /// Everything but the times, which never change.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(stage)
        hasher.combine(position)
        hasher.combine(releasesWhenOut)
        hasher.combine(report)
        hasher.combine(reported)
        hasher.combine(lastSent)
        hasher.combine(isSilent)
    }

    private var isOurs: Bool { report?.holder == .ours }

    private var shownSession: FacilitySession {
        switch stage {
        case .idle: .none
        case .opening(let since): isOurs ? .granted(since: since) : .requested(since: since)
        case .held(let since): .granted(since: since)
        case .ending(let since): .releasing(since: since)
        case .failed(let reason): .failed(reason)
        }
    }

    /// Takes one event and says what the controller has to be told.
    public mutating func handle(_ event: Event, at now: Instant) -> [Command] {
        switch event {
        case .request:
            releasesWhenOut = false
            switch stage {
            case .opening, .held: return []
            case .idle, .ending, .failed: return ask(now)
            }
        case .adopt(let isEnding):
            position = .unknown
            releasesWhenOut = isEnding
            if !isEnding { return ask(now) }
            // Nothing is said before the robot's place is known.
            stage = .ending(since: now)
            return []
        case .occupied(let isInside):
            position = isInside ? .inside : .outside
            if !isInside && releasesWhenOut { return end(now) }
            // It was to be given back before a restart, but the robot stands in it: kept until it is out.
            if isInside, releasesWhenOut, case .ending = stage { return ask(now) }
            return []
        case .release:
            switch stage {
            case .idle: return []
            // A failed one may be open at the controller all the same: it ends as any other, when that is confirmed.
            case .failed, .opening, .held, .ending: return end(now)
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

    private mutating func ask(_ now: Instant) -> [Command] {
        stage = .opening(since: now)
        return request(now)
    }

    private mutating func end(_ now: Instant) -> [Command] {
        releasesWhenOut = position.mayBeInside
        if releasesWhenOut { return [] }
        stage = .ending(since: now)
        return giveBack(now)
    }

    private mutating func fail(_ reason: String, _ now: Instant) -> [Command] {
        stage = .failed(reason)
        return giveBack(now)
    }

    /// Gives it back; where somebody else's session is the one that this would end, and before the first report, when
    /// nobody knows, no more is asked for.
    private mutating func giveBack(_ now: Instant) -> [Command] {
        guard let report else { return [.withdraw] }
        if case .other = report.holder { return [.withdraw] }
        lastSent = now
        return [.release]
    }

    private mutating func request(_ now: Instant) -> [Command] {
        lastSent = now
        return [.request]
    }

    private mutating func judge(_ report: DoorReport, _ now: Instant) -> [Command] {
        switch stage {
        case .idle, .failed: return dropOrphan(now)
        case .ending(let since):
            // A report from before the release knows nothing of it.
            if !releasesWhenOut, !isOurs, now - since > times.settle { stage = .idle }
            return []
        case .opening:
            if isOurs && report.mode == .open { stage = .held(since: now) }
            return []
        case .held:
            switch report.holder {
            case .ours: return []
            // Dropped (the line was silent for too long): ask again at once.
            case .none: return ask(now)
            // Taken by another: say so; but a robot between the posts goes on asking.
            case .other(let name): return position.mayBeInside ? ask(now) : fail("taken over by \(name)", now)
            }
        }
    }

    /// A session of ours that nobody asked for is given back: a request has got through after all, or the journal is lost.
    private mutating func dropOrphan(_ now: Instant) -> [Command] {
        isOurs && !position.mayBeInside && now - lastSent >= times.repeatRelease ? giveBack(now) : []
    }

    private mutating func pass(_ now: Instant) -> [Command] {
        switch stage {
        case .idle, .failed: return []
        case .opening(let since):
            if !position.mayBeInside && now - since >= times.doorOpens { return fail(whyShut, now) }
            return now - lastSent >= times.refresh ? request(now) : []
        case .held: return now - lastSent >= times.refresh ? request(now) : []
        case .ending(let since):
            if releasesWhenOut { return [] }
            if let forget = times.forget, now - since >= forget {
                stage = .idle
                return []
            }
            return now - lastSent >= times.repeatRelease ? giveBack(now) : []
        }
    }

    private var whyShut: String {
        let seconds = Int(times.doorOpens.inSeconds)
        guard let report, !isSilent else { return "its controller has not answered for \(seconds) s" }
        if report.mode == .offline { return "the door is offline" }
        switch report.holder {
        case .other(let name): return "held by \(name)"
        case .ours: return "did not open within \(seconds) s"
        case .none: return "refused for \(seconds) s"
        }
    }
}
