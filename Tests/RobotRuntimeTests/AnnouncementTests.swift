import Control
import Foundation
import RobotModel
import RobotRuntime
import Testing
import Twin

/// How what the robot says is sorted, and who may read what it writes.
@Suite("What the robot says")
struct AnnouncementTests {
    private func announcement(_ rig: Rig, _ words: String) -> Announcement? {
        rig.status.announcements.last { $0.text.contains(words) }
    }

    @Test("has a level: routine is information, a milestone a notice, a fault a warning or an error with what to do")
    func levels() async throws {
        let rig = try Rig()
        #expect(try await rig.driveOff())
        #expect(announcement(rig, "lidar: in service")?.urgency == .info)
        #expect(announcement(rig, "starting mission lunch")?.urgency == .notice)
        rig.twin.inject(.bumper)
        await rig.run(2)
        #expect(announcement(rig, "stopped: bumper hit")?.urgency == .warning)
        #expect(announcement(rig, "stopped: bumper hit")?.hint != nil)
        rig.twin.inject(.emergencyStop)
        await rig.run(1)
        let stop = announcement(rig, "emergency stop pressed")
        #expect(stop?.urgency == .error)
        #expect(stop?.hint?.contains("`clear`") == true)
        rig.twin.inject(.line("lidar", .silent))
        await rig.run(5)
        let lidar = rig.status.announcements.last { $0.text.hasPrefix("lidar: ") }
        #expect(lidar?.urgency == .error && lidar?.hint != nil)
        // Whoever reads the log at the console sees the same.
        guard case .lines(let lines) = await rig.robot.answer(.log(lines: 50)) else {
            Issue.record("no log")
            return
        }
        #expect(lines.contains { $0.contains("] error: stopped: ") } && lines.contains { $0.hasPrefix("    hint: ") })
    }

    /// What somebody who reads the log sees.
    private func log(_ rig: Rig) async -> [String] {
        guard case .lines(let lines) = await rig.robot.answer(.log(lines: 100)) else { return [] }
        return lines
    }

    private func expectNoAlarm(_ rig: Rig) async {
        let lines = await log(rig)
        #expect(lines.count < 100 && lines.contains { $0.contains("lidar: in service") }, "\(lines)")
        #expect(!lines.contains { $0.contains("] warning: ") || $0.contains("] error: ") }, "\(lines)")
        #expect(rig.said.count { $0.hasPrefix("starting: waiting for the LiDAR") } == 1, "\(lines)")
    }

    @Test("is no alarm while all is well: not at the start, and not in a lift")
    func healthyRide() async throws {
        let rig = try Rig(.lift)
        let arrives = await rig.run(150) { $0.truth.level == "L3" && $0.isDone }
        #expect(arrives, "\(rig.doing) \(rig.said)")
        await expectNoAlarm(rig)
    }

    @Test("is no alarm in a whole delivery with nobody in the way")
    func healthyDelivery() async throws {
        // Nobody but who takes the meal.
        let rig = try Rig(adjust: { scenario in
            scenario.people.removeAll { if case .recipient = $0 { false } else { true } }
        })
        try await rig.startLunch()
        let isHome = await rig.run(420) { $0.truth.meal == .delivered && $0.isDone }
        #expect(isHome, "\(rig.doing) \(rig.said)")
        await expectNoAlarm(rig)
    }

    @Test(
        "names a LiDAR that is dead at the start as an error with what to do, and no lost pose",
        arguments: [LineTrouble.silent, .unplugged])
    func deadAtStart(_ trouble: LineTrouble) async throws {
        let rig = try Rig()
        rig.twin.inject(.line("lidar", trouble))
        let isNamed = await rig.run(12) { $0.hasSaid("stopped: no LiDAR data") }
        #expect(isNamed, "\(rig.said)")
        let words = announcement(rig, "stopped: no LiDAR data")
        #expect(words?.urgency == .error)
        #expect(words?.hint == "look at the LiDAR's plug and cable")
        #expect(!rig.hasSaid("not localised"), "\(rig.said)")
    }

    @Test("about a stop is said once")
    func once() async throws {
        let rig = try Rig()
        #expect(try await rig.driveOff())
        rig.twin.inject(.emergencyStop)
        await rig.run(5)
        #expect(rig.said.count { $0.contains("emergency stop pressed") } == 1, "\(rig.said)")
    }

    @Test("of a device that has not been heard yet is that its port is open, and no empty name")
    func unheard() async throws {
        let rig = try Rig()
        await rig.run(5)
        #expect(rig.device("box_radio")?.condition == "listening")
        #expect(rig.device("lidar")?.condition == "running")
        rig.twin.inject(.line("box_radio", .unplugged))
        await rig.run(3)
        rig.twin.clear(.line("box_radio", .unplugged))
        await rig.run(3)
        #expect(rig.hasSaid("box_radio: in service (its port is open, nothing has been heard yet)"), "\(rig.said)")
        #expect(!rig.said.contains { $0.contains("()") })
    }

    @Test("and writes is for its own user only: journal, missions and recordings, whatever the process's mask is")
    func modes() async throws {
        let rig = try Rig(.forecourt)
        _ = await rig.drop(mission: Rig.mission())
        _ = await rig.drop(mission: "nonsense: [", as: "bad.yaml")
        await rig.run(3)
        rig.robot.finish(at: rig.now)
        func mode(_ path: String) -> Int {
            (try? FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]) as? Int ?? 0
        }
        let names = FileManager.default.enumerator(atPath: rig.folder)?.allObjects as? [String] ?? []
        for part in ["journal.sqlite-wal", "spool.sqlite", "outbox/lunch.status.json", "quarantine/bad.yaml.error"] {
            #expect(names.contains { $0.hasSuffix(part) }, "\(part)")
        }
        #expect(names.contains { $0.hasSuffix(".mcap") })
        for name in names {
            let path = "\(rig.folder)/\(name)"
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            // Answers are for the folder's group: dispatch, where the package has made it. The folder is still closed.
            let isAnswer = name.hasSuffix(".status.json") || name.hasSuffix(".error")
            let expected = isFolder.boolValue ? 0o700 : isAnswer ? 0o640 : 0o600
            #expect(mode(path) == expected, "\(name) \(String(mode(path), radix: 8))")
        }
    }
}
