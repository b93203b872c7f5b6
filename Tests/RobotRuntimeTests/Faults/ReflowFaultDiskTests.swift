import BoardFile
import Control
import Foundation
import Missions
import Reflow
import RobotModel
import RobotRuntime
import Testing
import Twin

/// A disk that is really full, while the robot brings a meal through the corridor of the third level.
@Suite(
    "A full disk", .serialized,
    .enabled(if: SmallDisk.isAvailable, "a small file system can only be mounted by root"))
struct ReflowFaultDiskTests {
    private func drive(_ watch: RestartWatch, _ adjust: (inout Board) -> Void) async throws -> Rig {
        let rig = try Rig(
            .corridor, carrying: Rig.mission(), adjust: { $0.people = [Rig.recipient] }, adjustBoard: adjust)
        let isFast = await rig.run(30) { rig in
            watch.look(rig)
            return rig.truth.pose.x < 12.5 && rig.truth.twist.linear > 0.6
        }
        #expect(isFast, "\(rig.doing) \(rig.said)")
        return rig
    }

    @Test("under the journal opens no compartment: the robot stands, says so, still stops when it must, and goes on")
    func journal() async throws {
        let disk = try #require(SmallDisk(bytes: 8 << 20))
        let watch = RestartWatch()
        let rig = try await drive(watch) { $0.missions.directory = disk.path + "/missions" }
        disk.fill()
        // What is safety's waits for no disk.
        let stop = MotionWatch(rig)
        rig.twin.inject(.emergencyStop)
        await rig.run(2)
        #expect(stop.wheelsStoodAfter < 0.6)
        rig.twin.clear(.emergencyStop)
        await rig.run(1)
        #expect(await rig.robot.answer(.clear).isDone)
        let stands = await rig.run(40) { $0.hasSaid("I stop: cannot write to the journal") && $0.isStanding }
        #expect(stands, "\(rig.doing) \(rig.said)")
        #expect(rig.doing.contains("full"), "\(rig.doing)")
        let place = rig.truth.pose.position
        await rig.run(25)
        #expect(rig.said.count { $0.contains("I stop: ") } == 1, "\(rig.said)")
        #expect(rig.truth.pose.position.distance(to: place) < 0.01)
        #expect(rig.truth.lidOpening == 0)
        #expect(rig.truth.meal == .inCompartment)
        disk.empty()
        try await rig.finishDelivery(watch, 90)
    }

    @Test(
        "under the recording stops no delivery: what is not recorded is counted, and recording goes on with room again")
    func recording() async throws {
        // The recorder leaves 64 MB to others.
        let disk = try #require(SmallDisk(bytes: 80 << 20))
        let watch = RestartWatch()
        let rig = try await drive(watch) { $0.reflow.directory = disk.path + "/reflow" }
        #expect(rig.robot.recorded.dropped.isEmpty)
        #expect(rig.robot.recorded.recordedBytes > 0)
        disk.fill()
        await rig.run(3)
        let before = rig.robot.recorded
        #expect(before.storageFault?.hint?.contains("full") ?? false, "\(String(describing: before.storageFault))")
        #expect(rig.status.reflow.uplink == before.storageFault?.what)
        await rig.run(3)
        let during = rig.robot.recorded
        #expect(during.messages == before.messages)
        #expect(during.dropped["disk", default: 0] > before.dropped["disk", default: 0] + 300)
        #expect(rig.status.reflow.dropped["disk"] == during.dropped["disk"])
        disk.empty()
        try await rig.finishDelivery(watch, 60)
        let after = rig.robot.recorded
        #expect(after.storageFault == nil)
        #expect(after.messages > during.messages + 300)
    }
}
