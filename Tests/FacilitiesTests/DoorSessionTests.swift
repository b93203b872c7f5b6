import Facilities
import RobotModel
import Testing

@Suite("A door session")
struct DoorSessionTests {
    private var now = Instant.zero + .seconds(100)
    private var session = DoorSession()

    init() { _ = session.handle(.occupied(false), at: now) }

    private mutating func pass(_ seconds: Double, report: DoorReport? = nil) -> [DoorSession.Command] {
        var commands: [DoorSession.Command] = []
        let end = now + .seconds(seconds)
        while now < end {
            now += .milliseconds(200)
            if let report { commands += session.handle(.report(report), at: now) }
            commands += session.handle(.time, at: now)
        }
        return commands
    }

    private var isGranted: Bool { if case .granted = session.state.session { true } else { false } }

    private func report(_ mode: DoorMode, _ holder: FacilityHolder) -> DoorReport {
        DoorReport(mode: mode, holder: holder)
    }

    @Test("a request is said at once and again every three seconds while it stands")
    mutating func refreshes() {
        #expect(session.handle(.request, at: now) == [.request])
        let commands = pass(10, report: report(.open, .ours))
        #expect(commands == [DoorSession.Command](repeating: .request, count: 3))
        #expect(isGranted)
        #expect(session.state.mode == .open)
    }

    @Test("a door that does not open within 15 s fails with its reason and is given back")
    mutating func doesNotOpen() {
        _ = session.handle(.request, at: now)
        let commands = pass(15, report: report(.closed, .ours))
        #expect(commands.last == .release)
        #expect(session.state.session == .failed("did not open within 15 s"))
    }

    @Test("a door held by another robot is never given back for it")
    mutating func heldByAnother() {
        _ = session.handle(.request, at: now)
        let commands = pass(16, report: report(.open, .other("session 41")))
        #expect(!commands.contains(.release))
        #expect(commands.last == .withdraw)
        #expect(session.state.session == .failed("held by session 41"))
    }

    @Test("a request is taken back where another has the door, and before it is known who has it")
    mutating func withdraws() {
        _ = session.handle(.request, at: now)
        #expect(session.handle(.release, at: now) == [.withdraw])
        _ = session.handle(.request, at: now)
        _ = pass(1, report: report(.open, .other("session 9")))
        #expect(session.handle(.release, at: now) == [.withdraw])
        _ = pass(0.4, report: report(.open, .other("session 9")))
        #expect(session.state.session == .none)
    }

    @Test("a failed session ends only when the controller has confirmed it")
    mutating func failedEnds() {
        _ = session.handle(.request, at: now)
        _ = pass(16, report: report(.closed, .ours))
        #expect(session.handle(.release, at: now) == [.release])
        _ = pass(3, report: report(.closed, .ours))
        if case .releasing = session.state.session {} else { Issue.record("forgotten while it is ours") }
        _ = pass(0.4, report: report(.closed, .none))
        #expect(session.state.session == .none)
    }

    @Test("a session that another takes over fails; one that was dropped is asked for again")
    mutating func lost() {
        _ = session.handle(.request, at: now)
        _ = pass(1, report: report(.open, .ours))
        now += .milliseconds(200)
        #expect(session.handle(.report(report(.open, .none)), at: now) == [.request])
        _ = pass(1, report: report(.open, .ours))
        now += .milliseconds(200)
        #expect(session.handle(.report(report(.open, .other("session 9"))), at: now) == [.withdraw])
        #expect(session.state.session == .failed("taken over by session 9"))
    }

    @Test("a release is repeated until it is confirmed, or the controller would have dropped the session")
    mutating func releases() {
        _ = session.handle(.request, at: now)
        _ = pass(1, report: report(.open, .ours))
        #expect(session.handle(.release, at: now) == [.release])
        #expect(pass(3, report: report(.open, .ours)).count >= 2)
        _ = pass(0.4, report: report(.open, .none))
        #expect(session.state.session == .none)
        _ = session.handle(.request, at: now)
        _ = session.handle(.release, at: now)
        _ = pass(13)
        #expect(session.state.session == .none)
    }

