import Foundation
import Testing

@Suite struct ServiceUnitTests {
    static let analyzer = "/usr/bin/systemd-analyze"
    static var hasAnalyzer: Bool { FileManager.default.isExecutableFile(atPath: analyzer) }

    /// Runs the analyzer on a copy of the unit whose program exists; its exit code and what it said.
    private func analyze(
        _ arguments: [String], replacing line: String = "", with other: String = ""
    ) throws -> (code: Int32, said: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-unit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let unit = try House.text("scripts/packaging/doorstepd.service")
            .replacingOccurrences(of: "/usr/bin/doorstepd", with: "/bin/true")
            .replacingOccurrences(of: line, with: other)
        let path = folder.appending(path: "doorstepd.service")
        try Data(unit.utf8).write(to: path)
        let process = Process()
        process.executableURL = URL(filePath: Self.analyzer)
        process.arguments = arguments + [path.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }

    @Test("systemd understands every line of the unit", .enabled(if: hasAnalyzer, "systemd-analyze is not installed"))
    func isUnderstood() throws {
        let (code, said) = try analyze(["verify", "--man=no", "--recursive-errors=no"])
        #expect(code == 0, "\(said)")
        // And would not, were there a mistake in it.
        for mistake in ["WatchdogSecs=2", "WatchdogSec=soon"] {
            let arguments = ["verify", "--man=no", "--recursive-errors=no"]
            #expect(try analyze(arguments, replacing: "WatchdogSec=2", with: mistake).code != 0)
        }
    }

    @Test(
        "the unit's exposure is at most 2.0 of 10", .enabled(if: hasAnalyzer, "systemd-analyze is not installed"))
    func isHardened() throws {
        let (code, said) = try analyze(["security", "--offline=yes", "--threshold=20"])
        #expect(code == 0, "\(said)")
    }

    @Test(
        "the unit says what the daemon counts on",
        arguments: [
            "Type=notify", "NotifyAccess=main", "WatchdogSec=2", "Restart=on-failure", "TimeoutStopSec=8",
            "LimitRTPRIO=95", "LimitMEMLOCK=infinity", "StateDirectory=doorstep", "RuntimeDirectory=doorstep",
            "User=doorstep", "RestartPreventExitStatus=64 78",
        ])
    func saysIt(line: String) throws {
        #expect(try House.text("scripts/packaging/doorstepd.service").split(separator: "\n").contains(Substring(line)))
    }
}
