import Foundation
import Testing

/// PyPI's `mcap`, the reader that is not ours.
enum PythonPeer {
    /// Whether it is installed.
    static let isInstalled: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import mcap, zstandard"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// What it finds in a file, with checksum validation on.
    static func read(_ bytes: [UInt8]) throws -> [String: Any] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("mcap-\(UUID().uuidString).mcap")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bytes).write(to: file)
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", folder.appendingPathComponent("Peers/read_mcap.py").path, file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "the Python reader refused the file")
        return try #require(JSONSerialization.jsonObject(with: output) as? [String: Any])
    }
}