    @Test("where only a confirmation ends a session, a release is repeated for as long as it takes")
    mutating func neverForgets() {
        var times = SessionTimes()
        times.forget = nil
        session = DoorSession(times: times)
        _ = session.handle(.occupied(false), at: now)
        _ = session.handle(.request, at: now)
        _ = pass(1, report: report(.open, .ours))
        _ = session.handle(.release, at: now)
        #expect(pass(600).count > 500)
        #expect(pass(1, report: report(.closed, .none)).isEmpty)
        #expect(session.state.session == .none)
    }

    @Test("between the posts a release waits until the robot is out, and the session is kept alive meanwhile")
    mutating func releaseInside() {
        _ = session.handle(.request, at: now)
        _ = pass(1, report: report(.open, .ours))
        _ = session.handle(.occupied(true), at: now)
        #expect(session.handle(.release, at: now).isEmpty)
        #expect(pass(20, report: report(.open, .ours)) == [DoorSession.Command](repeating: .request, count: 7))
        #expect(session.handle(.occupied(false), at: now) == [.release])
    }

    @Test("between the posts no deadline and no other robot ends the session")
    mutating func inside() {
        _ = session.handle(.request, at: now)
        _ = session.handle(.occupied(true), at: now)
        _ = pass(60, report: report(.moving, .ours))
        #expect(isGranted)
        _ = pass(1, report: report(.open, .ours))
        let commands = pass(60, report: report(.open, .other("session 9")))
        #expect(commands.contains(.request))
        #expect(!commands.contains(.release))
    }

    @Test("a session of ours that nobody asked for is given back, but not before the robot's place is known")
    mutating func orphan() {
        session = DoorSession()
        #expect(pass(5, report: report(.open, .ours)).isEmpty)
        _ = session.handle(.occupied(false), at: now)
        #expect(pass(2.4, report: report(.open, .ours)) == [.release, .release, .release])
    }

    @Test("a silent controller shows as an offline door after two seconds")
    mutating func silence() {
        _ = pass(0.4, report: report(.open, .none))
        _ = pass(1)
        #expect(session.state.mode == .open)
        _ = pass(1.6)
        #expect(session.state.mode == .offline)
    }

    @Test("an adopted session is asked for, and released only when the robot is known to be out")
    mutating func adopts() {
        #expect(session.handle(.adopt(isEnding: false), at: now) == [.request])
        _ = pass(1, report: report(.open, .ours))
        #expect(isGranted)
        #expect(session.handle(.release, at: now).isEmpty)
        #expect(session.handle(.occupied(false), at: now) == [.release])
    }

    @Test("a session that was being given back before a restart is given back when the robot is known to be out")
    mutating func adoptsEnding() {
        #expect(session.handle(.adopt(isEnding: true), at: now).isEmpty)
        #expect(pass(30, report: report(.open, .ours)).isEmpty)
        #expect(session.handle(.occupied(false), at: now) == [.release])
        #expect(pass(2.4, report: report(.open, .ours)) == [.release, .release])
    }

    @Test("a session that was being given back before a restart is kept where the robot stands in the door after all")
    mutating func adoptsEndingInside() {
        _ = session.handle(.adopt(isEnding: true), at: now)
        _ = pass(1, report: report(.open, .ours))
        #expect(session.handle(.occupied(true), at: now) == [.request])
        #expect(pass(20, report: report(.open, .ours)) == [DoorSession.Command](repeating: .request, count: 6))
        #expect(session.handle(.occupied(false), at: now) == [.release])
    }

    @Test("two sessions that differ by a shift of time, or by ages beyond every deadline, are equal after rebasing")
    mutating func rebased() {
        func lived(from start: Instant, idleFor pause: Duration) -> (DoorSession, Instant) {
            var session = DoorSession()
            _ = session.handle(.report(DoorReport(mode: .closed)), at: start)
            let asked = start + pause
            _ = session.handle(.request, at: asked)
            _ = session.handle(.time, at: asked + .seconds(4))
            return (session, asked + .seconds(4))
        }
        let (first, firstNow) = lived(from: now, idleFor: .seconds(100))
        let (second, secondNow) = lived(from: now + .seconds(77), idleFor: .seconds(300))
        #expect(first != second)
        #expect(first.rebased(to: firstNow) == second.rebased(to: secondNow))
        #expect(first.rebased(to: firstNow).hashValue == second.rebased(to: secondNow).hashValue)
        #expect(first.rebased(to: firstNow) != first.rebased(to: firstNow + .seconds(1)))
    }
}
