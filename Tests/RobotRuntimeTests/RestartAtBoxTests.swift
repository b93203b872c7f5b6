import Control
import Foundation
import Missions
import RobotModel
import RobotRuntime
import Testing
import Twin

/// The daemon is killed while the arm works at the box.
@Suite("A restart at the box", .serialized)
struct RestartAtBoxTests {
    /// At the kerb, before the vehicle.
    private static let kerb = Scene("L1", 3.4, -6.0, facing: 180, home: "kerb")

    @Test(
        "moves nothing in a jerk, loses no meal, and goes on until it is on board and everything is shut",
        arguments: [
            "opening the flap", "reaching for the meal", "taking the meal out", "lowering the meal",
            "shutting my compartment", "shutting the flap",
        ])
    func anywhere(doing: String) async throws {
        let rig = try Rig(Self.kerb)
        let watch = RestartWatch()
        await rig.run(5) { $0.status.place.localization == "tracking" }
        _ = await rig.drop(mission: Rig.mission())
        let isNow = await rig.run(120) { $0.doing.contains(doing) }
        #expect(isNow, "\(rig.doing) \(rig.said)")
        await rig.run(1)
        let pose = rig.truth.pose
        let motion = MotionWatch(rig)
        try await rig.killAndRestart(after: 2)
        await rig.run(2)
        #expect(motion.greatestGoalStep < Smooth.goalStep, "the arm jumps by \(motion.greatestGoalStep)")
        let isOnBoard = await rig.run(240) { rig in
            watch.look(rig)
            return rig.doing.contains("to suite_301") || rig.doing.contains("needs help") || rig.truth.meal == .onFloor
        }
        #expect(isOnBoard && rig.doing.contains("to suite_301"), "\(rig.doing) \(rig.truth.meal) \(rig.said.suffix(8))")
        #expect(rig.hasSaid("taking the meal of mission lunch out of box 7 (box 7: "))
        #expect(motion.greatestGoalStep < Smooth.goalStep, "the arm jumps by \(motion.greatestGoalStep)")
        #expect(rig.truth.meal == .inCompartment)
        #expect(rig.truth.lidOpening == 0)
        #expect(rig.truth.flapOpening < 0.03)
        #expect(rig.truth.contacts == 0, "\(rig.truth.lastContact ?? "")")
        #expect(rig.truth.pose.position.distance(to: pose.position) > 0.3)
        #expect(rig.outbox()?["custody"] as? String == "robot")
        #expect(try rig.history().last { $0.contains("custody") } == "lunch custody robot")
    }
}
