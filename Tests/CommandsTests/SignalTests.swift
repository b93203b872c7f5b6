import Control
import Foundation
import RobotModel
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// The programs as systemd runs them: started, ended, killed and started again in the middle of a mission.
@Suite(
    .serialized,
    .enabled(
        if: ["doorstepd", "doorstep-twin"].allSatisfy { Program(name: $0).isBuilt },
        "doorstepd and doorstep-twin have not been built"))
struct SignalTests {
    /// Waits until the robot drives with its mission.
    private func driveOff(_ robot: RobotProcesses) async throws {
        try await robot.wait("the robot to drive") {
            let status = try await robot.status()
            return status.mission?.state == "running" && status.place.twist.linear > 0.3
        }
    }

    @Test("SIGTERM in mid-drive ends in order with exit code 0; after it, and after SIGKILL, a start says where it was")
    func ends() async throws {
        let robot = try RobotProcesses()
        try await robot.startTwin()
        try await robot.startDaemon()
        try await robot.wait("the robot to know where it is") {
            try await robot.status().place.localization == "tracking"
        }
        let text = try String(contentsOfFile: Program.repository("Missions/lunch-to-level-3.yaml"), encoding: .utf8)
        let mayRestart = ["may-restart", "--socket", robot.path("control.sock")]
        #expect(try await Program(name: "doorstep").run(mayRestart).code == 0)
        try await robot.ask(.submit(name: "lunch.yaml", text: text))
        try await driveOff(robot)
        let refusal = try await Program(name: "doorstep").run(mayRestart)
        #expect(refusal.code == 75 && refusal.out.hasPrefix("not now: the robot "), "\(refusal.out)\(refusal.err)")
        let before = robot.notices.all
        #expect(before.contains { $0.hasPrefix("READY=1\nSTATUS=") && !$0.contains(" 0 ticks") })
        #expect(before.contains("WATCHDOG=1"))

        #expect(try await robot.end(with: SIGTERM) == 0)
        #expect(try await Program(name: "doorstep").run(mayRestart).code == 0)
        let truth = try await robot.nextTruth()
        #expect(abs(try #require(truth["v"] as? Double)) < 0.01)
        let log = robot.log
        #expect(log.contains("<5>starting mission lunch-to-level-3\n"), "\(log)")
        #expect(log.contains("<6>lidar: in service ("))
        #expect(log.contains("<5>stopping in mission lunch-to-level-3, to kerb: "))
        #expect(log.contains("<5>stopped: the wheels stand; the arm is held"), "\(log)")
        #expect(log.hasSuffix("<6>stopped in order\n"), "\(log.suffix(500))")
        let notices = robot.notices.all.dropFirst(before.count)
        #expect(notices.contains("STOPPING=1"))
        #expect(notices.last { $0.hasPrefix("STATUS=") }?.hasPrefix("STATUS=stopped: the wheels stand") == true)
        let recordings = try FileManager.default.contentsOfDirectory(atPath: robot.path("reflow"))
        #expect(recordings.contains { $0.hasSuffix(".mcap") } && !recordings.contains { $0.hasSuffix(".part") })
        #expect(!FileManager.default.fileExists(atPath: robot.path("control.sock")))

        let back = "back after a restart: I was on L1 near charger, on the way to kerb for mission lunch-to-level-3"
        try await robot.startDaemon()
        try await driveOff(robot)
        #expect(robot.log.contains(back), "\(robot.log)")
        #expect(try await robot.end(with: SIGKILL) == -SIGKILL)
        try await robot.startDaemon()
        try await robot.wait("the robot to say where it was") {
            robot.log.contains("back after a restart: I was on L1 near ")
        }
        try await driveOff(robot)
        #expect(try await robot.end(with: SIGTERM) == 0)
        #expect(try await robot.nextTruth()["contacts"] as? Int == 0)
    }

    @Test(
        "SIGHUP takes over the log level and the console's code, names what waits for a restart, and survives a mistake"
    )
    func rereads() async throws {
        let robot = try RobotProcesses()
        try await robot.startTwin()
        try await robot.startDaemon()
        let hash = "$argon2id$v=19$m=8,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        try robot.editBoard { text in
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.contains("unlock_hash:") ? "  unlock_hash: \"\(hash)\"" : String(line)
            }
            return lines.joined(separator: "\n").replacingOccurrences(of: "reserve: 0.15", with: "reserve: 0.2")
                + "log: { level: warning }\n"
        }
        robot.signal(SIGHUP)
        try await robot.wait("the word") { robot.log.contains("SIGHUP: ") }
        try robot.editBoard { $0.replacingOccurrences(of: "level: warning", with: "level: info") }
        robot.signal(SIGHUP)
        try await robot.wait("the second word") {
            robot.log.contains("taken over: log.level; waits for a restart: battery")
        }
        #expect(
            robot.log.contains(
                "<5>SIGHUP: the board file has been read again; "
                    + "taken over: console.unlock_hash, log.level; waits for a restart: battery\n"), "\(robot.log)")

        #expect(try await robot.end(with: SIGTERM) == 0)
        try robot.editBoard { $0.replacingOccurrences(of: "level: info", with: "level: trace") }
        try await robot.startDaemon()
        #expect(!robot.log.contains("argon2id"), "what the log says of services has no secrets")
        try robot.editBoard { $0.replacingOccurrences(of: "beams: 720", with: "beams: many") }
        robot.signal(SIGHUP)
        try await robot.wait("the complaint") { robot.log.contains("lidars.lidar.beams") }
        #expect(robot.log.contains("<3>SIGHUP: the board file is wrong, everything stays as it was:"))
        #expect(try await robot.status().tick.ticks > 0)
        #expect(try await robot.end(with: SIGTERM) == 0)
    }
}
