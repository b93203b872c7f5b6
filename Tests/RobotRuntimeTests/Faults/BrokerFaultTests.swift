import BoardFile
import Control
import Foundation
import RobotModel
import RobotRuntime
import Testing
import Twin

/// The whole robot in a building whose doors and lift are behind a broker. It is always on its way from the hall of L1 up to L3.
@Suite("A lift behind a broker", .serialized)
struct BrokerFaultTests {
    /// The wiring of the board that shows all links.
    private static func wire(_ board: inout Board) throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        let other = try Board.read(path: root + "/BoardConfigs/twin-broker.yaml")
        board.facilities = other.facilities
        board.buildingBroker = other.buildingBroker
    }

    private func makeRig() throws -> Rig {
        var problem: (any Error)?
        let rig = try Rig(
            .lift,
            adjustBoard: { board in
                do { try Self.wire(&board) } catch { problem = error }
            })
        if let problem { throw problem }
        return rig
    }

    private func expectArrival(_ rig: Rig, within limit: Double) async {
        let isHome = await rig.run(limit) { $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        #expect(rig.truth.level == "L3")
        #expect(rig.truth.contacts == 0, "\(rig.truth.lastContact ?? "")")
        let isFree = await rig.run(20) { $0.twin.world.lifts["lift_1"]?.plant.session == 0 }
        #expect(isFree, "the lift is not given back")
    }

    @Test("carries the robot up, and the console shows the broker among the devices")
    func rides() async throws {
        let rig = try makeRig()
        await expectArrival(rig, within: 150)
        #expect(rig.device("building_broker")?.phase == "running")
    }

    @Test(
        "that fails with the robot in it brings it up when it works again",
        arguments: ["lift.lift_1:power-loss", "lift.lift_1:session-stolen", "lift.lift_1:silent", "broker:unplugged"])
    func troubleInside(trouble: String) async throws {
        let rig = try makeRig()
        let fault = try ScheduledFault(parsing: trouble).fault
        let rides = await rig.run(100) { $0.doing.contains("riding") }
        #expect(rides, "\(rig.doing)")
        rig.twin.inject(fault)
        await rig.run(30)
        #expect(rig.isInCar)
        rig.twin.clear(fault)
        await expectArrival(rig, within: 240)
    }

    @Test("carries on after a power cut of the robot in the car")
    func restart() async throws {
        let rig = try makeRig()
        let rides = await rig.run(100) { $0.doing.contains("riding") }
        #expect(rides, "\(rig.doing)")
        try await rig.killAndRestart(after: 5)
        await expectArrival(rig, within: 240)
    }
}
