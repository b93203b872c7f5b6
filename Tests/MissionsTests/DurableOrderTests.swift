import Missions
import RobotModel
import Testing

/// Orders that are durable before they are acknowledged: a power cut right afterwards must not forget them.
@Suite("An order")
struct DurableOrderTests {
    private func onTheWay(_ leg: MissionLeg = .toDeliver) -> Delivery {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.leg == leg && $0.memory.progress?.skill == "drive" }
        return delivery
    }

    private func isOutward(_ delivery: Delivery, from before: Int) -> Bool {
        delivery.world.journal[before...].contains {
            if case .progress(let progress) = $0 { progress.leg == .handOver } else { false }
        }
    }

    @Test("to cancel is in the journal before anything else is done about it, and in the status")
    func cancelIsJournalled() {
        let delivery = onTheWay()
        let actions = delivery.executive.handle(.cancel("m1"), delivery.world.view)
        guard case .journal(.state("m1", .cancelling, let error)) = actions.first(where: { !$0.isStop }) else {
            Issue.record("\(actions)")
            return
        }
        #expect(error?.code == .cancelled)
        let status = actions.compactMap { if case .status(let status) = $0 { status } else { nil } }.last
        #expect(status?.state == .cancelling && status?.mission == "m1")
    }

    @Test("to cancel outlives a power cut right after it: the meal goes back, and nobody gets it")
    func cancelThenKill() {
        let delivery = onTheWay()
        delivery.handle(.cancel("m1"))
        delivery.restart()
        let before = delivery.world.journal.count
        delivery.types = "482913#"
        delivery.run()
        #expect(delivery.states == [.running, .cancelling, .cancelled])
        #expect(delivery.world.journal.contains(.custody("m1", .sender)))
        #expect(!isOutward(delivery, from: before))
    }

    @Test("to cancel before the meal is on board outlives a power cut, too")
    func cancelEarlyThenKill() {
        let delivery = onTheWay(.toCollect)
        delivery.handle(.cancel("m1"))
        delivery.restart()
        delivery.run()
        #expect(delivery.states == [.running, .cancelling, .cancelled])
        #expect(delivery.world.hasMeal && !delivery.world.view.inputs.contains(.loaded))
    }

    @Test("to cancel a paused mission lets it stay paused over a restart, and be brought back when resumed")
    func cancelPaused() {
        for resumesFirst in [false, true] {
            let delivery = onTheWay()
            delivery.handle(.pause)
            delivery.handle(.cancel("m1"))
            delivery.types = "482913#"
            if !resumesFirst {
                delivery.restart()
                let before = delivery.world.log.count
                delivery.run(seconds: 60, until: { _ in false })
                #expect(
                    !delivery.world.log[before...].contains { if case .drive(.follow) = $0 { true } else { false } })
            }
            delivery.handle(.resume)
            if resumesFirst { delivery.restart() }
            delivery.run()
            #expect(delivery.states.last == .cancelled, "\(delivery.states)")
            #expect(delivery.world.journal.contains(.custody("m1", .sender)))
        }
    }

    @Test("to cancel or to pause reaches a mission that a restart has interrupted and that is not taken up yet")
    func whileRecovering() {
        let delivery = onTheWay()
        delivery.restart()
        delivery.tick()
        #expect(delivery.executive.knows("m1"))
        delivery.handle(.pause)
        delivery.run(seconds: 60, until: { _ in false })
        #expect(delivery.states.last == .paused)
        #expect(delivery.executive.status(delivery.world.view).step.contains("paused before"))
        delivery.handle(.cancel("m1"))
        delivery.restart()
        delivery.run(seconds: 5, until: { _ in false })
        delivery.handle(.resume)
        delivery.types = "482913#"
        delivery.run()
        #expect(delivery.states.last == .cancelled, "\(delivery.states)")
    }

    @Test("to resume outlives a power cut, before a restart and after it")
    func resumeThenKill() {
        let delivery = onTheWay()
        delivery.handle(.pause)
        delivery.restart()
        delivery.run(seconds: 5, until: { _ in false })
        delivery.handle(.resume)
        #expect(delivery.memory.states["m1"] == .running)
        delivery.restart()
        delivery.run()
        #expect(delivery.states.last == .completed)
    }

    @Test("that comes while the journal cannot be written is not lost, nor is what was waiting for it")
    func storage() {
        let delivery = onTheWay()
        delivery.world.journalFails = true
        delivery.run(seconds: 60) { $0.executive.status($0.world.view).error?.code == .storage }
        delivery.handle(.cancel("m1"))
        delivery.run(seconds: 5, until: { _ in false })
        delivery.world.journalFails = false
        delivery.types = "482913#"
        delivery.run()
        #expect(delivery.states == [.running, .cancelling, .cancelled])
        #expect(delivery.memory.sessions.isEmpty)
    }
}
