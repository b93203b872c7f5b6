import Facilities
import RobotModel
import Testing

@Suite("A door session")
struct DoorSessionTests {
    private var now = Instant.zero + .seconds(100)
    private var session = DoorSession(number: 3, session: 40)

    private mutating func pass(_ seconds: Double, report: RelayDoorReport? = nil) -> [RelayCommand] {
        var commands: [RelayCommand] = []
        let end = now + .seconds(seconds)
        while now < end {
            now += .milliseconds(200)
            if let report { commands += session.handle(.report(report), at: now) }
            commands += session.handle(.time, at: now)
        }
        return commands
    }

    private func report(_ mode: DoorMode, _ holder: UInt16) -> RelayDoorReport {
        RelayDoorReport(number: 3, mode: mode, session: holder)
    }

    @Test("a request is written at once and again every three seconds while it stands")
    mutating func refreshes() {
        #expect(session.handle(.request, at: now) == [.door(number: 3, session: 40)])
        let commands = pass(10, report: report(.open, 40))
        #expect(commands == [RelayCommand](repeating: .door(number: 3, session: 40), count: 3))
        if case .granted = session.state.session {} else { Issue.record("not granted") }
        #expect(session.state.mode == .open)
    }

    @Test("a door that does not open within 15 s fails with its reason and is given back")
    mutating func doesNotOpen() {
        _ = session.handle(.request, at: now)
        let commands = pass(16, report: report(.closed, 40))
        #expect(commands.last == .door(number: 3, session: 0))
        #expect(session.state.session == .failed("did not open within 15 s"))
    }

    @Test("a door held by another robot is never given back for it")
    mutating func heldByAnother() {
        _ = session.handle(.request, at: now)
        let commands = pass(16, report: report(.open, 41))
        #expect(!commands.contains(.door(number: 3, session: 0)))
        #expect(session.state.session == .failed("held by session 41"))
    }

    @Test("a session that another takes over fails; one that the box dropped is asked for again")
    mutating func lost() {
        _ = session.handle(.request, at: now)
        _ = pass(1, report: report(.open, 40))
        now += .milliseconds(200)
        #expect(session.handle(.report(report(.open, 0)), at: now) == [.door(number: 3, session: 40)])
        _ = pass(1, report: report(.open, 40))
        now += .milliseconds(200)
        #expect(session.handle(.report(report(.open, 9)), at: now).isEmpty)
        #expect(session.state.session == .failed("taken over by session 9"))
    }

    @Test("a release is repeated until the box confirms it, or would have dropped it")
    mutating func releases() {
        _ = session.handle(.request, at: now)
        _ = pass(1, report: report(.open, 40))
        #expect(session.handle(.release, at: now) == [.door(number: 3, session: 0)])
        #expect(pass(3, report: report(.open, 40)).count >= 2)
        _ = pass(0.4, report: report(.open, 0))
        #expect(session.state.session == .none)
        _ = session.handle(.request, at: now)
        _ = session.handle(.release, at: now)
        _ = pass(13)
        #expect(session.state.session == .none)
    }

    @Test("a silent relay box shows as an offline door after two seconds")
    mutating func silence() {
        _ = pass(0.4, report: report(.open, 0))
        _ = pass(1)
        #expect(session.state.mode == .open)
        _ = pass(1.6)
        #expect(session.state.mode == .offline)
    }

    @Test("an adopted session keeps the number that the journal had")
    mutating func adopts() {
        #expect(session.handle(.adopt(session: 12), at: now) == [.door(number: 3, session: 12)])
        _ = pass(1, report: report(.open, 12))
        if case .granted = session.state.session {} else { Issue.record("not granted") }
    }
}
