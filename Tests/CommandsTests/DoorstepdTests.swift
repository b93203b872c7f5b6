import Foundation
import Testing

@Suite(.enabled(if: Program(name: "doorstepd").isBuilt, "doorstepd has not been built")) struct DoorstepdTests {
    private let doorstepd = Program(name: "doorstepd")

    @Test("a wrong board file is told in full, a line with its priority each, and ends it with exit code 78")
    func refusesAWrongBoard() async throws {
        let text = try String(contentsOfFile: Program.repository("BoardConfigs/twin.yaml"), encoding: .utf8)
            .replacingOccurrences(of: "tick_rate: 1000", with: "tick_rate: fast")
            .replacingOccurrences(of: "beams: 720", with: "beams: many")
        let file = Program.file(text, name: "board.yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        let outcome = try await doorstepd.run(["--board", file.path])
        #expect(outcome.code == 78)
        let lines = outcome.err.split(separator: "\n")
        #expect(lines.count >= 2)
        #expect(lines.allSatisfy { $0.hasPrefix("<2>") }, "\(outcome.err)")
        #expect(outcome.err.contains("control.tick_rate") && outcome.err.contains("lidars.lidar.beams"))
    }

    @Test("a board whose site is missing is exit code 78, too")
    func refusesAMissingSite() async throws {
        let text = try String(contentsOfFile: Program.repository("BoardConfigs/twin.yaml"), encoding: .utf8)
            .replacingOccurrences(of: "site: sites/riverside", with: "site: sites/nowhere")
        let file = Program.file(text, name: "board.yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        let outcome = try await doorstepd.run(["--board", file.path])
        #expect(outcome.code == 78)
        #expect(outcome.err.contains("sites/nowhere"))
    }

    @Test("it says its version, and wrong arguments are exit code 64")
    func reads() async throws {
        let version = try await doorstepd.run(["--version"])
        #expect(version.code == 0 && !version.out.isEmpty)
        #expect(try await doorstepd.run([]).code == 64)
        #expect(try await doorstepd.run(["--board", "x", "--log-level", "loud"]).code == 64)
    }
}
