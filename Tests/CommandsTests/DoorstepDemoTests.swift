import Foundation
import Testing

@Suite(.enabled(if: Program(name: "doorstep-demo").isBuilt, "doorstep-demo has not been built"))
struct DoorstepDemoTests {
    private let demo = Program(name: "doorstep-demo")

    @Test("a fault that there is not is exit code 64, and those that there are are listed")
    func refusesAnUnknownFault() async throws {
        let outcome = try await demo.run(["fast", "--fault", "lidar:tired@3"])
        #expect(outcome.code == 64)
        #expect(outcome.err.contains("lidar:tired") && outcome.err.contains("unplugged"), "\(outcome.err)")
    }

    @Test("a robot that only a person can free is given up in time, with exit code 1 and the reason")
    func givesUp() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-demo-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let outcome = try await demo.run([
            "fast", "--board", Program.repository("BoardConfigs/twin.yaml"), "--mission",
            Program.repository("Missions/lunch-to-level-3.yaml"), "--directory", folder.path, "--fault",
            "estop:press@4+2",
        ])
        #expect(outcome.code == 1)
        #expect(outcome.out.contains("emergency stop pressed; it waits for a person"), "\(outcome.out.suffix(600))")
    }
}
