import Missions
import RobotModel
import Testing

/// A meal that goes out of the compartment without the robot's doing, and a lid that opens without it.
@Suite("A meal that is not handed over")
struct LostMealTests {
    private func waiting() -> Delivery {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.recipientIsThere = false
        delivery.run { $0.memory.progress?.state == "waiting" }
        return delivery
    }

    private func expectLost(_ delivery: Delivery) {
        #expect(delivery.states == [.running, .failed])
        #expect(delivery.memory.custody["m1"] == .unknown)
        #expect(!delivery.world.journal.contains(.custody("m1", .recipient)))
        #expect(delivery.world.said.count { $0.contains("the meal is not in my compartment any more") } == 1)
    }

    @Test("and is missed for a second ends the mission; a meal that jolts for less than that does not")
    func vanishes() {
        let delivery = waiting()
        delivery.world.view.inputs.remove(.loaded)
        delivery.run(seconds: 0.7) { _ in false }
        delivery.world.view.inputs.insert(.loaded)
        delivery.run(seconds: 5) { _ in false }
        #expect(delivery.states == [.running])
        delivery.world.view.inputs.remove(.loaded)
        delivery.run()
        expectLost(delivery)
        #expect(delivery.executive.isIdle && delivery.isHome)
    }

    @Test("is not missed while nobody reads the light barrier")
    func staleInputs() {
        let delivery = waiting()
        delivery.world.view.inputs.remove(.loaded)
        delivery.world.view.safety.causes = .staleInputs
        delivery.run(seconds: 20) { _ in false }
        #expect(delivery.states == [.running])
    }

    @Test("and is gone in the lift ends the mission behind the lift, not in it")
    func inTheLift() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.state == "riding" }
        delivery.world.view.inputs.remove(.loaded)
        delivery.run { $0.states.last == .failed }
        expectLost(delivery)
        #expect(delivery.world.view.level == "L3" && delivery.world.view.pose.x < 8)
    }

    @Test("and is gone after a restart at a locked compartment is not the recipient's")
    func afterRestart() {
        let delivery = waiting()
        delivery.world.view.inputs.remove(.loaded)
        delivery.restart()
        delivery.run()
        expectLost(delivery)
    }

    @Test("is offered to nobody by a restart at a lid that sprang open: the lid is shut, and the PIN opens it")
    func lidSpringsOpen() {
        let delivery = waiting()
        delivery.world.view.inputs.insert(.lidOpen)
        delivery.restart()
        delivery.run(seconds: 10) { _ in false }
        #expect(delivery.world.said.contains { $0.contains("my lid is open; please shut it") })
        #expect(!delivery.world.said.contains { $0.contains("please take your meal") })
        delivery.world.view.inputs.remove(.lidOpen)
        delivery.recipientIsThere = true
        delivery.run()
        #expect(delivery.states == [.running, .completed])
        #expect(delivery.world.count { if case .verifyPIN = $0 { true } else { false } } == 1)
    }

    @Test("yet is offered, still is after two restarts, the second while the arm is folded: no PIN is asked for again")
    func restartsWhileOffered() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.world.recipientTakes = false
        delivery.run { $0.memory.progress?.state == "offering" }
        for _ in 1...2 {
            delivery.restart()
            delivery.run(seconds: 5) { $0.executive.status($0.world.view).step.contains("arm") }
            #expect(delivery.memory.progress?.state == "offering")
        }
        delivery.world.recipientTakes = true
        delivery.run()
        #expect(delivery.states == [.running, .completed])
        #expect(delivery.world.count { if case .verifyPIN = $0 { true } else { false } } == 1)
    }
}
