import Foundation

/// A program of the house, run as a person runs it.
struct Program {
    /// Where the programs lie: beside the program that runs the tests.
    static let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    let name: String

    var path: String { Self.folder.appending(path: name).path }
    /// It is not there when only some targets were built.
    var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// What became of a run.
    struct Outcome: Sendable {
        var code: Int32
        var out: String
        var err: String
    }

    /// Runs it to its end, with this on standard input.
    func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) async throws -> Outcome {
        let path = path
        return try await withCheckedThrowingContinuation { continuation in
            // A thread of its own: what waits here would keep others from running.
            Thread {
                continuation.resume(
                    with: Result {
                        let process = Process()
                        process.executableURL = URL(filePath: path)
                        process.arguments = arguments
                        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
                        let (input, out, err) = (Self.file(input), Pipe(), Pipe())
                        process.standardInput = try FileHandle(forReadingFrom: input)
                        process.standardOutput = out
                        process.standardError = err
                        try process.run()
                        // What is said on standard error here is short; standard output may be long.
                        let said = out.fileHandleForReading.readDataToEndOfFile()
                        let complained = err.fileHandleForReading.readDataToEndOfFile()
                        process.waitUntilExit()
                        try? FileManager.default.removeItem(at: input)
                        return Outcome(
                            code: process.terminationStatus, out: String(decoding: said, as: UTF8.self),
                            err: String(decoding: complained, as: UTF8.self))
                    })
            }.start()
        }
    }

    /// Starts it and lets it run; what it says goes into a file.
    func start(_ arguments: [String], environment: [String: String] = [:], log: URL) throws -> Process {
        try Data().write(to: log)
        let output = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return process
    }

    /// A file of its own that holds a text.
    static func file(_ text: String, name: String = "input") -> URL {
        let url = FileManager.default.temporaryDirectory.appending(path: "doorstep-\(UUID().uuidString)-\(name)")
        try? Data(text.utf8).write(to: url)
        return url
    }

    /// A file of the repository.
    static func repository(_ path: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: path).path
    }
}
