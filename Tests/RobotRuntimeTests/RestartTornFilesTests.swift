import BoardFile
import BuildingMap
import Control
import Foundation
import MCAP
import Missions
import RobotModel
import RobotRuntime
import Testing
import Twin

/// The daemon is killed in the corridor of the third level, and what it left on the disk is torn or spoilt.
@Suite("A restart with torn files", .serialized)
struct RestartTornFilesTests {
    private func drive(_ watch: RestartWatch) async throws -> Rig {
        let rig = try Rig(.corridor, carrying: Rig.mission(), adjust: { $0.people = [Rig.recipient] })
        let isThere = await rig.run(30) { rig in
            watch.look(rig)
            return rig.truth.pose.x < 11.5 && rig.truth.twist.linear > 0.6
        }
        #expect(isThere, "\(rig.doing) \(rig.said)")
        return rig
    }

    private func cut(_ path: String, by bytes: Int) throws {
        let file = try #require(FileManager.default.contents(atPath: path), "there is no \(path)")
        try #require(file.count > bytes)
        try file.dropLast(bytes).write(to: URL(fileURLWithPath: path))
    }

    private func spoil(_ path: String) throws {
        try Data(repeating: 0x55, count: 20_000).write(to: URL(fileURLWithPath: path))
    }

    @Test("says what is lost of journal and recording, makes the recording whole, and delivers")
    func torn() async throws {
        let watch = RestartWatch()
        let rig = try await drive(watch)
        let said = rig.said.count
        try await rig.killAndRestart { rig in
            try cut(rig.board.missions.directory + "/journal.sqlite-wal", by: 1000)
            for path in rig.files where path.hasSuffix(".mcap.part") { try cut(path, by: 3000) }
            try spoil(rig.board.reflow.directory + "/spool.sqlite")
        }
        await rig.run(1)
        let first = rig.said(after: said)
        #expect(first.contains { $0.contains("journal's log ends in the middle of an entry") }, "\(first)")
        #expect(first.contains { $0.contains("lost of the recording") && $0.contains("bytes of a torn segment") })
        let off = await rig.finishLooking()
        #expect(off < 0.10)
        try await rig.finishDelivery(watch, 60)
        rig.robot.finish(at: rig.now)
        var recovered = 0
        let segments = rig.files.filter { $0.hasSuffix(".mcap") }
        for path in segments {
            let reader = try MCAPReader([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
            #expect(reader.isComplete, "\(path): \(String(describing: reader.damage))")
            #expect(reader.messageCount > 0)
            if let lost = reader.metadata["recovered"]?["lost_bytes"] {
                recovered += 1
                #expect(Int(lost) ?? 0 > 0)
            }
        }
        #expect(recovered == 1)
        #expect(segments.count >= 2)
        #expect(!rig.files.contains { $0.hasSuffix(".part") })
    }

    @Test("a damaged journal is set aside; the robot stands until somebody has looked, at every start, and then obeys")
    func damagedJournal() async throws {
        let watch = RestartWatch()
        let rig = try await drive(watch)
        let pose = rig.truth.pose
        try await rig.killAndRestart { try spoil($0.board.missions.directory + "/journal.sqlite") }
        let motion = MotionWatch(rig)
        await rig.run(5)
        #expect(rig.hasSaid("is damaged and was set aside"))
        // What people try first changes nothing.
        try await rig.killAndRestart()
        await rig.run(10)
        #expect(rig.doing.contains("needs help"))
        #expect(motion.rolled < 0.001 && motion.armWay < 0.01)
        #expect(rig.truth.lidOpening == 0)
        #expect(rig.truth.pose.position.distance(to: pose.position) < 1)
        // Whoever has looked takes the meal out, and brings the robot home.
        let home = try #require(rig.building.place(rig.board.home)).place
        rig.twin.world.meal = .onFloor
        rig.twin.world.carry(to: "L3", Pose2D(home.position, yaw: home.yaw ?? 0))
        #expect(await rig.robot.answer(.resume).isDone)
        let isReady = await rig.run(20) { $0.status.place.localization == "tracking" && $0.status.isIdle }
        #expect(isReady, "\(rig.doing) \(rig.status.place) \(rig.said)")
        try await rig.killAndRestart()
        await rig.run(5)
        #expect(!rig.doing.contains("needs help"), "\(rig.doing)")
    }

    @Test("without a pose that can be used the robot says so, moves nothing until it is told its pose, and delivers")
    func uselessPose() async throws {
        let watch = RestartWatch()
        let rig = try await drive(watch)
        try await rig.killAndRestart { rig in
            let journal = try Journal(path: rig.board.missions.directory + "/journal.sqlite")
            try journal.append(.pose(Pose2D(x: .nan, y: 0, yaw: 0), "L9"), at: Rig.noon)
        }
        let motion = MotionWatch(rig)
        let asks = await rig.run(60) { $0.hasSaid("I wait for a technician") }
        #expect(asks, "\(rig.doing) \(rig.status.place) \(rig.said)")
        #expect(rig.hasSaid("the journal does not say any more where I was"))
        #expect(motion.rolled < 0.001)
        let claim = Pose2D(x: rig.truth.pose.x + 0.4, y: -8.5, yaw: .pi)
        #expect(await rig.robot.answer(.setPose(.near(level: "L3", pose: claim))).isDone)
        let off = await rig.finishLooking()
        #expect(off < 0.10)
        try await rig.finishDelivery(watch, 60)
    }
}
