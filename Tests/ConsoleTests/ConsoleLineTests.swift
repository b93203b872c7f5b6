import Console
import Control
import DeviceIO
import RobotModel
import Synchronization
import Testing

@Suite struct ConsoleLineTests {
    /// A daemon that always gives the same status.
    struct Daemon: ControlHandling {
        func answer(_ request: ControlRequest) async -> ControlResponse { .status(.sample) }
    }

    /// - Parameter clockRuns: False where nothing may depend on how long a loaded machine takes for an answer.
    private func makeConsole(
        _ ports: any SerialPortOpening, path: String = "console", clockRuns: Bool = true,
        _ log: @escaping @Sendable (String) -> Void
    ) -> ConsoleLine {
        let start = ContinuousClock().now
        return ConsoleLine(
            line: SerialLine(path: path, baudRate: 115_200), ports: ports, handler: Daemon(), robot: "dory",
            version: "0.1.0", unlockHash: Technician.hash(of: "1"),
            clock: { clockRuns ? Instant(nanoseconds: (ContinuousClock().now - start).nanoseconds) : .zero }, log: log)
    }

    /// Reads until the words have come. The bound only ends a test that hangs.
    private func read(_ port: any SerialPort, until words: String) async throws -> Bool {
        var bytes: [UInt8] = []
        for _ in 0..<12_000 {
            _ = try port.read(into: &bytes, limit: 4096)
            if String(decoding: bytes, as: UTF8.self).contains(words) { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("\(words) has not come, but: \(String(decoding: bytes, as: UTF8.self))")
        return false
    }

    private func write(_ port: any SerialPort, _ text: String) throws { _ = try port.write(Array(text.utf8)[...]) }

    @Test("what is typed on the line is answered on the line, by the daemon's own words")
    func answers() async throws {
        let ports = MemoryPorts()
        let terminal = ports.deviceEnd("console")
        let console = makeConsole(ports, clockRuns: false) { _ in }
        console.start()
        defer { console.stop() }
        #expect(try await read(terminal, until: "dory> "))
        try write(terminal, "devices\r")
        #expect(try await read(terminal, until: "held by pid 412"))
    }

    @Test("a line that is pulled out is opened again, locked, when it is back")
    func reconnects() async throws {
        let ports = MemoryPorts()
        let terminal = ports.deviceEnd("console")
        let words = Words()
        let console = makeConsole(ports) { words.add($0) }
        console.start()
        defer { console.stop() }
        #expect(try await read(terminal, until: "dory> "))
        try write(terminal, "unlock\r1\r")
        #expect(try await read(terminal, until: "dory# "))
        ports.unplug("console")
        try await words.wait(for: "the line was lost; locked")
        ports.plug("console")
        #expect(try await read(terminal, until: "dory> "))
        #expect(words.all.contains("console is there again"))
    }

    @Test("a port that is not there is said once and waited for")
    func waitsForThePort() async throws {
        let ports = MemoryPorts()
        let words = Words()
        let console = makeConsole(ports) { words.add($0) }
        console.start()
        defer { console.stop() }
        try await words.wait(for: "cannot open console")
        let terminal = ports.deviceEnd("console")
        #expect(try await read(terminal, until: "dory> "))
        #expect(words.all.count { $0.contains("cannot open") } == 1)
    }

    @Test("a pseudo-terminal works like any other line")
    func usesAPseudoTerminal() async throws {
        let path = "/tmp/doorstep-console-\(UInt64.random(in: 0 ... .max))"
        let terminal = try PseudoTerminalPair(path: path)
        defer { terminal.close() }
        let console = makeConsole(SystemSerialPorts(), path: path) { _ in }
        console.start()
        defer { console.stop() }
        #expect(try await read(terminal, until: "dory> "))
        try write(terminal, "\u{0C}version\r")
        #expect(try await read(terminal, until: "version\r\ndory: Doorstep 0.1.0\r\n"))
    }

    @Test("`stop` says goodbye and gives the port back")
    func stops() async throws {
        let ports = MemoryPorts()
        let terminal = ports.deviceEnd("console")
        let console = makeConsole(ports) { _ in }
        console.start()
        #expect(try await read(terminal, until: "dory> "))
        console.stop()
        #expect(try await read(terminal, until: "the daemon stops"))
    }
}

/// Words that come from another thread.
final class Words: Sendable {
    private let words = Mutex<[String]>([])

    var all: [String] { words.withLock { $0 } }

    func add(_ text: String) { words.withLock { $0.append(text) } }

    func wait(for text: String) async throws {
        for _ in 0..<12_000 {
            if all.contains(where: { $0.contains(text) }) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("nobody said: \(text)")
    }
}
