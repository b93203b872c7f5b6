import Control
import Foundation
import RobotModel
import RobotRuntime
import Testing
import Twin

/// kill -9 in the instant in which an order is acknowledged, and a lift that a held robot does not keep.
@Suite("An order through the whole daemon", .serialized)
struct DurableOrderTests {
    private static let lobby = Scene("L1", 9.0, -5.2, facing: -90, home: "kerb")
    private static let sender = PersonSetup.recipient(
        RecipientSetup(level: "L1", position: Point2D(2.7, -7.2), pin: "482913"))

    @Test("to cancel, killed right after the answer, brings the meal back to the sender")
    func cancelThenKill() async throws {
        let rig = try Rig(Self.lobby, carrying: Rig.mission()) { $0.people = [Self.sender] }
        await rig.run(20) { $0.truth.pose.y < -6.5 }
        #expect(await rig.robot.answer(.cancel(mission: "lunch")).isDone)
        try await rig.killAndRestart()
        let isCalledOff = await rig.run(20) { $0.outbox()?["state"] as? String == "cancelling" && $0.isFree }
        #expect(isCalledOff, "\(rig.said)")
        let isOver = await rig.run(150) { $0.outbox()?["state"] as? String == "cancelled" && $0.isDone }
        #expect(isOver, "\(rig.doing) \(rig.said)")
        #expect(rig.outbox()?["custody"] as? String == "sender")
    }

    @Test("to pause, killed right after the answer, stays in force")
    func pauseThenKill() async throws {
        let rig = try Rig(Self.lobby, carrying: Rig.mission())
        await rig.run(20) { $0.truth.pose.y < -6.5 }
        #expect(await rig.robot.answer(.pause).isDone)
        try await rig.killAndRestart()
        let asks = await rig.run(20) { $0.hasSaid("was paused before the restart") }
        #expect(asks, "\(rig.said)")
        let place = rig.truth.pose.position
        await rig.run(10)
        #expect(rig.truth.pose.position.distance(to: place) < 0.01)
        #expect(await rig.robot.answer(.resume).isDone)
        try await rig.killAndRestart()
        let goesOn = await rig.run(20) { $0.truth.twist.linear > 0.3 }
        #expect(goesOn, "\(rig.doing) \(rig.said)")
    }

    @Test("an emergency stop in the hall gives the lift back after half a minute; cleared, the robot calls it again")
    func liftIsNotKept() async throws {
        let rig = try Rig(.lift)
        let isCalling = await rig.run(30) { rig in
            rig.doing.contains("waiting for the car") && rig.status.lifts.first?.session == "ours"
        }
        #expect(isCalling, "\(rig.doing)")
        rig.twin.inject(.emergencyStop)
        await rig.run(20)
        #expect(rig.status.lifts.first?.session == "ours")
        let isGivenBack = await rig.run(20) { $0.hasNoSessions }
        #expect(isGivenBack)
        await rig.run(60)
        #expect(rig.hasNoSessions && !rig.isInCar)
        rig.twin.clear(.emergencyStop)
        await rig.run(1)
        #expect(await rig.robot.answer(.clear).isDone)
        let isHome = await rig.run(120) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.level == "L3" && rig.truth.contacts == 0)
    }
}
