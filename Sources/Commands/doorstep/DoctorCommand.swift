import ArgumentParser
import BoardFile
import Doctor
import Foundation
import RobotModel
import StructuredText

/// `doorstep doctor`
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Names what is missing on this board, and how to mend it.",
        discussion: """
            Kernel, rights, processors, heat, clock, serial ports, GPIO chips and disks are looked at; nothing is changed but
            for a file of 4 MB that is written and removed again to time the disk. Exit code 1 when something is bad.
            As root it sees more: `sudo doorstep doctor`.
            """)

    @Option(help: "The board file; /etc/doorstep/board.yaml where that is there.")
    var board: String?

    @Option(help: "The user that the daemon runs as.")
    var user = "doorstep"

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        try complaining {
            let findings = Doctor(LiveBoard(), board: try readBoard(), user: user).examine()
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(findings), as: UTF8.self))
            } else {
                show(findings)
            }
            if findings.contains(where: { $0.verdict == .bad }) { throw ExitCode(1) }
        }
    }

    private func readBoard() throws -> Board? {
        if let board { return try Board.read(path: board) }
        let usual = "/etc/doorstep/board.yaml"
        return FileManager.default.fileExists(atPath: usual) ? try Board.read(path: usual) : nil
    }

    /// A row a finding, its hint below; the marks are readable without colours.
    private func show(_ findings: [Finding]) {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let width = findings.map(\.check.count).max() ?? 0
        for finding in findings {
            let (mark, colour) =
                switch finding.verdict {
                case .good: ("ok     ", "32")
                case .unknown: ("?      ", "2")
                case .advice: ("advice ", "33")
                case .bad: ("BAD    ", "1;31")
                }
            let shown = isTerminal ? "\u{1B}[\(colour)m\(mark)\u{1B}[0m" : mark
            print("\(shown)\(finding.check.padding(toLength: width, withPad: " ", startingAt: 0))  \(finding.what)")
            if let hint = finding.hint { print("       \(String(repeating: " ", count: width))  hint: \(hint)") }
        }
        let counts = Finding.Verdict.allCases.map { verdict in findings.count { $0.verdict == verdict } }
        print(
            "\(counts[0]) as they should be, \(counts[2]) to improve, \(counts[3]) bad, \(counts[1]) could not be looked at"
        )
    }
}
