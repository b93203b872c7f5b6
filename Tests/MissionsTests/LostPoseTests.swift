import Missions
import RobotModel
import Testing

@Suite("A robot that does not know where it is")
struct LostPoseTests {
    private static let held = SafetyState(action: .hold, causes: .notLocalized)

    private func lose(_ delivery: Delivery) {
        delivery.world.view.localization = .lost(since: delivery.world.view.now)
        delivery.world.view.safety = Self.held
    }

    private func find(_ delivery: Delivery) {
        delivery.world.view.localization = .tracking(quality: 0.9)
        delivery.world.view.safety = SafetyState()
    }

    private func asks(_ delivery: Delivery) -> [String] {
        delivery.world.said.filter { $0.contains("I do not know where I am") }
    }

    @Test("stands at once, asks once after 20 s with the words to type, and goes on by itself when it is told")
    func onTheWay() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.leg == .toDeliver && $0.memory.progress?.skill == "drive" }
        lose(delivery)
        let before = delivery.world.log.count
        delivery.tick()
        #expect(delivery.world.log[before...].first == .drive(.stand))
        delivery.run(seconds: 15, until: { _ in false })
        #expect(asks(delivery).isEmpty)
        #expect(delivery.executive.status(delivery.world.view).step.contains("lost its place"))
        delivery.run(seconds: 3600, until: { _ in false })
        #expect(asks(delivery).count == 1)
        #expect(asks(delivery).first?.contains("`unlock`, then `pose set desk`") ?? false)
        let status = delivery.executive.status(delivery.world.view)
        #expect(status.state == .running && status.mission == "m1" && status.custody == .robot)
        #expect(status.step.contains("needs help") && status.step.contains("technician"))
        #expect(status.error?.code == .notLocalized)
        #expect(status.error?.hint?.contains("pose set L1 <x> <y> <yaw°>") ?? false)
        #expect(!delivery.world.log[before...].contains { if case .drive(.follow) = $0 { true } else { false } })

        // Put down at home, on this side of the door.
        delivery.world.view.pose = Pose2D(x: 0.5)
        find(delivery)
        delivery.run()
        #expect(delivery.states.last == .completed)
        #expect(delivery.world.said.contains("I know where I am again: on L1"))
    }

    @Test("found again within seconds goes on without asking")
    func briefly() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.leg == .toDeliver && $0.memory.progress?.skill == "drive" }
        lose(delivery)
        delivery.run(seconds: 5, until: { _ in false })
        find(delivery)
        delivery.run()
        #expect(asks(delivery).isEmpty)
        #expect(delivery.states == [.running, .completed])
    }

    @Test("without a mission says once what to type, and begins none until it knows")
    func idle() {
        let delivery = Delivery()
        delivery.run()
        lose(delivery)
        delivery.run(seconds: 5, until: { _ in false })
        delivery.submit(Paper.mission())
        delivery.run(seconds: 600, until: { _ in false })
        #expect(asks(delivery).count == 1)
        #expect(delivery.states.isEmpty)
        #expect(delivery.executive.status(delivery.world.view).error?.code == .notLocalized)
        find(delivery)
        delivery.run()
        #expect(delivery.states == [.running, .completed])
    }

    @Test("after a restart asks although it is held, and takes the mission up when it is told")
    func afterRestart() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.leg == .toDeliver && $0.memory.progress?.skill == "drive" }
        delivery.restart()
        delivery.world.view.localization = .unknown
        delivery.world.view.safety = Self.held
        delivery.run(seconds: 60, until: { _ in false })
        #expect(asks(delivery).count == 1)
        let status = delivery.executive.status(delivery.world.view)
        #expect(status.mission == "m1" && status.state == .running && status.custody == .robot)
        find(delivery)
        delivery.run()
        #expect(delivery.states.last == .completed)
    }

    @Test("in a car with its door shut goes on with the ride: there no map fits, and the ride finds the pose")
    func inTheCar() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.state == "riding" }
        delivery.restart()
        delivery.world.view.localization = .unknown
        delivery.world.view.safety = Self.held
        let before = delivery.world.log.count
        delivery.run(seconds: 5) { $0.world.log[before...].contains(.suspendLocalization(true)) }
        #expect(delivery.world.log[before...].contains(.suspendLocalization(true)))
        // Suspended, it counts as localised; the state changes with the scans on the new level.
        delivery.world.view.safety = SafetyState()
        delivery.run(seconds: 60) { $0.world.log[before...].contains(.suspendLocalization(false)) }
        find(delivery)
        delivery.run()
        #expect(delivery.states.last == .completed)
        #expect(asks(delivery).isEmpty)
    }

    @Test(
        "on arrival with the lift does not wait for ever for scans that agree: it calls for help, and goes on when told"
    )
    func afterTheRide() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.state == "relocalizing" }
        lose(delivery)
        delivery.run(seconds: 150) { $0.executive.status($0.world.view).step.contains("needs help") }
        let error = delivery.executive.status(delivery.world.view).error
        #expect(error?.what.contains("cannot find the pose on L3") ?? false)
        #expect(error?.hint?.contains("pose set L3") ?? false)
        // The car is kept: the robot stands in it.
        delivery.run(seconds: 600, until: { _ in false })
        #expect(delivery.memory.sessions[.lift("lift")] == 77)
        #expect(delivery.memory.ending.isEmpty)
        find(delivery)
        delivery.run()
        #expect(delivery.states.last == .completed)
    }

    @Test("carried away from the box before the meal is taken drives there again")
    func carriedFromTheBox() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.leg == .dock }
        lose(delivery)
        delivery.run(seconds: 5, until: { _ in false })
        delivery.world.view.pose = Pose2D(x: 2)
        find(delivery)
        let before = delivery.world.journal.count
        delivery.run()
        let legs = delivery.world.journal[before...].compactMap {
            if case .progress(let progress) = $0 { progress.leg } else { nil }
        }
        #expect(legs.contains(.toCollect))
        #expect(delivery.states.last == .completed)
    }

    @Test("with nothing on board can be called off without a pose")
    func calledOff() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.run { $0.memory.progress?.leg == .toCollect }
        lose(delivery)
        delivery.run(seconds: 30, until: { _ in false })
        delivery.handle(.cancel("m1"))
        delivery.run(seconds: 1, until: { _ in false })
        #expect(delivery.states == [.running, .cancelling, .cancelled])
    }

    @Test("goes on handing over: that takes no pose, and nobody who comes late waits for one that stays lost")
    func handingOver() {
        let delivery = Delivery(missions: [Paper.mission()])
        delivery.recipientIsThere = false
        delivery.run { $0.memory.progress?.skill == "hand_over" }
        lose(delivery)
        delivery.run(seconds: 10, until: { _ in false })
        delivery.recipientIsThere = true
        delivery.run(seconds: 60) { $0.states.last == .completed }
        #expect(delivery.states.last == .completed)
    }

    @Test("takes no pose while a mission drives by the one it has; paused, lost or without a mission it does")
    func takesPose() {
        let delivery = Delivery(missions: [Paper.mission()])
        #expect(delivery.executive.takesPose)
        delivery.run { $0.memory.progress?.leg == .toDeliver && $0.memory.progress?.skill == "drive" }
        #expect(!delivery.executive.takesPose)
        delivery.handle(.pause)
        #expect(delivery.executive.takesPose)
        delivery.handle(.resume)
        lose(delivery)
        delivery.tick()
        #expect(delivery.executive.takesPose)
    }
}
