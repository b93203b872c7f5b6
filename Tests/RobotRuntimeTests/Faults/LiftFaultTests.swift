import Control
import RobotModel
import RobotRuntime
import Testing
import Twin

/// Lifts that do not do as they are told. The robot is always on its way from the hall of L1 up to L3.
@Suite("A lift", .serialized)
struct LiftFaultTests {
    /// Every level on which the robot was seen outside the car.
    private final class Levels: @unchecked Sendable {
        private(set) var outside: Set<LevelID> = []

        init(_ rig: Rig) {
            rig.watch = { [self] rig in
                if !rig.isInCar { outside.insert(rig.truth.level) }
            }
        }
    }

    private func expectArrival(_ rig: Rig, _ levels: Levels, within limit: Double) async {
        let isHome = await rig.run(limit) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.level == "L3")
        #expect(levels.outside == ["L1", "L3"])
        #expect(rig.truth.contacts == 0, "\(rig.truth.lastContact ?? "")")
    }

    @Test("that never comes is called again after a minute; the robot says so, and rides when it comes")
    func neverComes() async throws {
        let rig = try Rig(.lift)
        let levels = Levels(rig)
        rig.twin.inject(.liftStuck("lift_1"))
        let hasSaid = await rig.run(80) { $0.hasSaid("the car did not come within 60 s; trying again") }
        #expect(hasSaid, "\(rig.said)")
        #expect(rig.isStanding && !rig.isInCar)
        rig.twin.clear(.liftStuck("lift_1"))
        await expectArrival(rig, levels, within: 80)
    }

    @Test("that goes to the wrong level is sent again; the robot stays in and gets out on the right level only")
    func wrongLevel() async throws {
        let rig = try Rig(.lift)
        let levels = Levels(rig)
        await rig.run(60) { $0.doing.contains("leaving the level") }
        rig.twin.inject(.liftWrongLevel("lift_1"))
        let hasSaid = await rig.run(120) { $0.hasSaid("it stopped at L2, to L3") }
        #expect(hasSaid, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.level == "L2" && rig.isInCar && rig.isStanding)
        rig.twin.clear(.liftWrongLevel("lift_1"))
        await expectArrival(rig, levels, within: 80)
    }

    @Test("that stops on the way for somebody else keeps the robot in")
    func intermediateStop() async throws {
        let rig = try Rig(.lift) {
            $0.facilities.intermediateStop = IntermediateStop(lift: "lift_1", floor: 2, seconds: 8)
            $0.facilities.liftFloors = ["lift_1": 1]
        }
        let levels = Levels(rig)
        let stops = await rig.run(60) { rig in
            rig.isInCar && rig.status.lifts.contains { $0.level == "L2" && $0.door == "open" && $0.motion == "stopped" }
        }
        #expect(stops)
        await expectArrival(rig, levels, within: 80)
    }

    @Test("in fire mode before boarding is not entered; the robot says so, and rides when it is back in service")
    func fireBefore() async throws {
        let rig = try Rig(.lift)
        let levels = Levels(rig)
        rig.twin.inject(.liftFire("lift_1"))
        let hasSaid = await rig.run(20) { $0.hasSaid("closed lift 'lift_1'") || $0.hasSaid("the lift is in fire mode") }
        #expect(hasSaid, "\(rig.said)")
        #expect(!rig.isInCar && rig.isStanding)
        rig.twin.clear(.liftFire("lift_1"))
        await expectArrival(rig, levels, within: 100)
    }

    @Test("recalled by a fire while it carries the robot lets it out where it stops; the robot rides again afterwards")
    func fireWhileRiding() async throws {
        let rig = try Rig(.lift)
        let levels = Levels(rig)
        await rig.run(60) { $0.doing.contains("riding") && $0.truth.level == "L1" }
        await rig.run(2)
        rig.twin.inject(.liftFire("lift_1"))
        let isOut = await rig.run(60) { !$0.isInCar && $0.isStanding }
        #expect(isOut, "\(rig.doing) \(rig.said)")
        #expect(rig.hasSaid("the lift has been recalled"))
        #expect(levels.outside == ["L1"])
        rig.twin.clear(.liftFire("lift_1"))
        await expectArrival(rig, levels, within: 120)
    }

    @Test("that is offline is waited for, before boarding and with the robot in it", arguments: [false, true])
    func offline(isRiding: Bool) async throws {
        let rig = try Rig(.lift)
        let levels = Levels(rig)
        if isRiding {
            await rig.run(60) { $0.doing.contains("riding") && $0.truth.level == "L1" }
            await rig.run(2)
        }
        rig.twin.inject(.liftOffline("lift_1"))
        await rig.run(15)
        #expect(rig.isInCar == isRiding && rig.isStanding)
        #expect(rig.status.lifts.first?.mode == "offline")
        if !isRiding {
            #expect(rig.hasSaid("closed lift 'lift_1'") || rig.hasSaid("the lift is offline"), "\(rig.said)")
        }
        rig.twin.clear(.liftOffline("lift_1"))
        await expectArrival(rig, levels, within: 100)
    }
}
