import Foundation
import Testing

/// The device tools against one emulated device on a pseudo-terminal, as a technician uses them.
@Suite(
    .serialized,
    .enabled(
        if: ["doorstep", "doorstep-twin"].allSatisfy { Program(name: $0).isBuilt },
        "doorstep and doorstep-twin have not been built"))
struct DeviceCommandTests {
    private let doorstep = Program(name: "doorstep")
    private let folder = FileManager.default.temporaryDirectory.appending(path: "doorstep-device-\(UUID().uuidString)")

    /// Serves a device while `body` runs; `body` gets its terminal's path.
    private func withDevice(_ name: String, _ body: (String) async throws -> Void) async throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "port").path
        let process = try Program(name: "doorstep-twin").start(
            ["device", "--protocol", name, "--path", path, "--honour-rate"], log: folder.appending(path: "log"))
        defer { process.terminate() }
        for _ in 0..<200 where !FileManager.default.fileExists(atPath: path) {
            try await Task.sleep(for: .milliseconds(20))
        }
        try await body(path)
    }

    /// The JSON objects of some lines.
    private func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any], "\($0)")
        }
    }

    @Test("probe finds out protocol and rate by itself and says what to write into the board file")
    func probes() async throws {
        try await withDevice("rplidar") { port in
            let outcome = try await doorstep.run(["device", "probe", port])
            #expect(outcome.code == 0, "\(outcome.err)")
            #expect(outcome.out.hasPrefix("rplidar at 1000000 bit/s"), "\(outcome.out)")
            #expect(outcome.out.contains("driver: rplidar, port: { path: \(port), baud: 1000000 }"))
        }
    }

    @Test("a device at another rate than asked is garbage or silence, and the words say so")
    func wrongRate() async throws {
        try await withDevice("rplidar") { port in
            let outcome = try await doorstep.run(["device", "probe", port, "--protocol", "rplidar", "--rate", "115200"])
            #expect(outcome.code == 1)
            #expect(outcome.err.contains("at 115200"), "\(outcome.err)")
        }
    }

    @Test("what is recorded is decoded to the same revolutions, from the recording and from its plain bytes")
    func recordsAndDecodes() async throws {
        try await withDevice("rplidar") { port in
            let file = folder.appending(path: "lidar.mcap").path
            let raw = folder.appending(path: "lidar.bin").path
            let line = [port, "--protocol", "rplidar", "--rate", "1000000", "--seconds", "3"]
            let recorded = try await doorstep.run(["device", "record"] + line + ["--out", file])
            #expect(recorded.code == 0, "\(recorded.err)")
            let decoded = try await doorstep.run(["device", "decode", "--protocol", "rplidar", file])
            let plain = try await doorstep.run(["device", "replay", file, "--out", raw])
            #expect(plain.code == 0, "\(plain.err)")
            let again = try await doorstep.run(["device", "decode", "--protocol", "rplidar", raw])
            #expect(decoded.out == again.out && decoded.code == 0)
            let lines = try objects(decoded.out)
            let whole = lines.filter { $0["whole"] as? Bool == true }
            #expect(whole.count >= 5)
            for revolution in whole.dropFirst() { #expect((300...500).contains(revolution["points"] as? Int ?? 0)) }
            let counters = try #require(lines.last?["counters"] as? [String: Int])
            #expect(counters["checksum_errors"] == 0 && counters["frames"] ?? 0 > 1000)
        }
    }

    @Test("a replay plays the recorded bytes on a terminal, and what hears them decodes the same")
    func replays() async throws {
        try await withDevice("rplidar") { port in
            let file = folder.appending(path: "lidar.mcap").path
            let line = [port, "--protocol", "rplidar", "--rate", "1000000", "--seconds", "3"]
            #expect(try await doorstep.run(["device", "record"] + line + ["--out", file]).code == 0)
            let terminal = folder.appending(path: "again").path
            let replay = try doorstep.start(
                ["device", "replay", file, "--path", terminal, "--speed", "2"], log: folder.appending(path: "replay"))
            defer { replay.terminate() }
            for _ in 0..<200 where !FileManager.default.fileExists(atPath: terminal) {
                try await Task.sleep(for: .milliseconds(20))
            }
            let heard = try await doorstep.run(
                ["device", "monitor", terminal, "--protocol", "rplidar", "--quiet", "--json", "--seconds", "4"])
            let decoded = try await doorstep.run(["device", "decode", "--protocol", "rplidar", file])
            func revolutions(_ text: String) throws -> Int {
                try objects(text).filter { $0["whole"] as? Bool == true }.count
            }
            // The last revolution may be cut by the end of the terminal.
            #expect(try revolutions(heard.out) >= revolutions(decoded.out) - 1, "\(heard.err)")
        }
    }

    @Test(
        "a port that is not there, a protocol that is not known and a file that is no recording are said with a way on")
    func explains() async throws {
        let missing = try await doorstep.run(["device", "probe", "/dev/serial/by-id/nothing"])
        #expect(missing.code == 1 && missing.err.contains("no such device") && missing.err.contains("by-id"))
        let unknown = try await doorstep.run(["device", "decode", "--protocol", "lidar9000", "-"])
        #expect(unknown.code == 1 && unknown.err.contains("rplidar"), "\(unknown.err)")
        let file = Program.file("not a recording")
        defer { try? FileManager.default.removeItem(at: file) }
        let replay = try await doorstep.run(["device", "replay", file.path])
        #expect(replay.code == 1 && replay.err.contains(file.lastPathComponent), "\(replay.err)")
    }

    @Test("any bytes at all are decoded to counters, by every protocol")
    func decodesRubbish() async throws {
        let names = try await doorstep.run(["device", "protocols"]).out.split(separator: "\n").compactMap {
            $0.split(separator: " ").first.map(String.init)
        }
        #expect(names.contains("rplidar"))
        var random = SystemRandomNumberGenerator()
        let bytes = Data((0..<4096).map { _ in UInt8.random(in: 0...255, using: &random) })
        let file = FileManager.default.temporaryDirectory.appending(path: "doorstep-\(UUID().uuidString)")
        try bytes.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        for name in names {
            let outcome = try await doorstep.run(["device", "decode", "--protocol", name, file.path])
            #expect(outcome.code == 0, "\(name): \(outcome.err)")
            let counters = try #require(try objects(outcome.out).last?["counters"] as? [String: Int])
            #expect(counters["bytes"] == 4096)
        }
    }
}
