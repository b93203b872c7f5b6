import DeviceIO
import DeviceProtocols
import Foundation
import RobotModel
import Testing
import Twin

/// One metre in the first quarter clockwise, three elsewhere.
private final class Quarter: LaserPlant {
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        let clockwise = (-angle / (2 * .pi)).truncatingRemainder(dividingBy: 1)
        return ((clockwise < 0 ? clockwise + 1 : clockwise) < 0.25 ? 1 : 3, 188)
    }
}

/// A client that other people wrote and use, against the twin's X4, over a pseudo-terminal.
@Suite("Public YDLIDAR client")
struct YDLIDARPublicClientTests {
    /// Whether python3 finds PyLidar3 here.
    static let isInstalled: Bool = {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        probe.arguments = ["python3", "-c", "import PyLidar3, serial"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    private func monotonicNow() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    @Test(
        "PyLidar3 finds the X4 well, and sees the walls where they are",
        .enabled(if: isInstalled, "python3 with PyLidar3 and pyserial is not installed"), .timeLimit(.minutes(2)))
    func pyLidar3() throws {
        let path = NSTemporaryDirectory() + "doorstep-ydlidar-\(getpid())"
        let port = try PseudoTerminalPair(path: path)
        defer { port.close() }
        let device = YDLIDARDevice(laser: Quarter())
        let line = PacedLine(device: device, line: SerialLine(path: path, baudRate: 128_000), port: port)

        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Peers/ydlidar_client.py")
        let client = Process()
        let output = Pipe()
        client.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        client.arguments = ["python3", script.path, path]
        client.standardOutput = output
        client.standardError = output
        try client.run()
        while client.isRunning {
            line.advance(to: monotonicNow())
            usleep(300)
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(client.terminationStatus == 0, "\(text)")
        #expect(text.contains("all right"), "\(text)")
        #expect(!device.isScanning)
    }
}
