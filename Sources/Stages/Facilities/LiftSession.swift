public import RobotModel

/// Our session with one lift: asks for it, calls and sends its car, keeps it alive, gives it back.
///
/// A state machine as a value; it knows no link. Once the car has been sent with us in it, the session is never given up by
/// itself: not for a deadline, not for a mode, not when it is lost; it is asked for again until we release it. While the
/// robot may be in the car, a call never brings the car to another level, and a release waits until it is out.
///
///     var session = LiftSession()
///     session.handle(.call("L1", onward: "L3"), at: now)   // [.request("L1", onward: "L3", holdDoor: true, isInside: false)]
///     session.handle(.occupied(true), at: now)             // on board
///     session.handle(.send("L3"), at: now)                 // [.request("L3", onward: nil, holdDoor: true, isInside: true)]
public struct LiftSession: Hashable, Sendable {
    /// What happens to the session.
    public enum Event: Hashable, Sendable {
        /// Ask for a session and have the car come to a level, its door held open there.
        ///
        /// - Parameter onward: Where the ride will go, for controllers that want to know at the first call.
        case call(LevelID, onward: LevelID?)
        /// We stand in the car: go to a level and hold the door open there.
        case send(LevelID)
        /// Hold the door open, or let it close.
        case hold(Bool)
        /// Give it back, as soon as the robot is out of it.
        case release
        /// A session that a journal says was ours before a restart; the robot may be in the car, which stays where it is
        /// sent.
        ///
        /// - Parameter isEnding: It was to be given back; the robot may have been in the car still when the word was given,
        ///   so this waits, and asks for nothing, until the robot's place is known.
        case adopt(isEnding: Bool)
        /// Whether the robot is in the car, or partly so.
        case occupied(Bool)
        case report(LiftReport)
        /// Time has passed; at least twice a second.
        case time
    }

    /// What the link has to tell the lift's controller.
    public enum Command: Hashable, Sendable {
        /// Serve us: go to a level and hold the door open there; said again and again while the session stands. Without a
        /// level the car stays where it is sent.
        case request(LevelID?, onward: LevelID?, holdDoor: Bool, isInside: Bool)
        /// We need it no more. A link never passes this on while `isInside`; no session says so.
        case release(isInside: Bool)
        /// We want it no more, and as far as is known it is not ours: a link stops asking, and says nothing that would end
        /// another's session. A request that is still under way is taken back.
        case withdraw(isInside: Bool)
    }

    private enum Stage: Hashable {
        case idle
        case asking(since: Instant)
        /// The lift serves us.
        case serving(since: Instant)
        case ending(since: Instant)
        case failed(String)
    }

    private let times: SessionTimes
    private var stage = Stage.idle
    private var position = RobotPosition.unknown
    /// The car has been sent with us in it, or may have been before a restart.
    private var isRiding = false
    /// Released while the robot may still be in the car.
    private var releasesWhenOut = false
    /// Where the car is ordered to; nil after a restart until a report says.
    private var level: LevelID?
    private var onward: LevelID?
    private var holdDoor = true
    /// The called car has stood open at our level.
    private var hasCome = false
    private var report: LiftReport?
    private var reported = Instant.zero
    private var lastSent = Instant.zero
    private var isSilent = false

    public init(times: SessionTimes = SessionTimes()) { self.times = times }

    /// The lift and our session, for the deliberation. A report that is too old shows as mode `offline`.
    public var state: LiftState {
        guard let report else { return LiftState(session: shownSession) }
        return LiftState(
            currentLevel: report.level, destination: report.destination, door: isSilent ? .unknown : report.door,
            motion: isSilent ? .unknown : report.motion, mode: isSilent ? .offline : report.mode,
            session: shownSession, reported: reported)
    }

