import BoardFile
import BuildingMap
import Control
import Foundation
import Missions
import RobotModel
import RobotRuntime
import Testing
import Twin

/// The daemon is killed on the way from L1 up to L3, with the meal on board for suite 301.
@Suite("A restart in the lift", .serialized)
struct RestartInLiftTests {
    /// When the daemon is killed.
    enum Moment: String, CaseIterable, Sendable {
        case boarding, halfIn, leaving, riding, confirming, exiting

        func isNow(_ rig: Rig) -> Bool {
            let car = rig.building.lifts["lift_1"]?.pose.position ?? Point2D(0, 0)
            let middle = rig.truth.pose.position.distance(to: car)
            return switch self {
            case .boarding: rig.doing.contains("boarding") && !rig.isInCar && rig.truth.twist.linear > 0.1
            case .halfIn: rig.doing.contains("boarding") && rig.isInCar && middle > 0.5
            case .leaving: rig.doing.contains("leaving the level")
            case .riding: rig.doing.contains("riding") && rig.status.lifts.contains { $0.motion == "up" }
            case .confirming: rig.doing.contains("making sure of the level")
            case .exiting: rig.doing.contains("getting out") && middle > 0.4
            }
        }
    }

    /// - Parameter pause: Seconds for which the daemon is away; the relay box forgets a session after ten.
    @Test(
        "finds the level, takes its session up again, delivers, and gives the lift back",
        arguments: zip(Moment.allCases, [1.0, 14, 14, 1, 14, 1]))
    func anywhere(moment: Moment, pause: Double) async throws {
        let rig = try Rig(.lift, carrying: Rig.mission(), adjust: { $0.people = [Rig.recipient] }) {
            $0.home = "suite_301"
        }
        let watch = RestartWatch()
        let isNow = await rig.run(60) { rig in
            watch.look(rig)
            return moment.isNow(rig)
        }
        #expect(isNow, "\(rig.doing) \(rig.truth.pose) \(rig.said)")
        let said = rig.said.count
        try await rig.killAndRestart(after: pause)
        #expect(rig.isStanding)
        let goesOn = await rig.run(15) { rig in
            watch.look(rig)
            return rig.said(after: said).contains { $0.contains("back after a restart") }
        }
        #expect(goesOn, "\(rig.doing) \(rig.said) \(rig.status.safety)")
        let back = rig.said(after: said).first { $0.contains("back after a restart") } ?? ""
        #expect(back.contains("mission lunch") && back.contains("lift"), "\(back)")
        try await rig.finishDelivery(watch, 120)
        #expect(watch.levels == ["L1", "L3"])
        #expect(rig.twin.world.lifts["lift_1"]?.plant.session == 0)
    }

    @Test("while somebody else takes the car away stays in until it is on the right level")
    func carTakenAway() async throws {
        let rig = try Rig(.lift, carrying: Rig.mission(), adjust: { $0.people = [Rig.recipient] }) {
            $0.home = "suite_301"
        }
        let watch = RestartWatch()
        let isNow = await rig.run(60) { rig in
            watch.look(rig)
            return Moment.leaving.isNow(rig)
        }
        #expect(isNow, "\(rig.doing) \(rig.said)")
        let plant = try #require(rig.twin.world.lifts["lift_1"]?.plant)
        // The relay box forgets the session after ten seconds; then somebody on L2 calls the car, and goes away.
        try await rig.killAndRestart(after: 12)
        plant.session = 4242
        plant.destination = 2
        plant.holdDoor = false
        try await rig.finishDelivery(watch, 180)
        #expect(watch.levels == ["L1", "L3"])
        #expect(plant.session == 0)
    }
}
