import BoardFile
import Control
import Foundation
import RobotModel
import RobotRuntime
import Testing
import Twin

/// The other reasons to stand, or to speak up: bumper, wheel drive, battery, a slow loop that hangs.
@Suite("A safe stand")
struct SafeStandTests {
    @Test("a bumper stops the robot; free again it stands for three seconds and goes on by itself")
    func bumper() async throws {
        let rig = try Rig()
        #expect(try await rig.driveOff())
        let base = rig.board.base
        let watch = MotionWatch(rig)
        rig.twin.inject(.bumper)
        await rig.run(2)
        #expect(watch.wheelsStoodAfter < base.maxSpeed / (2 * base.maxDeceleration) + 0.3)
        #expect(rig.status.safety.action == "protectiveStop")
        #expect(rig.hasSaid("stopped: bumper hit"))
        rig.twin.clear(.bumper)
        let standing = MotionWatch(rig)
        await rig.run(2.9)
        #expect(standing.wheelsStoodAfter == 0)
        #expect(rig.hasSaid("bumper hit: gone; goes on after standing for 3 s"))
        #expect(await rig.run(3) { $0.truth.twist.linear > 0.4 })
    }

    @Test("a fault of the wheel drive brakes both wheels, waits for a person, and is reset by the same word")
    func wheelFault() async throws {
        let rig = try Rig()
        #expect(try await rig.driveOff())
        let doing = rig.doing
        let watch = MotionWatch(rig)
        rig.twin.inject(.wheelFault)
        await rig.run(1)
        #expect(watch.wheelsStoodAfter < 0.3)
        #expect(rig.status.safety.action == "torqueOff")
        #expect(
            rig.said.contains {
                $0.hasPrefix("wheels: ") && $0.contains("left over-current") && $0.contains("`clear` resets the drive")
            })
        rig.twin.clear(.wheelFault)
        let standing = MotionWatch(rig)
        await rig.run(4)
        #expect(standing.wheelsStoodAfter == 0)
        #expect(rig.status.safety.causes == ["wheel drive fault"])
        let after = MotionWatch(rig)
        #expect(await rig.robot.answer(.clear).isDone)
        #expect(await rig.run(4) { $0.truth.twist.linear > 0.4 })
        #expect(rig.doing == doing)
        #expect(after.greatestSpeedStep < Smooth.speedStep)
    }

    @Test("a battery that does not hold the way and the way home starts no mission, and says how much is missing")
    func tooLittleEnergy() async throws {
        let rig = try Rig(adjust: { $0.stateOfCharge = 0.17 })
        try await rig.startLunch()
        await rig.run(5)
        #expect(rig.truth.distance < 0.01)
        #expect(rig.outbox()?["state"] as? String == "waiting_for_energy")
        #expect(rig.said.contains { $0.contains("mission lunch and the way home take") && $0.contains("are left") })
    }

    @Test("a battery that runs low on the way is said once, and does not stop the robot in a corridor")
    func batteryLow() async throws {
        let rig = try Rig()
        #expect(try await rig.driveOff())
        rig.twin.inject(.batteryLow)
        await rig.run(4)
        #expect(rig.status.safety.action == "warn" || rig.status.safety.action == "slow")
        #expect(rig.said.filter { $0.contains("battery low") && $0.contains("% left") }.count == 1, "\(rig.said)")
        #expect(rig.status.mission?.state == "running")
        #expect(rig.truth.distance > 2)
    }

    @Test("a slow loop that hangs lets the tick bring the robot to a stop on its own, and goes on when it is back")
    func silentDeliberation() async throws {
        let rig = try Rig()
        #expect(try await rig.driveOff())
        let base = rig.board.base
        let watch = MotionWatch(rig)
        rig.robot.stallDeliberation(true)
        await rig.run(3)
        #expect(watch.wheelsStoodAfter < 0.5 + base.maxSpeed / base.maxDeceleration + 0.3)
        #expect(rig.robot.safety.action == .hold)
        #expect(rig.robot.safety.causes == .silentDeliberation)
        rig.robot.stallDeliberation(false)
        #expect(await rig.run(4) { $0.isFree && $0.truth.twist.linear > 0.3 })
        #expect(rig.hasSaid("stopped: deliberation silent"))
        #expect(rig.truth.contacts == 0)
    }
}
