import DeviceProtocols
import Facilities
import RobotModel
import Testing

@Suite("The facility desk")
struct FacilityDeskTests {
    private var now = Instant.zero + .seconds(100)
    private var desk = FacilityDesk(
        doors: [
            "entrance": .relayBox(RelayDoorLink(number: 1, session: 40)),
            "lobby": .relayBox(RelayDoorLink(number: 2, session: 40)),
        ],
        lifts: ["lift": .relayBox(RelayLiftLink(number: 1, floors: ["L1": 1, "L3": 3], session: 40))], robot: "dory")

    private mutating func step(
        _ report: RelayReport? = nil, whereabouts: RobotWhereabouts? = RobotWhereabouts()
    ) -> [RelayCommand] {
        now += .milliseconds(200)
        let input = FacilityInput(relay: report.map { Stamped($0, at: now) }, whereabouts: whereabouts)
        return desk.step(input, at: now).relay
    }

    private func lift(floor: Int, to destination: Int, door: DoorMode = .closed, session: UInt16) -> RelayLiftReport {
        RelayLiftReport(
            number: 1, floor: floor, destination: destination, motion: .stopped, door: door, mode: .agv,
            session: session)
    }

    @Test("orders become commands with the wiring's numbers at the next step")
    mutating func orders() {
        desk.request(door: "lobby")
        desk.call(lift: "lift", to: "L3")
        #expect(
            step() == [.door(number: 2, session: 40), .lift(number: 1, session: 40, floor: 3, holdDoor: true)])
        #expect(step().isEmpty)
    }

    @Test("what is not wired fails with a reason instead of staying silent")
    mutating func unwired() {
        desk.request(door: "cellar")
        desk.call(lift: "lift", to: "L9")
        _ = step()
        #expect(desk.doors["cellar"]?.session == .failed("door cellar is not wired in the board file"))
        if case .failed = desk.lifts["lift"]?.session {} else { Issue.record("the level is not refused") }
        desk.release(door: "cellar")
        desk.release(lift: "lift")
        _ = step()
        #expect(desk.doors["cellar"] == nil)
        #expect(desk.lifts["lift"]?.session == FacilitySession.none)
    }

    @Test("a shutdown gives back everything but what the robot stands in")
    mutating func shutdown() {
        desk.request(door: "entrance")
        desk.call(lift: "lift", to: "L1")
        let report = RelayReport(
            doors: [RelayDoorReport(number: 1, mode: .open, session: 40)],
            lifts: [lift(floor: 1, to: 1, door: .open, session: 40)])
        _ = step(report)
        desk.releaseAll(lifts: ["lift"])
        #expect(step() == [.door(number: 1, session: 0)])
    }

    @Test("even when it is told to give back everything, what the robot stands in is kept until it is out")
    mutating func keepsWhatItStandsIn() {
        desk.call(lift: "lift", to: "L1")
        let report = RelayReport(lifts: [lift(floor: 1, to: 1, door: .open, session: 40)])
        _ = step(report)
        _ = step(report, whereabouts: RobotWhereabouts(lifts: ["lift"]))
        desk.releaseAll()
        #expect(step(report, whereabouts: nil).isEmpty)
        #expect(
            step(report, whereabouts: RobotWhereabouts())
                == [.lift(number: 1, session: 0, floor: 1, holdDoor: false)])
    }

    @Test("reports reach the doors and lifts that they are about, other robots' sessions by their numbers")
    mutating func reports() {
        desk.request(door: "lobby")
        let report = RelayReport(
            doors: [
                RelayDoorReport(number: 1, mode: .closed, session: 0),
                RelayDoorReport(number: 2, mode: .open, session: 7),
            ], lifts: [lift(floor: 3, to: 1, session: 7)])
        for _ in 0..<80 { _ = step(report) }
        #expect(desk.doors["entrance"]?.mode == .closed)
        #expect(desk.doors["lobby"] == DoorState(mode: .open, session: .failed("held by session 7"), reported: now))
        #expect(desk.lifts["lift"]?.currentLevel == "L3")
        #expect(desk.lifts["lift"]?.destination == "L1")
    }

    @Test("an adopted lift keeps the number that the journal had, and the car goes where it was sent")
    mutating func adopts() {
        desk.adopt(lift: "lift", session: 12)
        #expect(step().isEmpty)
        let report = RelayReport(lifts: [lift(floor: 1, to: 3, session: 12)])
        #expect(step(report) == [.lift(number: 1, session: 12, floor: 3, holdDoor: true)])
        if case .granted = desk.lifts["lift"]?.session {} else { Issue.record("not granted") }
    }

    @Test("a session that was being given back before a restart is given back at the first report")
    mutating func adoptsEnding() {
        desk.adopt(door: "entrance", session: 12, isEnding: true)
        #expect(step().isEmpty)
        now += .seconds(1)
        let report = RelayReport(doors: [RelayDoorReport(number: 1, mode: .open, session: 12)])
        #expect(step(report) == [.door(number: 1, session: 0)])
    }

    @Test("nonsense on a topic is told once in ten minutes, whatever it is")
    mutating func complaints() {
        let topics = RMFTopics()
        let link = RMFLiftLink(
            lift: "Lift1", floors: ["L1": "L1"], topics: topics, session: SessionID(robot: "dory", number: 40))
        desk = FacilityDesk(doors: [:], lifts: ["lift": .rmf(link)], robot: "dory")
        var told: [MessageProblem] = []
        for second in 0..<1201 {
            now += .seconds(1)
            let nonsense = BrokerMessage(topic: topics.liftStates, payload: Array("[\(second)".utf8))
            told += desk.step(FacilityInput(broker: [.message(nonsense), .message(nonsense)]), at: now).complaints
        }
        #expect(told.map(\.topic) == [String](repeating: topics.liftStates, count: 3))
    }

    @Test("it tells how long each controller keeps a session that it hears no more of")
    func forgets() {
        let link = RMFLiftLink(
            lift: "Lift1", floors: ["L1": "L1"], topics: RMFTopics(), session: SessionID(robot: "dory", number: 40))
        let mixed = FacilityDesk(
            doors: ["main": .relayBox(RelayDoorLink(number: 1, session: 40))], lifts: ["lift": .rmf(link)],
            robot: "dory")
        #expect(mixed.forgets(DoorID("main")) == .seconds(12))
        #expect(mixed.forgets(LiftID("lift")) == nil)
    }

    @Test("a robot's session number is the same at every start and never 0")
    func sessionNumber() {
        #expect(SessionID(robot: "dory") == SessionID(robot: "dory"))
        for index in 0..<2000 { #expect(SessionID(robot: "robot-\(index)").number != 0) }
    }
}
