import Control
import Foundation
import RobotModel
import RobotRuntime
import Testing
import Twin

/// What goes wrong with the meal at its box: the mission fails with its reason, and box and robot are left shut.
@Suite("At the box", .serialized)
struct CollectFaultTests {
    private func collect(
        _ text: String, _ limit: Double, inject fault: Fault? = nil, adjust: (inout Scenario) -> Void = { _ in }
    ) async throws -> Rig {
        let rig = try Rig(.forecourt, adjust: adjust)
        if let fault { rig.twin.inject(fault) }
        await rig.run(5) { $0.status.place.localization == "tracking" }
        _ = await rig.drop(mission: text)
        let isOver = await rig.run(limit) { $0.outbox()?["state"] as? String == "failed" && $0.status.isIdle }
        #expect(isOver, "\(rig.doing) \(rig.said.suffix(6))")
        #expect(rig.truth.contacts == 0, "\(rig.truth.lastContact ?? "")")
        #expect(rig.truth.lidOpening == 0)
        // Shut to a finger's breadth: an empty box whose flap stays there has nothing to lose.
        #expect(rig.truth.flapOpening < 0.03)
        return rig
    }

    @Test("a meal that is not there is gripped for three times, then reported missing, and everything is shut again")
    func mealMissing() async throws {
        let rig = try await collect(try Rig.lunch(), 240, inject: .mealMissing)
        #expect(rig.said.count { $0.contains("gripping once more") } == 2)
        #expect(rig.hasSaid("box 7 has no meal that I can grip"))
        #expect((rig.outbox()?["error"] as? String)?.contains("no meal that I can grip") ?? false)
        #expect((rig.outbox()?["hint"] as? String)?.isEmpty == false)
        #expect(rig.truth.meal == .missing)
    }

    @Test("a code that the box refuses is reported, and the robot leaves")
    func codeRefused() async throws {
        let rig = try await collect(try Rig.lunch(), 90, inject: .boxRefusesCode)
        #expect((rig.outbox()?["error"] as? String)?.contains("refuses the code") ?? false)
        #expect((rig.outbox()?["hint"] as? String)?.contains("new code") ?? false)
        #expect(rig.truth.meal == .inBox)
    }

    @Test("a box with another order keeps its code to itself")
    func wrongOrder() async throws {
        let rig = try await collect(Rig.mission(order: 20418), 90)
        #expect((rig.outbox()?["error"] as? String)?.contains("found order 20417") ?? false)
        #expect(rig.truth.meal == .inBox)
        // The latch never moved: the code was not even tried.
        // Shut to a finger's breadth: an empty box whose flap stays there has nothing to lose.
        #expect(rig.truth.flapOpening < 0.03)
    }
}
