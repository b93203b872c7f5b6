import DeviceIO
import Foundation
import RobotModel
import Testing

@Suite(.enabled(if: Program(name: "doorstep").isBuilt, "doorstep has not been built")) struct EdgesCommandTests {
    private let doorstep = Program(name: "doorstep")

    @Test("edges of two lines are shown in their order, with the time and number of each")
    func shows() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "ds-\(UUID().uuidString.prefix(8))").path
        let chip = try GPIOSocketServer(path: path)
        chip.set(line: 2, true)
        let log = FileManager.default.temporaryDirectory.appending(path: "ds-\(UUID().uuidString.prefix(8)).log")
        let process = try doorstep.start(
            ["device", "edges", "socket:\(path)", "2", "4", "--count", "3", "--seconds", "60"], log: log)
        func said() -> String { (try? String(contentsOf: log, encoding: .utf8)) ?? "" }
        var changes: [(line: Int, level: Bool)] = [(2, false), (4, true), (2, true)]
        var time = Instant.zero + .seconds(7)
        // The chip lives on this task: it is served until the program has read everything and has gone.
        for _ in 0..<3000 where process.isRunning {
            chip.service()
            if said().contains("line 4  low   at the start\n"), !changes.isEmpty {
                let change = changes.removeFirst()
                time += .milliseconds(5)
                chip.set(line: change.line, change.level, at: time)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(
            said() == """
                line 2  high  at the start
                line 4  low   at the start
                line 2  low   7.005000 s  #1
                line 4  high  7.010000 s  #1
                line 2  high  7.015000 s  #2

                """)
        try FileManager.default.removeItem(at: log)
    }

    @Test("a chip that is not there is said, with what lists those that are")
    func missesAChip() async throws {
        let outcome = try await doorstep.run(["device", "edges", "gpiochip97", "0"])
        #expect(outcome.code == 1)
        #expect(outcome.err.contains("gpiochip97") && outcome.err.contains("gpioinfo"), "\(outcome.err)")
        #expect(try await doorstep.run(["device", "edges", "gpiochip0"]).code == 64)
    }
}