    /// The same session on a clock whose zero is `now`: two that will act alike from here on are equal.
    ///
    /// Ages that are longer than every deadline count as alike, so `state.reported` is only good up to there.
    public func rebased(to now: Instant) -> LiftSession {
        var session = self
        let horizon = times.horizon
        session.reported = reported.rebased(to: now, horizon: horizon)
        session.lastSent = lastSent.rebased(to: now, horizon: horizon)
        switch stage {
        case .idle, .failed: break
        case .asking(let since): session.stage = .asking(since: since.rebased(to: now, horizon: horizon))
        case .serving(let since): session.stage = .serving(since: since.rebased(to: now, horizon: horizon))
        case .ending(let since): session.stage = .ending(since: since.rebased(to: now, horizon: horizon))
        }
        return session
    }

    /// Everything but the times, which never change.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(stage)
        hasher.combine(position)
        hasher.combine(isRiding)
        hasher.combine(releasesWhenOut)
        hasher.combine(level)
        hasher.combine(onward)
        hasher.combine(holdDoor)
        hasher.combine(hasCome)
        hasher.combine(report)
        hasher.combine(reported)
        hasher.combine(lastSent)
        hasher.combine(isSilent)
    }

    /// Whether somebody else has the lift.
    public var isTaken: Bool { if case .other = report?.holder { true } else { false } }

    private var isOurs: Bool { report?.holder == .ours }

    private var shownSession: FacilitySession {
        switch stage {
        case .idle: .none
        case .asking(let since): .requested(since: since)
        case .serving(let since): .granted(since: since)
        case .ending(let since): .releasing(since: since)
        case .failed(let reason): .failed(reason)
        }
    }

    /// Takes one event and says what the controller has to be told.
    public mutating func handle(_ event: Event, at now: Instant) -> [Command] {
        switch event {
        case .call(let level, let onward): return call(level, onward, now)
        case .send(let level):
            position = .inside
            isRiding = true
            return order(level, onward: nil, now)
        case .hold(let hold):
            holdDoor = hold
            return isAsking ? request(now) : []
        case .adopt(let isEnding):
            position = .unknown
            isRiding = true
            releasesWhenOut = false
            return isEnding ? endWhenOut(now) : adopt(now)
        case .occupied(let isInside):
            let before = position
            position = isInside ? .inside : .outside
            if !isInside && releasesWhenOut { return end(now) }
            // It was to be given back before a restart, but the robot stands in it: kept until it is out.
            if isInside, releasesWhenOut, case .ending = stage { return adopt(now) }
            // The link may be about to say something that is true of the other position only.
            return position != before && isAsking ? request(now) : []
        case .release:
            switch stage {
            case .idle: return []
            // A failed one may be open at the controller all the same: it ends as any other, when that is confirmed.
            case .failed, .asking, .serving, .ending: return end(now)
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
        case .asking, .serving: true
        case .idle, .ending, .failed: false
        }
    }

    /// A robot in the car is never carried off by a call: the door of the level where the car is ordered to may be opened
    /// again, but no other level is called.
    private mutating func call(_ level: LevelID, _ onward: LevelID?, _ now: Instant) -> [Command] {
        if position.mayBeInside && isRiding && level != self.level { return [] }
        if !position.mayBeInside { isRiding = false }
        return order(level, onward: onward, now)
    }

    private mutating func order(_ level: LevelID, onward: LevelID?, _ now: Instant) -> [Command] {
        self.level = level
        self.onward = onward
        holdDoor = true
        hasCome = false
        releasesWhenOut = false
        switch stage {
        case .serving: stage = .serving(since: now)
        case .idle, .asking, .ending, .failed: stage = .asking(since: now)
        }
        return request(now)
    }

    private mutating func adopt(_ now: Instant) -> [Command] {
        stage = .asking(since: now)
        holdDoor = true
        level = report?.destination
        onward = nil
        return request(now)
    }

    /// Nothing is said before the robot's place is known.
    private mutating func endWhenOut(_ now: Instant) -> [Command] {
        stage = .ending(since: now)
        releasesWhenOut = true
        return []
    }

    private mutating func end(_ now: Instant) -> [Command] {
        releasesWhenOut = position.mayBeInside
        if releasesWhenOut { return [] }
        isRiding = false
        stage = .ending(since: now)
        return giveBack(now)
    }

    private mutating func fail(_ reason: String, _ now: Instant) -> [Command] {
        stage = .failed(reason)
        return giveBack(now)
    }

    /// Ends the session; where somebody else's is the one that this would end, and before the first report, when nobody
    /// knows, no more is asked for.
    private mutating func giveBack(_ now: Instant) -> [Command] {
        if report == nil || isTaken { return [.withdraw(isInside: position.mayBeInside)] }
        lastSent = now
        return [.release(isInside: position.mayBeInside)]
    }

    private mutating func request(_ now: Instant) -> [Command] {
        lastSent = now
        // A pose that puts a riding robot outside may be wrong: it got off when the lift is given back or called anew.
        let isInside = position.mayBeInside || isRiding
        return [.request(level, onward: onward, holdDoor: holdDoor, isInside: isInside)]
    }

    private mutating func judge(_ report: LiftReport, _ now: Instant) -> [Command] {
        var commands: [Command] = []
        if isAsking, level == nil, let destination = report.destination {
            level = destination
            commands = request(now)
        }
        switch stage {
        case .idle, .failed: return dropOrphan(now)
        case .ending(let since):
            // A report from before the release knows nothing of it.
            if !releasesWhenOut, !isOurs, now - since > times.settle { stage = .idle }
            return []
        case .asking:
            // Nobody boards a car that people may close the door of; one who rides takes it as it is.
            if isOurs && (report.mode == .agv || isRiding) {
                stage = .serving(since: now)
                return commands
            }
            return commands + refuse(report, now)
        case .serving:
            switch report.holder {
            case .ours: break
            case .none:
                stage = .asking(since: now)
                return request(now)
            case .other(let name):
                if !isRiding { return fail("taken over by \(name)", now) }
                stage = .asking(since: now)
                return request(now)
            }
            if report.level == level && report.door == .open && report.motion == .stopped { hasCome = true }
            return commands + refuse(report, now)
        }
    }

    /// A session of ours that nobody asked for is given back: a request has got through after all, or the journal is lost.
    private mutating func dropOrphan(_ now: Instant) -> [Command] {
        isOurs && !position.mayBeInside && now - lastSent >= times.repeatRelease ? giveBack(now) : []
    }

    /// Outside the car, a lift in a special mode is given up at once.
    private mutating func refuse(_ report: LiftReport, _ now: Instant) -> [Command] {
        if isRiding || position.mayBeInside { return [] }
        switch report.mode {
        case .fire: return fail("the lift is in fire mode", now)
        case .emergency: return fail("the lift is in emergency mode", now)
        case .offline: return fail("the lift is offline", now)
        case .human, .agv, .unknown: return []
        }
    }

    private mutating func pass(_ now: Instant) -> [Command] {
        let mayFail = !isRiding && !position.mayBeInside
        switch stage {
        case .idle, .failed: return []
        case .asking(let since):
            if mayFail && now - since >= times.liftGrants { return fail(whyNot, now) }
        case .serving(let since):
            if mayFail && !hasCome && now - since >= times.liftComes {
                return fail("the car did not come within \(Int(times.liftComes.inSeconds)) s", now)
            }
        case .ending(let since):
            if releasesWhenOut { return [] }
            if let forget = times.forget, now - since >= forget {
                stage = .idle
                return []
            }
            return now - lastSent >= times.repeatRelease ? giveBack(now) : []
        }
        return now - lastSent >= times.refresh ? request(now) : []
    }

    private var whyNot: String {
        let seconds = Int(times.liftGrants.inSeconds)
        guard let report, !isSilent else { return "its controller has not answered for \(seconds) s" }
        if case .other(let name) = report.holder { return "busy with \(name) for \(seconds) s" }
        switch report.mode {
        case .human: return "in human mode for \(seconds) s"
        case .unknown: return "in a mode that it does not name for \(seconds) s"
        case .agv, .fire, .offline, .emergency: return "not granted within \(seconds) s"
        }
    }
}
