import ArgumentParser
import Foundation
import MCAP
import RobotModel

/// `doorstep recording …`
struct RecordingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recording", abstract: "Looks into recordings and repairs torn ones.",
        subcommands: [Info.self, Recover.self])

    /// `doorstep recording info`
    struct Info: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Says what is in MCAP files, with every checksum checked.",
            discussion: "Exit code 1 when one of them is torn or damaged.")

        @Argument(help: "The files.")
        var files: [String]

        func run() throws {
            var isSound = true
            try complaining {
                for file in files {
                    let summary = try RecordingSummary(file: file)
                    print(summary.text, terminator: "")
                    isSound = isSound && summary.isSound
                }
            }
            if !isSound { throw ExitCode.failure }
        }
    }

    /// `doorstep recording recover`
    struct Recover: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a sound file of a torn one; the torn one stays as it is.")

        @Argument(help: "The torn file.")
        var file: String

        @Option(help: "The file to write; <file>.recovered.mcap when left out.")
        var out: String?

        func run() throws {
            try complaining {
                let bytes = try readAll(file)
                do {
                    let recovery = try MCAPRecovery(bytes)
                    guard !recovery.tail.isEmpty else {
                        print("\(file) is whole: \(recovery.messages) messages")
                        return
                    }
                    let stem = file.hasSuffix(".mcap") ? String(file.dropLast(5)) : file
                    let path = out ?? stem + ".recovered.mcap"
                    try writeAll(recovery.bytes(repairing: bytes), to: path, replaces: false)
                    print("\(path): kept \(recovery.messages) messages, gave up \(recovery.lostBytes) bytes")
                } catch let error as MCAPError {
                    throw RecordingSummary.complaint(error, file: file)
                }
            }
        }
    }
}
