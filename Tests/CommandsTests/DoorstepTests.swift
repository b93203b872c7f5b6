import Control
import Foundation
import MCAP
import RobotModel
import Testing

@Suite(.enabled(if: Program(name: "doorstep").isBuilt, "doorstep has not been built")) struct DoorstepTests {
    private let doorstep = Program(name: "doorstep")

    @Test(
        "what is in the repository is sound, and its kind is guessed",
        arguments: [
            ("BoardConfigs/twin.yaml", "ok: robot dory"), ("BoardConfigs/dory-cm4.yaml", "ok: robot dory"),
            ("BoardConfigs/sites/riverside", "ok: building riverside, 3 levels"),
            ("BoardConfigs/sites/riverside/riverside.building.yaml", "ok: building riverside"),
            ("Missions/lunch-to-level-3.yaml", "ok: mission lunch-to-level-3"),
        ])
    func validates(path: String, says: String) async throws {
        let outcome = try await doorstep.run(["validate", Program.repository(path)])
        #expect(outcome.code == 0, "\(outcome.err)")
        #expect(outcome.out.hasPrefix(says), "\(outcome.out)")
    }

    @Test("a wrong board file is told with every line and column, what was expected, and a hint")
    func explainsABoard() async throws {
        let text = try String(contentsOfFile: Program.repository("BoardConfigs/twin.yaml"), encoding: .utf8)
            .replacingOccurrences(of: "tick_rate: 1000", with: "tick_rate: fast")
            .replacingOccurrences(of: "motor_rpm:", with: "motor_rmp:")
        let file = Program.file(text, name: "board.yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        let outcome = try await doorstep.run(["validate", "board", file.path])
        #expect(outcome.code == 1)
        #expect(outcome.out.isEmpty)
        #expect(outcome.err.contains("board.yaml:7:"))
        #expect(outcome.err.contains("control.tick_rate is 'fast'; expected a whole number"))
        #expect(outcome.err.contains("did you mean 'motor_rpm'?"))
    }

    @Test(
        "what a board file names and its site does not have is told with line and column, the names there are, and a hint",
        arguments: [
            ("home: charger", "home: charjer", "board.yaml:5:7: home names 'charjer', which is no place", "'charger'"),
            (
                "lobby_door: 2", "loby_door: 2", "board.yaml:71:25: facilities.doors.loby_door names 'loby_door'",
                "'lobby_door'"
            ),
            (
                "lift_1: { number", "lift_2: { number",
                "board.yaml:73:5: facilities.lifts.lift_2 names 'lift_2', which is no lift", "'lift_1'"
            ),
            (
                "L3: 3 }", "L4: 3 }",
                "facilities.lifts.lift_1.floors.L4 names 'L4', which is no level that lift_1 serves",
                "did you mean"
            ),
            ("unlock_hash: ", "unlock_hash: x", "console.unlock_hash is no hash of an unlock code", "hash-code"),
            (
                "site: SITE", "site: /nowhere/riverside", "board.yaml:4:7: site leads to /nowhere/riverside",
                "board file's"
            ),
        ])
    func looksNamesUp(old: String, new: String, what: String, hint: String) async throws {
        let site = Program.repository("BoardConfigs/sites/riverside")
        let text = try String(contentsOfFile: Program.repository("BoardConfigs/twin.yaml"), encoding: .utf8)
            .replacingOccurrences(of: "site: sites/riverside", with: "site: SITE")
            .replacingOccurrences(of: old, with: new)
            .replacingOccurrences(of: "SITE", with: site)
        let file = Program.file(text, name: "board.yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        let outcome = try await doorstep.run(["validate", "board", file.path])
        #expect(outcome.code == 1)
        #expect(outcome.err.contains(what), "\(outcome.err)")
        #expect(outcome.err.contains("expected ") && outcome.err.contains("hint: ") && outcome.err.contains(hint))
        // The daemon says the same, and does not start.
        let daemon = try await Program(name: "doorstepd").run(["--board", file.path, "--socket", "/nowhere/x.sock"])
        #expect(daemon.code == 78)
        #expect(daemon.err.contains(what), "\(daemon.err)")
    }

    @Test("an empty file and a folder are no board, no mission and no building, and each is said so")
    func refusesNothing() async throws {
        let empty = Program.file("\n", name: "empty.yaml")
        let folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            for url in [empty, folder] { try? FileManager.default.removeItem(at: url) }
        }
        for kind in [[], ["board"], ["mission"], ["building"]] {
            let outcome = try await doorstep.run(["validate"] + kind + [empty.path])
            #expect(outcome.code == 1)
            #expect(outcome.err.contains("empty.yaml:1:1: ") && outcome.err.contains("empty"), "\(outcome.err)")
        }
        for kind in ["board", "mission"] {
            let outcome = try await doorstep.run(["validate", kind, folder.path])
            #expect(outcome.code == 1)
            #expect(outcome.err.contains("Is a directory") && outcome.err.contains("hint: "), "\(outcome.err)")
        }
        for kind in [[], ["building"]] {
            let outcome = try await doorstep.run(["validate"] + kind + [folder.path])
            #expect(outcome.code == 1)
            #expect(outcome.err.contains("the site has no building file") && outcome.err.contains("hint: "))
        }
    }

    @Test("a mission is held against the site that it is for")
    func looksPlacesUp() async throws {
        let text = try String(contentsOfFile: Program.repository("Missions/lunch-to-level-3.yaml"), encoding: .utf8)
            .replacingOccurrences(of: "suite_301", with: "suite_999")
        let file = Program.file(text, name: "mission.yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        let site = Program.repository("BoardConfigs/sites/riverside")
        let outcome = try await doorstep.run(["validate", file.path, "--site", site])
        #expect(outcome.code == 1)
        #expect(outcome.err.contains("suite_999"))
        #expect(!outcome.err.contains("4711"))
    }

    @Test("a file that is not there, or is nothing that the house knows, is said so")
    func complains() async throws {
        let missing = try await doorstep.run(["validate", "/nowhere/board.yaml"])
        #expect(missing.code == 1)
        #expect(missing.err.contains("cannot be opened: No such file"))
        let other = try await doorstep.run(["validate", Program.repository("Package.swift")])
        #expect(other.code == 1)
        #expect(other.err.contains("say which it is"))
        #expect(try await doorstep.run(["validate", "soup", "a.yaml"]).code == 64)
    }

    @Test("PINs and codes are hashed out of a pipe; what is no PIN is refused and not repeated")
    func hashes() async throws {
        for command in [["mission", "hash-pin"], ["console", "hash-code"]] {
            let outcome = try await doorstep.run(command, input: "4711\n")
            #expect(outcome.code == 0)
            #expect(outcome.out.hasPrefix("$argon2id$v=19$m=8192,t=3,p=1$"))
            #expect(outcome.out.split(separator: "\n").count == 1)
        }
        let refused = try await doorstep.run(["mission", "hash-pin"], input: "12ab\n")
        #expect(refused.code == 1)
        #expect(!refused.err.contains("12ab"))
    }

    @Test("a recording is told with its topics; a torn one is named, and recovered beside itself")
    func looksIntoRecordings() async throws {
        var writer = MCAPWriter(library: "test")
        let channel = writer.addChannel(topic: "/pose", schema: 0, encoding: "json", metadata: [:])
        for number in 0..<201 {
            writer.addMessage(
                channel: channel, logTime: UInt64(number) * 10_000_000, publishTime: 0, data: Array("{}".utf8))
            if number % 50 == 49 { writer.closeChunk() }
        }
        writer.finish()
        let bytes = writer.takeBytes()
        let file = Program.file("", name: "run.mcap")
        let recovered = file.deletingPathExtension().path + ".recovered.mcap"
        defer {
            try? FileManager.default.removeItem(at: file)
            try? FileManager.default.removeItem(atPath: recovered)
        }
        try Data(bytes).write(to: file)
        let whole = try await doorstep.run(["recording", "info", file.path])
        #expect(whole.code == 0)
        #expect(whole.out.contains("whole, 2.0 s, 201 messages"))
        #expect(whole.out.contains("/pose") && whole.out.contains("100.0 Hz"))

        let torn = Array(bytes.prefix(bytes.count / 2))
        try Data(torn).write(to: file)
        let info = try await doorstep.run(["recording", "info", file.path])
        #expect(info.code == 1)
        #expect(info.out.contains("TORN") && info.out.contains("doorstep recording recover"))
        let recovery = try await doorstep.run(["recording", "recover", file.path])
        #expect(recovery.code == 0, "\(recovery.err)")
        #expect(try Data(contentsOf: file) == Data(torn))
        #expect(try await doorstep.run(["recording", "info", recovered]).code == 0)
        // Never over what is there already.
        #expect(try await doorstep.run(["recording", "recover", file.path]).code == 1)
        let other = try await doorstep.run(["recording", "info", Program.repository("Package.swift")])
        #expect(other.code == 1 && other.err.contains("expected an MCAP recording"))
    }

    @Test("a level is drawn, with a route between two places")
    func draws() async throws {
        let site = Program.repository("BoardConfigs/sites/riverside")
        let plain = try await doorstep.run(["building", "render", site, "--level", "L1"])
        #expect(plain.out.hasPrefix("<svg"))
        let routed = try await doorstep.run(
            ["building", "render", site, "--level", "L1", "--from", "kerb", "--to", "suite_301"])
        #expect(routed.out.hasPrefix("<svg") && routed.out.count > plain.out.count)
        let wrong = try await doorstep.run(["building", "render", site, "--level", "L9"])
        #expect(wrong.code == 1 && wrong.err.contains("one of L1, L2, L3"))
    }

    // MARK: The daemon's socket

    /// A daemon that keeps what it was asked and always gives the same answers.
    private struct Desk: ControlHandling {
        func answer(_ request: ControlRequest) async -> ControlResponse {
            switch request {
            case .status:
                var status = RobotStatus(robot: "dory", version: "9.9.9")
                status.place.clearance = .infinity
                status.queue = [QueuedMission(id: "lunch-8", priority: 5, place: "suite_301")]
                return .status(status)
            case .submit(let name, let text): return .done("\(name): \(text.count) characters")
            case .cancel(let id):
                return .refused(RobotError(.unavailable, "there is no mission \(id)", hint: "look at `mission list`"))
            default: return .done("\(request)")
            }
        }
    }

    @Test("what is asked over the socket is shown; a refusal is exit code 1 and says what to do")
    func asksTheDaemon() async throws {
        let socket = "/tmp/doorstep-\(UUID().uuidString.prefix(8)).sock"
        let server = ControlServer(path: socket, handler: Desk())
        try server.start()
        defer { server.stop() }
        let environment = ["DOORSTEP_SOCKET": socket]
        let status = try await doorstep.run(["status", "--socket", socket])
        #expect(status.out.contains("dory 9.9.9"), "\(status.err)")
        // Without a terminal there are no escape sequences.
        #expect(!status.out.contains("\u{1B}"))
        let json = try await doorstep.run(["status", "--json"], environment: environment)
        let object = try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any]
        #expect(object?["robot"] as? String == "dory")
        #expect(try await doorstep.run(["status", "gpio"], environment: environment).out.contains("emergency stop"))
        #expect(try await doorstep.run(["mission", "list"], environment: environment).out.contains("lunch-8"))
        #expect(try await doorstep.run(["mission", "pause"], environment: environment).out == "pause\n")
        let file = Program.repository("Missions/lunch-to-level-3.yaml")
        let submitted = try await doorstep.run(["mission", "submit", file], environment: environment)
        #expect(submitted.out.hasPrefix("lunch-to-level-3.yaml: "))
        let cancelled = try await doorstep.run(["mission", "cancel", "x"], environment: environment)
        #expect(cancelled.code == 1)
        #expect(cancelled.err == "there is no mission x\n  hint: look at `mission list`\n")
    }

    @Test("a mission file that is wrong does not reach the daemon")
    func checksBeforeSubmitting() async throws {
        let file = Program.file("version: 1\nid: x\n", name: "mission.yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        let outcome = try await doorstep.run(["mission", "submit", file.path, "--socket", "/nowhere"])
        #expect(outcome.code == 1)
        #expect(outcome.err.contains("collect") && !outcome.err.contains("/nowhere"))
    }

    @Test("without a daemon it says so")
    func missesTheDaemon() async throws {
        let outcome = try await doorstep.run(["status", "--socket", "/tmp/doorstep-nobody.sock"])
        #expect(outcome.code == 1)
        #expect(outcome.err.contains("is doorstepd running?"))
    }
}
