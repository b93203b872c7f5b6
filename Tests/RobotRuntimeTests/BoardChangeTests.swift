import BoardFile
import Foundation
import RobotRuntime
import Testing

@Suite("What a changed board file changes") struct BoardChangeTests {
    private let text: String

    init() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        text = try String(contentsOf: root.appending(path: "BoardConfigs/twin.yaml"), encoding: .utf8)
    }

    private func change(_ edit: (String) -> String) throws -> BoardChange {
        BoardChange(
            from: try Board.read(file: "board.yaml", text: text),
            to: try Board.read(file: "board.yaml", text: edit(text)))
    }

    @Test("the same content written otherwise is no change")
    func ignoresWriting() throws {
        let change = try change { text in
            "# another day\n"
                + text.replacing(
                    "control: { tick_rate: 1000, priority: 80, cpu: 1 }",
                    with: "control:\n  tick_rate: 1000 # as ever\n  priority: 80\n  cpu: 1")
        }
        #expect(change.taken.isEmpty && change.waiting.isEmpty)
    }

    @Test("log level and console code are taken over; the console's port and every other key wait for a restart")
    func sorts() throws {
        let change = try change { text in
            text.replacing("of 7321, for the twin", with: "changed").replacing("$m=8192,t=3", with: "$m=8192,t=4")
                .replacing("path: /tmp/doorstep-twin/console", with: "path: /dev/ttyS9")
                .replacing("reserve: 0.15", with: "reserve: 0.2") + "log: { level: debug }\n"
        }
        #expect(change.taken == ["console.unlock_hash", "log.level"])
        #expect(change.waiting == ["battery", "console.port"])
    }
}
