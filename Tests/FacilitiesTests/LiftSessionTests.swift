import Facilities
import RobotModel
import Testing

@Suite("A lift session")
struct LiftSessionTests {
    private var now = Instant.zero + .seconds(100)
    private var session = LiftSession(number: 1, floors: ["L1": 1, "L2": 2, "L3": 3], session: 40)

    private mutating func pass(_ seconds: Double, report: RelayLiftReport? = nil) -> [RelayCommand] {
        var commands: [RelayCommand] = []
        let end = now + .seconds(seconds)
        while now < end {
            now += .milliseconds(200)
            if let report { commands += session.handle(.report(report), at: now) }
            commands += session.handle(.time, at: now)
        }
        return commands
    }

    private func report(
        floor: Int = 1, to destination: Int = 1, motion: LiftMotion = .stopped, door: DoorMode = .closed,
        mode: LiftMode = .agv, holder: UInt16 = 40
    ) -> RelayLiftReport {
        RelayLiftReport(
            number: 1, floor: floor, destination: destination, motion: motion, door: door, mode: mode, session: holder)
    }

    @Test("a call names the floor and holds the door, and is refreshed")
    mutating func calls() {
        #expect(
            session.handle(.call(floor: 1), at: now)
                == [.lift(number: 1, session: 40, floor: 1, holdDoor: true)])
        let commands = pass(7, report: report(door: .open))
        #expect(commands.count == 2)
        #expect(session.state.currentLevel == "L1")
        if case .granted = session.state.session {} else { Issue.record("not granted") }
    }

    @Test("a lift that another robot keeps is given up after 60 s, and its session left alone")
    mutating func busy() {
        _ = session.handle(.call(floor: 1), at: now)
        let commands = pass(61, report: report(holder: 9))
        #expect(session.state.session == .failed("busy with session 9 for 60 s"))
        #expect(!commands.contains { if case .lift(_, 0, _, _) = $0 { true } else { false } })
    }

    @Test("a car that is granted but does not come is given back after 60 s")
    mutating func neverComes() {
        _ = session.handle(.call(floor: 1), at: now)
        let commands = pass(62, report: report(floor: 3, to: 1))
        #expect(session.state.session == .failed("the car did not come within 60 s"))
        #expect(commands.contains { if case .lift(_, 0, _, _) = $0 { true } else { false } })
    }

    @Test("outside, a lift in fire, emergency or offline mode is given up at once")
    mutating func specialModes() {
        for mode in [LiftMode.fire, .emergency, .offline] {
            session = LiftSession(number: 1, floors: ["L1": 1], session: 40)
            _ = session.handle(.call(floor: 1), at: now)
            _ = pass(0.4, report: report(mode: mode))
            if case .failed = session.state.session {} else { Issue.record("\(mode) is not refused") }
        }
    }

    @Test("inside, nothing ends the session: no mode, no loss, no time")
    mutating func inside() {
        _ = session.handle(.call(floor: 1), at: now)
        _ = pass(1, report: report(door: .open))
        _ = session.handle(.send(floor: 3), at: now)
        _ = pass(200, report: report(floor: 2, to: 3, mode: .fire))
        if case .granted = session.state.session {} else { Issue.record("given up in a fire") }
        let commands = pass(100, report: report(floor: 2, to: 3, holder: 9))
        #expect(commands.contains(.lift(number: 1, session: 40, floor: 3, holdDoor: true)))
        #expect(!commands.contains { if case .lift(_, 0, _, _) = $0 { true } else { false } })
        if case .requested = session.state.session {} else { Issue.record("not asked for again") }
    }

    @Test("an adopted session sends the car nowhere else")
    mutating func adopts() {
        #expect(session.handle(.adopt(session: 12), at: now).isEmpty)
        now += .milliseconds(200)
        let first = session.handle(.report(report(floor: 2, to: 3, motion: .up, holder: 12)), at: now)
        #expect(first == [.lift(number: 1, session: 12, floor: 3, holdDoor: true)])
    }

    @Test("a report from before a release does not count as its confirmation")
    mutating func staleReport() {
        _ = session.handle(.call(floor: 1), at: now)
        _ = session.handle(.release, at: now)
        _ = session.handle(.report(report(holder: 0)), at: now)
        if case .releasing = session.state.session {} else { Issue.record("done too early") }
        _ = pass(0.4, report: report(holder: 0))
        #expect(session.state.session == .none)
    }

    @Test("a silent relay box shows as an offline lift")
    mutating func silence() {
        _ = pass(0.4, report: report(door: .open))
        _ = pass(2.6)
        #expect(session.state.mode == .offline)
        #expect(session.state.door == .unknown)
    }
}
