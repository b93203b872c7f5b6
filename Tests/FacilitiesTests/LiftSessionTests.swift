import Facilities
import RobotModel
import Testing

@Suite("A lift session")
struct LiftSessionTests {
    private var now = Instant.zero + .seconds(100)
    private var session = LiftSession()

    init() { _ = session.handle(.occupied(false), at: now) }

    private mutating func pass(_ seconds: Double, report: LiftReport? = nil) -> [LiftSession.Command] {
        var commands: [LiftSession.Command] = []
        let end = now + .seconds(seconds)
        while now < end {
            now += .milliseconds(200)
            if let report { commands += session.handle(.report(report), at: now) }
            commands += session.handle(.time, at: now)
        }
        return commands
    }

    private func report(
        at level: LevelID = "L1", to destination: LevelID? = "L1", motion: LiftMotion = .stopped,
        door: DoorMode = .closed, mode: LiftMode = .agv, holder: FacilityHolder = .ours
    ) -> LiftReport {
        LiftReport(level: level, destination: destination, motion: motion, door: door, mode: mode, holder: holder)
    }

    private var isGranted: Bool { if case .granted = session.state.session { true } else { false } }
    private var isRequested: Bool { if case .requested = session.state.session { true } else { false } }
    private var isReleasing: Bool { if case .releasing = session.state.session { true } else { false } }

    private func releases(_ commands: [LiftSession.Command]) -> Bool {
        commands.contains { if case .release = $0 { true } else { false } }
    }

    private mutating func call(_ level: LevelID = "L1") -> [LiftSession.Command] {
        session.handle(.call(level, onward: "L3"), at: now)
    }

    /// Called to L1, boarded, and sent to L3.
    private mutating func ride() {
        _ = call()
        _ = pass(1, report: report(door: .open))
        _ = session.handle(.occupied(true), at: now)
        _ = session.handle(.send("L3"), at: now)
    }

    @Test("a call names the level and where the ride goes, holds the door, and is refreshed")
    mutating func calls() {
        #expect(call() == [.request("L1", onward: "L3", holdDoor: true, isInside: false)])
        let commands = pass(7, report: report(door: .open))
        #expect(commands.count == 2)
        #expect(session.state.currentLevel == "L1")
        #expect(isGranted)
    }

    @Test("a lift that another robot keeps is given up after 60 s, and its session left alone")
    mutating func busy() {
        _ = call()
        let commands = pass(61, report: report(holder: .other("session 9")))
        #expect(session.state.session == .failed("busy with session 9 for 60 s"))
        #expect(!releases(commands))
        #expect(commands.last == .withdraw(isInside: false))
    }

    @Test("a request is taken back where another has the lift, and before it is known who has it")
    mutating func withdraws() {
        _ = call()
        #expect(session.handle(.release, at: now) == [.withdraw(isInside: false)])
        _ = call()
        _ = pass(1, report: report(holder: .other("session 9")))
        #expect(session.handle(.release, at: now) == [.withdraw(isInside: false)])
        _ = pass(0.4, report: report(holder: .other("session 9")))
        #expect(session.state.session == .none)
    }

    @Test("a failed session ends only when the controller has confirmed it")
    mutating func failedEnds() {
        _ = call()
        _ = pass(62, report: report(at: "L3", to: "L1"))
        #expect(session.handle(.release, at: now) == [.release(isInside: false)])
        _ = pass(3, report: report(at: "L3", to: "L1"))
        #expect(isReleasing)
        _ = pass(0.4, report: report(holder: .none))
        #expect(session.state.session == .none)
    }

    @Test("a session that was being given back before a restart is given back when the robot is known to be out")
    mutating func adoptsEnding() {
        #expect(session.handle(.adopt(isEnding: true), at: now).isEmpty)
        #expect(call("L1").isEmpty)
        #expect(pass(30, report: report(at: "L2", to: "L3")).isEmpty)
        #expect(session.handle(.occupied(false), at: now) == [.release(isInside: false)])
        #expect(isReleasing)
    }

    @Test("a session that was being given back before a restart is kept where the robot is in the car after all")
    mutating func adoptsEndingInside() {
        _ = session.handle(.adopt(isEnding: true), at: now)
        _ = pass(1, report: report(at: "L2", to: "L3"))
        let kept = LiftSession.Command.request("L3", onward: nil, holdDoor: true, isInside: true)
        #expect(session.handle(.occupied(true), at: now) == [kept])
        let commands = pass(20, report: report(at: "L2", to: "L3"))
        #expect(!commands.isEmpty && commands.allSatisfy { $0 == kept })
        #expect(session.handle(.occupied(false), at: now) == [.release(isInside: false)])
    }

    @Test("a lift that is ours but stays in human mode is not boarded, and given back after 60 s")
    mutating func humanMode() {
        _ = call()
        _ = pass(30, report: report(door: .open, mode: .human))
        #expect(isRequested)
        #expect(releases(pass(31, report: report(door: .open, mode: .human))))
        #expect(session.state.session == .failed("in human mode for 60 s"))
    }

    @Test("a car that is granted but does not come is given back after 60 s")
    mutating func neverComes() {
        _ = call()
        let commands = pass(62, report: report(at: "L3", to: "L1"))
        #expect(session.state.session == .failed("the car did not come within 60 s"))
        #expect(releases(commands))
    }

    @Test(
        "outside, a lift in fire, emergency or offline mode is given up at once",
        arguments: [LiftMode.fire, .emergency, .offline])
    mutating func specialModes(mode: LiftMode) {
        _ = call()
        let commands = pass(0.4, report: report(mode: mode))
        #expect(commands == [.release(isInside: false)])
        if case .failed = session.state.session {} else { Issue.record("\(mode) is not refused") }
    }

