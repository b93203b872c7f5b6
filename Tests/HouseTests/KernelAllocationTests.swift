import Foundation
import Testing

/// The compiler refuses an allocation in a kernel of the tick: shown on the real kernels, with one put in.
@Suite struct KernelAllocationTests {
    static let compiler: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/swiftc" }.first { FileManager.default.isExecutableFile(atPath: $0) }

    /// A kernel, and what else of its room it needs.
    struct Kernel: CustomTestStringConvertible, Sendable {
        var file: String
        var others: [String] = []
        /// The first statement of the function that the tick calls; what is put in stands before it.
        var statement: String
        var testDescription: String { file }
    }

    static let kernels = [
        Kernel(
            file: "Stages/Motion/TwistShaper.swift", others: ["Stages/Motion/DriveLimits.swift"],
            statement: "        switch limit {\n"),
        Kernel(file: "Stages/Estimation/Odometry.swift", statement: "        let sample = wheels.value\n"),
        Kernel(
            file: "Stages/Safety/SafetySupervisor.swift",
            others: ["Stages/Safety/SafetyFlags.swift", "Stages/Safety/SafetyRule.swift"],
            statement: "        let time = now.nanoseconds\n"),
    ]

    /// Compiles kernel and `RobotModel` as one module, as far as the passes that judge performance.
    private func compile(_ kernel: Kernel, insert: String) throws -> (code: Int32, said: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-kernel-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var sources: [String] = []
        for path in [kernel.file] + kernel.others {
            var text = try House.text("Sources/\(path)").replacingOccurrences(
                of: "public import RobotModel\n", with: "")
            if path == kernel.file {
                try #require(text.contains(kernel.statement), "\(path) has another first statement now")
                text = text.replacingOccurrences(of: kernel.statement, with: insert + kernel.statement)
            }
            let copy = folder.appending(path: path.split(separator: "/").last.map(String.init) ?? path)
            try Data(text.utf8).write(to: copy)
            sources.append(copy.path)
        }
        sources += try House.swiftFiles("Sources/Base/RobotModel").map { "\(House.root)/\($0.path)" }
        let process = Process()
        process.executableURL = URL(filePath: try #require(Self.compiler))
        process.arguments =
            ["-swift-version", "6", "-parse-as-library", "-whole-module-optimization", "-emit-sil", "-o", "/dev/null"]
            + sources
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let said = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: said, as: UTF8.self))
    }

    @Test(
        "a kernel as it is compiles; with an array made in its step it does not",
        .enabled(if: compiler != nil, "swiftc is not on the PATH"), arguments: kernels)
    func allocationIsRefused(kernel: Kernel) throws {
        let untouched = try compile(kernel, insert: "")
        #expect(untouched.code == 0, "\(untouched.said.suffix(2000))")
        let spoilt = try compile(
            kernel, insert: "        let seen = [1, 2, 3]\n        if seen.count > 7 { fatalError() }\n")
        #expect(spoilt.code != 0)
        // "Using type 'Int' can cause metadata allocation or locks": the array's buffer.
        #expect(spoilt.said.contains("allocation or locks"), "\(spoilt.said.suffix(2000))")
    }
}
