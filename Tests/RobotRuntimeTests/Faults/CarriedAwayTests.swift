import BoardFile
import Control
import Foundation
import RobotModel
import RobotRuntime
import Testing
import Twin

/// Somebody picks the robot up and puts it down elsewhere, through the whole daemon: where it stands, what it says, and
/// how it gets out of it.
@Suite("A robot that was carried away", .serialized)
struct CarriedAwayTests {
    /// On L1 between the lobby and the lift, the meal on board for suite 301.
    private static let lobby = Scene("L1", 9.0, -5.2, facing: -90, home: "kerb")
    /// In the corridor of the third level, far from its suites.
    private static let upstairs = Pose2D(x: 12.6, y: -8.5, yaw: 0.6)

    private func leavesForSuite(_ rig: Rig) async {
        await rig.run(20) { $0.truth.pose.y < -6.5 }
        #expect(rig.truth.twist.linear > 0.2)
    }

    @Test(
        "to another level stands, asks once with the words to type, keeps the meal, and goes on when it is told where")
    func toAnotherLevel() async throws {
        let rig = try Rig(Self.lobby, carrying: Rig.mission())
        await leavesForSuite(rig)
        rig.twin.inject(.carried(to: "L3", Self.upstairs))
        let stands = await rig.run(5) { $0.isStanding && $0.status.place.localization == "lost" }
        #expect(stands, "\(rig.doing) \(rig.said)")
        let place = rig.truth.pose.position
        let asks = await rig.run(40) { $0.hasSaid("I do not know where I am; I wait for a technician") }
        #expect(asks, "\(rig.said)")
        #expect(rig.hasSaid("looking around on L1"))
        #expect(rig.hasSaid("`unlock`, then `pose set charger`"))
        await rig.run(120)
        #expect(rig.said.count { $0.contains("I wait for a technician") } == 1)
        #expect(rig.truth.pose.position.distance(to: place) < 0.01)
        let outbox = rig.outbox()
        #expect(outbox?["state"] as? String == "running")
        #expect((outbox?["step"] as? String)?.contains("I wait for a technician") ?? false)
        #expect((outbox?["hint"] as? String)?.contains("pose set") ?? false)
        #expect(outbox?["custody"] as? String == "robot")
        #expect(rig.status.place.trouble?.code == .notLocalized)

        // Wrong: it looks there, says that it is not there, and stays.
        #expect(await rig.robot.answer(.setPose(.place("suite_201"))).isDone)
        let refuses = await rig.run(10) { $0.hasSaid("the robot is not at suite_201 on L2") }
        #expect(refuses, "\(rig.said)")
        await rig.run(5)
        #expect(rig.isStanding && rig.status.place.localization != "tracking")

        // Right, half a metre off and 20° turned.
        let claim = PoseClaim.near(level: "L3", pose: Pose2D(x: 13.0, y: -8.2, yaw: 0.95))
        #expect(await rig.robot.answer(.setPose(claim)).isDone)
        let knows = await rig.run(10) { $0.hasSaid("pose confirmed: L3") && $0.isFree }
        #expect(knows, "\(rig.said)")
        #expect(rig.status.place.pose.position.distance(to: rig.truth.pose.position) < 0.1)
        let arrives = await rig.run(60) { $0.hasSaid("your meal is here") }
        #expect(arrives, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.level == "L3")
        #expect(rig.truth.contacts == 0, "\(rig.truth.lastContact ?? "")")
    }

    @Test("to a place of its own level finds itself, asks nobody, and goes on from there")
    func toAKnownPlace() async throws {
        let rig = try Rig(Self.lobby, carrying: Rig.mission())
        await leavesForSuite(rig)
        rig.twin.inject(.carried(to: "L1", Pose2D(x: 2.9, y: -6.0, yaw: 2.5)))
        let finds = await rig.run(25) { rig in
            rig.hasSaid("looking around on L1") && rig.status.place.localization == "tracking"
                && rig.status.place.pose.position.distance(to: rig.truth.pose.position) < 0.1
        }
        #expect(finds, "\(rig.said) \(rig.status.place.pose)")
        let goesOn = await rig.run(60) { $0.progress(through: "entrance", heading: 0) > 1 }
        #expect(goesOn, "\(rig.doing) \(rig.said)")
        #expect(!rig.hasSaid("I wait for a technician"))
        #expect(rig.truth.contacts == 0)
    }

    @Test("with the daemon off comes up lost, says so although it has nothing to do, and is told by `pose set`")
    func whileOff() async throws {
        let rig = try Rig(Scene("L1", 9.0, -3.3, facing: -90, home: "charger"))
        await rig.run(10) { $0.isDone && $0.isFree }
        rig.robot.kill()
        rig.twin.inject(.carried(to: "L3", Self.upstairs))
        try await rig.killAndRestart()
        let asks = await rig.run(60) { $0.hasSaid("I wait for a technician") }
        #expect(asks, "\(rig.said) \(rig.status.place)")
        _ = await rig.drop(mission: Rig.mission())
        await rig.run(5)
        #expect(rig.outbox()?["state"] as? String == "queued")
        #expect((rig.outbox()?["hint"] as? String)?.contains("pose set") ?? false)
        let claim = PoseClaim.near(level: "L3", pose: Pose2D(x: 12.6, y: -8.5, yaw: 0.6))
        #expect(await rig.robot.answer(.setPose(claim)).isDone)
        let starts = await rig.run(20) { $0.status.mission?.state == "running" && $0.truth.twist.linear > 0.2 }
        #expect(starts, "\(rig.doing) \(rig.said)")
        #expect(rig.status.place.level == "L3")
    }

    @Test("is not told where it is while a mission drives; paused it is, and believes only what its scans say")
    func refused() async throws {
        let rig = try Rig(Self.lobby, carrying: Rig.mission())
        await leavesForSuite(rig)
        guard case .refused(let error) = await rig.robot.answer(.setPose(.place("charger"))) else {
            Issue.record("taken while driving")
            return
        }
        #expect(error.hint?.contains("mission pause") ?? false)
        _ = await rig.robot.answer(.pause)
        await rig.run(3) { $0.isStanding }
        guard case .refused(let unknown) = await rig.robot.answer(.setPose(.place("chargr"))) else {
            Issue.record("an unknown place was taken")
            return
        }
        #expect(unknown.expected?.contains("charger") ?? false)
        #expect(await rig.robot.answer(.setPose(.place("kerb"))).isDone)
        let refuses = await rig.run(10) { $0.hasSaid("the robot is not at kerb on L1") }
        #expect(refuses, "\(rig.said)")
        let isBack = await rig.run(5) { $0.status.place.localization == "tracking" && $0.isFree }
        #expect(isBack)
        #expect(rig.status.place.pose.position.distance(to: rig.truth.pose.position) < 0.1)
        _ = await rig.robot.answer(.resume)
        let goesOn = await rig.run(15) { $0.truth.twist.linear > 0.3 }
        #expect(goesOn, "\(rig.doing) \(rig.said)")
    }
}
