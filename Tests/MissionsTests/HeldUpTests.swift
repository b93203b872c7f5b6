import Missions
import RobotModel
import Testing

@Suite("A robot that is held up")
struct HeldUpTests {
    private static let stopped = SafetyState(action: .torqueOff, causes: .emergencyStop)

    private func delivery(until state: String) -> Delivery {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.state == state && !$0.memory.sessions.isEmpty }
        return delivery
    }

    private static let waits: [(state: String, facility: Facility)] = [
        ("opening", .door("plain")), ("calling", .lift("lift")),
    ]

    @Test("an hour before a door or lift keeps it for half a minute and not longer, and asks again", arguments: waits)
    func emergencyStop(state: String, facility: Facility) {
        let delivery = delivery(until: state)
        #expect(delivery.memory.sessions[facility] == 77)
        delivery.world.view.safety = Self.stopped
        delivery.run(seconds: 25, until: { _ in false })
        #expect(delivery.memory.sessions[facility] == 77 && delivery.memory.ending.isEmpty)
        delivery.run(seconds: 3600, until: { _ in false })
        #expect(delivery.memory.sessions.isEmpty)
        let before = delivery.world.log.count
        delivery.world.view.safety = SafetyState()
        delivery.run()
        let again = delivery.world.log[before...].contains {
            switch ($0, facility) {
            case (.requestDoor(let id), .door(let door)): id == door
            case (.callLift(let id, _), .lift(let lift)): id == lift
            default: false
            }
        }
        #expect(again)
        #expect(delivery.states == [.running, .completed])
    }

    @Test("a pause and a call for help keep no lift either; resumed, the robot calls it again", arguments: waits)
    func paused(state: String, facility: Facility) {
        let delivery = delivery(until: state)
        delivery.handle(.pause)
        delivery.run(seconds: 25, until: { _ in false })
        #expect(delivery.memory.sessions[facility] == 77)
        delivery.run(seconds: 600, until: { _ in false })
        #expect(delivery.memory.sessions.isEmpty)
        delivery.handle(.resume)
        delivery.run()
        #expect(delivery.states == [.running, .paused, .running, .completed])
    }

    @Test(
        "in the car and between the posts the session stays, however long it takes", arguments: ["riding", "crossing"])
    func inside(state: String) {
        let delivery = delivery(until: state)
        let sessions = delivery.memory.sessions
        if state == "crossing" { delivery.world.view.pose = Pose2D(x: 5) }
        delivery.world.isBlocked = true
        delivery.world.view.safety = Self.stopped
        delivery.run(seconds: 3600, until: { _ in false })
        #expect(delivery.memory.sessions == sessions)
        #expect(delivery.memory.ending.isEmpty)
        delivery.world.isBlocked = false
        delivery.world.view.safety = SafetyState()
        delivery.run()
        #expect(delivery.states.last == .completed)
    }

    @Test("a journal that cannot be written for long keeps no lift; the mission goes on when it can")
    func storage() {
        let delivery = delivery(until: "calling")
        delivery.world.journalFails = true
        delivery.world.liftComes = false
        delivery.run(seconds: 600) { $0.executive.status($0.world.view).error?.code == .storage }
        #expect(delivery.executive.status(delivery.world.view).error?.code == .storage)
        let before = delivery.world.log.count
        delivery.run(seconds: 120, until: { _ in false })
        #expect(delivery.world.log[before...].filter { $0 == .releaseLift("lift") }.count <= 1)
        #expect(delivery.world.log.contains(.releaseLift("lift")))
        delivery.world.journalFails = false
        delivery.world.liftComes = true
        delivery.run()
        #expect(delivery.states.last == .completed)
        #expect(delivery.memory.sessions.isEmpty)
    }

    @Test("something that stands in the field in a doorway does not stop the time: the robot calls for help in the end")
    func fieldInTheDoorway() {
        let delivery = delivery(until: "crossing")
        delivery.world.view.safety = SafetyState(action: .protectiveStop, causes: .protectiveField)
        delivery.world.isBlocked = true
        delivery.run(seconds: 900) { $0.executive.status($0.world.view).step.contains("needs help") }
        let status = delivery.executive.status(delivery.world.view)
        #expect(status.error?.hint?.contains("clear the doorway") ?? false, "\(status.step)")
    }

    @Test("a pause that comes while it is held up is kept when the stop is cleared")
    func pausedWhileHeld() {
        let delivery = delivery(until: "calling")
        delivery.world.view.safety = Self.stopped
        delivery.run(seconds: 60, until: { _ in false })
        delivery.handle(.pause)
        delivery.world.view.safety = SafetyState()
        let before = delivery.world.log.count
        delivery.run(seconds: 60, until: { _ in false })
        #expect(!delivery.world.log[before...].contains { if case .callLift = $0 { true } else { false } })
        delivery.handle(.resume)
        delivery.run()
        #expect(delivery.states.last == .completed)
    }
}
