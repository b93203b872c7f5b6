import BoardFile
import Control
import RobotModel
import RobotRuntime
import Testing
import Twin

/// A servo that has protected itself: the robot waits for a person who looks at the arm.
@Suite("A servo in hardware alert")
struct ServoAlertTests {
    /// How a technician clears it.
    enum Way: CaseIterable {
        /// `clear`: one word.
        case clear
        /// `alerts clear`, then `clear`.
        case alertsThenClear
    }

    @Test(
        "names joint, alert and cure, waits for a person though the mission is under way, and goes on",
        arguments: Way.allCases)
    func whileTheArmMoves(_ way: Way) async throws {
        let rig = try Rig(adjustBoard: { $0.home = "kerb" })
        #expect(try await rig.reachForFlap())
        let watch = MotionWatch(rig)
        rig.twin.inject(.servoAlert(id: 3))
        await rig.run(3)
        #expect(watch.armStoodAfter < 0.3)
        #expect(watch.armWay < 0.2)
        #expect(rig.status.safety.action == "hold")
        #expect(rig.hasSaid("stopped: servo alert"))
        #expect(
            rig.said.contains {
                $0.contains("joints: elbow_pitch (servo 3) reports overload") && $0.contains("hint: ")
                    && $0.contains("`clear` restarts the servo")
            })
        #expect(rig.status.joints.filter(\.alert).map(\.name) == ["elbow_pitch"])

        // What blocked it is gone, but nobody has said so.
        rig.twin.clear(.servoAlert(id: 3))
        let waiting = MotionWatch(rig)
        await rig.run(3)
        #expect(rig.status.safety.causes == ["servo alert"])
        if way == .alertsThenClear {
            let response = await rig.robot.answer(.service(.clearAlerts))
            #expect(response.isDone, "\(response)")
            #expect(await rig.run(2) { $0.status.safety.latched == ["servo alert"] && $0.status.safety.causes.isEmpty })
            await rig.run(2)
            #expect(!rig.isFree)
        }
        #expect(waiting.armStoodAfter == 0 || waiting.armWay < 0.002, "the servo takes torque where it stands")

        let after = MotionWatch(rig)
        let response = await rig.robot.answer(.clear)
        #expect(response.isDone, "\(response)")
        #expect(await rig.run(2) { $0.isFree && $0.device("joints")?.phase == "running" })
        #expect(await rig.run(10) { $0.doing.contains("opening the flap") })
        #expect(after.greatestGoalStep <= Smooth.goalStep)
        #expect(after.contacts == 0)
    }

    @Test("stops the wheels too, and an alert whose cause is still there comes back and stops them again")
    func whileDriving() async throws {
        let rig = try Rig()
        #expect(try await rig.driveOff())
        let watch = MotionWatch(rig)
        rig.twin.inject(.servoAlert(id: 2))
        await rig.run(2)
        let base = rig.board.base
        #expect(watch.wheelsStoodAfter < base.maxSpeed / base.maxDeceleration + 0.3)
        #expect(rig.hasSaid("shoulder_pitch (servo 2) reports overload"))
        // Cleared too early: the servo trips again.
        #expect(await rig.robot.answer(.clear).isDone)
        await rig.run(3)
        #expect(rig.status.safety.action == "hold")
        let standing = MotionWatch(rig)
        await rig.run(1)
        #expect(standing.wheelsStoodAfter == 0)

        rig.twin.clear(.servoAlert(id: 2))
        #expect(await rig.robot.answer(.clear).isDone)
        #expect(await rig.run(5) { $0.isFree && $0.truth.twist.linear > 0.4 })
        #expect(rig.truth.contacts == 0)
    }
}

extension ControlResponse {
    /// Whether it was done and not refused.
    var isDone: Bool { if case .done = self { true } else { false } }
}
