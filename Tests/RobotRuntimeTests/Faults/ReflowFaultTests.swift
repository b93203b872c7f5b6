import BoardFile
import Control
import Foundation
import MCAP
import Reflow
import ReflowStation
import RobotModel
import RobotRuntime
import Testing
import Twin

/// The recording of a delivery from the lobby up to suite 301, with a station that is away and little room on the disk.
@Suite("The recording", .serialized, .timeLimit(.minutes(3)))
struct ReflowFaultTests {
    private static let lobby = Scene("L1", 9.0, -5.2, facing: -90, home: "suite_301")
    /// Bytes: about two thirds of what the delivery makes.
    private static let quota = 2 << 20

    /// What the station has of one topic.
    private struct Topic {
        var messages = 0
        var last: UInt64 = 0
        var isOrdered = true
        var end: [UInt8] = []
    }

    /// Every message at the station, in the order of the segments.
    private func read(_ station: ReflowFaultStation) throws -> [String: Topic] {
        var topics: [String: Topic] = [:]
        let folder = station.folder + "/dory"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            let reader = try MCAPReader(bytes) { channel, message in
                var topic = topics[channel.topic] ?? Topic()
                topic.messages += 1
                topic.isOrdered = topic.isOrdered && message.logTime >= topic.last
                topic.last = message.logTime
                topic.end = Array(message.data)
                topics[channel.topic] = topic
            }
            #expect(reader.isComplete, "\(name): \(String(describing: reader.damage))")
        }
        return topics
    }

    @Test("waits within its quota for a station that is away, counts what had to go, and is whole at the station then")
    func stationAway() async throws {
        let station = ReflowFaultStation()
        try await station.start()
        await station.stop()
        let rig = try Rig(
            Self.lobby, carrying: Rig.mission(), adjust: { $0.people = [Rig.recipient] },
            adjustBoard: { $0.reflow.quota = Self.quota })
        let backoff = Backoff(first: .milliseconds(20), limit: .milliseconds(50), random: SeededRandom(seed: 1))
        let uploader = Uploader(
            spool: rig.robot.spool, station: station.address, robot: rig.board.name, backoff: backoff)
        uploader.start()
        let disk = Peak()
        let isUp = await rig.run(150) { rig in
            disk.note(rig.recordingSize)
            return rig.truth.level == "L3" && !rig.isInCar
        }
        #expect(isUp, "\(rig.doing) \(rig.said)")
        // An error, for the record.
        rig.twin.inject(.line("lidar", .unplugged))
        await rig.run(3)
        rig.twin.clear(.line("lidar", .unplugged))
        let isDone = await rig.run(60) { rig in
            disk.note(rig.recordingSize)
            return rig.outbox()?["state"] as? String == "completed"
        }
        #expect(isDone, "\(rig.doing) \(rig.said)")
        await rig.run(1)
        rig.robot.finish(at: rig.now)
        // Away: bounded, counted, said.
        #expect(uploader.uplink.contains("waiting for the station"))
        #expect(disk.bytes <= Self.quota, "\(disk.bytes) bytes")
        #expect(disk.bytes > Self.quota / 2)
        let recorded = rig.robot.recorded
        let tombstones = rig.robot.spool.tombstones
        #expect(recorded.acknowledgedBytes == 0)
        #expect(!tombstones.isEmpty)
        #expect(recorded.dropped == ["segments never sent: quota": tombstones.count])
        #expect(recorded.recordedBytes > Self.quota)
        // Back: everything that is left arrives, and counts as acknowledged when it is durable there.
        try await station.start()
        while rig.robot.spool.totals.waiting > 0 { try await Task.sleep(for: .milliseconds(5)) }
        uploader.stop()
        await station.stop()
        let catalogue = try await station.catalogue()
        #expect(catalogue.reduce(0) { $0 + $1.bytes } == rig.robot.recorded.acknowledgedBytes)
        #expect(rig.robot.recorded.segmentsWaiting == 0)
        // At the station: every topic, in order, and all that was written but what is said to have been dropped.
        let topics = try read(station)
        for name in [
            "/joints", "/wheels", "/setpoints", "/scan", "/pose", "/tick", "/doors", "/lifts", "/mission", "/devices",
            "/log", "/drops", "/battery",
        ] {
            #expect(topics[name]?.messages ?? 0 > 0, "nothing of \(name)")
        }
        #expect(topics.filter { !$0.value.isOrdered }.isEmpty)
        #expect(catalogue.reduce(0) { $0 + $1.messages } == topics.values.reduce(0) { $0 + $1.messages })
        let lost = tombstones.reduce(0) { $0 + $1.messages }
        #expect(topics.values.reduce(0) { $0 + $1.messages } == recorded.messages - lost)
        let drops = try JSONDecoder().decode([String: Int].self, from: Data(topics["/drops"]?.end ?? []))
        #expect(drops == recorded.dropped)
    }
}

/// The largest number seen.
private final class Peak: @unchecked Sendable {
    private(set) var bytes = 0

    func note(_ bytes: Int) { self.bytes = max(self.bytes, bytes) }
}

extension Rig {
    /// Bytes of the recording on the disk.
    fileprivate var recordingSize: Int {
        let folder = board.reflow.directory
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.contains(".mcap") }.reduce(0) { sum, name in
            let size = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.size] as? NSNumber
            return sum + (size?.intValue ?? 0)
        }
    }
}