    @Test(
        "half in the car, a lift in fire, emergency or offline mode is not given up",
        arguments: [LiftMode.fire, .emergency, .offline])
    mutating func specialModesWhileBoarding(mode: LiftMode) {
        _ = call()
        _ = pass(1, report: report(door: .open))
        _ = session.handle(.occupied(true), at: now)
        #expect(!releases(pass(120, report: report(door: .open, mode: mode))))
        #expect(isGranted)
    }

    @Test("inside, nothing ends the session: no mode, no loss, no time, no silence")
    mutating func inside() {
        ride()
        _ = pass(200, report: report(at: "L2", to: "L3", mode: .fire))
        #expect(isGranted)
        let commands = pass(100, report: report(at: "L2", to: "L3", holder: .other("session 9"))) + pass(300)
        #expect(commands.contains(.request("L3", onward: nil, holdDoor: true, isInside: true)))
        #expect(!releases(commands))
        #expect(isRequested)
    }

    @Test("a pose that puts a riding robot outside does not make it say so before it gives the lift back")
    mutating func wrongPoseWhileRiding() {
        ride()
        let kept = LiftSession.Command.request("L3", onward: nil, holdDoor: true, isInside: true)
        #expect(session.handle(.occupied(false), at: now) == [kept])
        #expect(pass(20, report: report(at: "L2", to: "L3", motion: .up)).allSatisfy { $0 == kept })
        #expect(session.handle(.release, at: now) == [.release(isInside: false)])
    }

    @Test("a call from inside never brings the car back to the boarding level")
    mutating func noSummonsWhileRiding() {
        ride()
        #expect(call("L1").isEmpty)
        let commands = pass(20, report: report(at: "L2", to: "L3", motion: .up))
        #expect(commands.allSatisfy { $0 == .request("L3", onward: nil, holdDoor: true, isInside: true) })
    }

    @Test("while boarding, a call to the same level opens the door again")
    mutating func reopens() {
        _ = call()
        _ = pass(1, report: report(door: .open))
        _ = session.handle(.occupied(true), at: now)
        #expect(call("L1") == [.request("L1", onward: "L3", holdDoor: true, isInside: true)])
    }

    @Test("a release inside waits until the robot is out, and the session is kept alive meanwhile")
    mutating func releaseInside() {
        ride()
        #expect(session.handle(.release, at: now).isEmpty)
        let commands = pass(20, report: report(at: "L3", to: "L3", door: .open))
        #expect(!releases(commands))
        #expect(isGranted)
        #expect(session.handle(.occupied(false), at: now) == [.release(isInside: false)])
        #expect(isReleasing)
    }

    @Test("an adopted session sends the car nowhere else, and is released only when the robot is known to be out")
    mutating func adopts() {
        #expect(
            session.handle(.adopt(isEnding: false), at: now)
                == [.request(nil, onward: nil, holdDoor: true, isInside: true)])
        now += .milliseconds(200)
        let first = session.handle(.report(report(at: "L2", to: "L3", motion: .up)), at: now)
        #expect(first == [.request("L3", onward: nil, holdDoor: true, isInside: true)])
        #expect(call("L1").isEmpty)
        #expect(session.handle(.release, at: now).isEmpty)
        #expect(session.handle(.occupied(false), at: now) == [.release(isInside: false)])
    }

    @Test("an adopted session of a robot that turns out to be outside can be called elsewhere")
    mutating func adoptedOutside() {
        _ = session.handle(.adopt(isEnding: false), at: now)
        _ = pass(1, report: report(at: "L2", to: "L3"))
        #expect(
            session.handle(.occupied(false), at: now)
                == [.request("L3", onward: nil, holdDoor: true, isInside: true)])
        #expect(call("L1") == [.request("L1", onward: "L3", holdDoor: true, isInside: false)])
    }

    @Test("a session of ours that nobody asked for is given back, but not before the robot's place is known")
    mutating func orphan() {
        session = LiftSession()
        #expect(pass(5, report: report()).isEmpty)
        _ = session.handle(.occupied(false), at: now)
        #expect(releases(pass(2, report: report())))
    }

    @Test("a request that got through only after the session had failed is given back")
    mutating func lateGrant() {
        _ = call()
        _ = pass(70)
        #expect(session.state.session == .failed("its controller has not answered for 60 s"))
        #expect(releases(pass(1, report: report())))
    }

    @Test("a report from before a release does not count as its confirmation")
    mutating func staleReport() {
        _ = call()
        _ = session.handle(.release, at: now)
        _ = session.handle(.report(report(holder: .none)), at: now)
        #expect(isReleasing)
        _ = pass(0.4, report: report(holder: .none))
        #expect(session.state.session == .none)
    }

    @Test("a silent controller shows as an offline lift")
    mutating func silence() {
        _ = pass(0.4, report: report(door: .open))
        _ = pass(2.6)
        #expect(session.state.mode == .offline)
        #expect(session.state.door == .unknown)
    }

    @Test("two sessions that differ by a shift of time, or by ages beyond every deadline, are equal after rebasing")
    mutating func rebased() {
        func lived(from start: Instant, idleFor pause: Duration) -> (LiftSession, Instant) {
            var session = LiftSession()
            _ = session.handle(.report(report(holder: .none)), at: start)
            let asked = start + pause
            _ = session.handle(.call("L1", onward: nil), at: asked)
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
