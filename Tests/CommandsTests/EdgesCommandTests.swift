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
        async let outcome = doorstep.run([
            "device", "edges", "socket:\(path)", "2", "4", "--count", "3", "--seconds", "60",
        ])
        var changes: [(line: Int, level: Bool)] = [(2, false), (4, true), (2, true)]
        var time = Instant.zero + .seconds(7)
        // The chip lives on this thread: it is served until the program has read everything and has gone.
        for _ in 0..<3000 {
            chip.service()
            if chip.listenerCount == 2, !changes.isEmpty {
                let change = changes.removeFirst()
                time += .milliseconds(5)
                chip.set(line: change.line, change.level, at: time)
            }
            if changes.isEmpty, chip.listenerCount == 0 { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        let result = try await outcome
        #expect(result.code == 0, "\(result.err)")
        #expect(
            result.out == """
                line 2  high  at the start
                line 4  low   at the start
                line 2  low   7.005000 s  #1
                line 4  high  7.010000 s  #1
                line 2  high  7.015000 s  #2

                """)
    }

    @Test("a chip that is not there is said, with what lists those that are")
    func missesAChip() async throws {
        let outcome = try await doorstep.run(["device", "edges", "gpiochip97", "0"])
        #expect(outcome.code == 1)
        #expect(outcome.err.contains("gpiochip97") && outcome.err.contains("gpioinfo"), "\(outcome.err)")
        #expect(try await doorstep.run(["device", "edges", "gpiochip0"]).code == 64)
    }
}
