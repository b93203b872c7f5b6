import DeviceIO
import Foundation
import RobotModel
import Testing
import Twin

/// A client that other people wrote and use, against the twin's wheel drive, over a pseudo-terminal.
@Suite("Public Modbus client")
struct ModbusPublicClientTests {
    /// Whether python3 finds pymodbus here.
    static let isInstalled: Bool = {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        probe.arguments = ["python3", "-c", "import pymodbus, serial"]
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
        "pymodbus drives the wheel drive: reads, writes, exceptions",
        .enabled(if: isInstalled, "python3 with pymodbus and pyserial is not installed"), .timeLimit(.minutes(2)))
    func pymodbus() throws {
        let path = NSTemporaryDirectory() + "doorstep-modbus-\(getpid())"
        let port = try PseudoTerminalPair(path: path)
        defer { port.close() }
        let plant = WheelPlant()
        let device = ZLAC8015DDevice(
            plant: plant, unit: 1, countsPerRevolution: 16_384, leftInverted: false, rightInverted: false)
        let line = PacedLine(
            device: device, line: SerialLine(path: path, baudRate: 115_200), port: port, turnaround: .milliseconds(1))

        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Peers/modbus_client.py")
        let client = Process()
        let output = Pipe()
        client.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        client.arguments = ["python3", script.path, path]
        client.standardOutput = output
        client.standardError = output
        try client.run()
        var last = monotonicNow()
        var wasEnabled = false
        while client.isRunning {
            let now = monotonicNow()
            let seconds = now.seconds(since: last)
            last = now
            // Motors that follow at once.
            plant.leftVelocity = plant.enabled ? plant.targetLeft : 0
            plant.rightVelocity = plant.enabled ? plant.targetRight : 0
            plant.leftPosition += plant.leftVelocity * seconds
            plant.rightPosition += plant.rightVelocity * seconds
            wasEnabled = wasEnabled || plant.enabled
            line.advance(to: now)
            usleep(300)
        }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(client.terminationStatus == 0, "\(text)")
        #expect(text.contains("all right"), "\(text)")
        #expect(wasEnabled)
        #expect(!plant.enabled)
    }
}
