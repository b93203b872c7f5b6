import Facilities
import RobotModel
import Testing

@Suite("The facility desk")
struct FacilityDeskTests {
    private var now = Instant.zero + .seconds(100)
    private var desk = FacilityDesk(
        doors: ["entrance": 1, "lobby": 2], lifts: ["lift": .init(number: 1, floors: ["L1": 1, "L3": 3])], session: 40)

    private mutating func step(_ report: RelayReport? = nil) -> [RelayCommand] {
        now += .milliseconds(200)
        return desk.step(report: report.map { Stamped($0, at: now) }, at: now)
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
        _ = step(
            RelayReport(
                doors: [RelayDoorReport(number: 1, mode: .open, session: 40)],
                lifts: [
                    RelayLiftReport(
                        number: 1, floor: 1, destination: 1, motion: .stopped, door: .open, mode: .agv, session: 40)
                ]))
        desk.releaseAll(lifts: ["lift"])
        #expect(step() == [.door(number: 1, session: 0)])
    }

    @Test("reports reach the doors and lifts that they are about")
    mutating func reports() {
        _ = step(
            RelayReport(
                doors: [
                    RelayDoorReport(number: 1, mode: .closed, session: 0),
                    RelayDoorReport(number: 2, mode: .open, session: 7),
                ],
                lifts: [
                    RelayLiftReport(
                        number: 1, floor: 3, destination: 1, motion: .down, door: .closed, mode: .agv, session: 7)
                ]))
        #expect(desk.doors["entrance"]?.mode == .closed)
        #expect(desk.doors["lobby"]?.mode == .open)
        #expect(desk.lifts["lift"]?.currentLevel == "L3")
        #expect(desk.lifts["lift"]?.destination == "L1")
    }

    @Test("a robot's session number is the same at every start and never 0")
    func sessionNumber() {
        #expect(FacilityDesk.session(robot: "dory") == FacilityDesk.session(robot: "dory"))
        for index in 0..<2000 { #expect(FacilityDesk.session(robot: "robot-\(index)") != 0) }
    }
}
