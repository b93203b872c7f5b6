import DeviceIO
import DeviceProtocols
import Foundation
import RobotModel
import Testing
import Twin

/// Clients that other people wrote and use, against the twin's battery and inertial unit, over pseudo-terminals.
@Suite("Public clients of batteries and inertial units")
struct SensorPublicClientsTests {
    static let hasDaly = hasModules("dalybms, serial")
    static let hasWitMotion = hasModules("witmotion, serial")

    /// Whether python3 finds modules here.
    private static func hasModules(_ names: String) -> Bool {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        probe.arguments = ["python3", "-c", "import \(names)"]
        probe.standardError = FileHandle.nullDevice
        guard (try? probe.run()) != nil else { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }

    private func monotonicNow() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    /// Runs a client against a device at 9600 bit/s and gives what it printed.
    private func seen<Seen: Decodable>(_ type: Seen.Type, by script: String, from device: any TwinDevice) throws -> Seen
    {
        let path = NSTemporaryDirectory() + "doorstep-\(script)-\(getpid())"
        let port = try PseudoTerminalPair(path: path)
        defer { port.close() }
        let line = PacedLine(device: device, line: SerialLine(path: path, baudRate: 9600), port: port)
        let client = Process()
        let output = Pipe()
        client.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        client.arguments = [
            "python3",
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Peers/\(script)").path,
            path,
        ]
        client.standardOutput = output
        try client.run()
        while client.isRunning {
            line.advance(to: monotonicNow())
            usleep(300)
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        #expect(client.terminationStatus == 0, "\(String(decoding: data, as: UTF8.self))")
        return try JSONDecoder().decode(type, from: data)
    }

    private struct Battery: Decodable {
        struct Charge: Decodable { var total_voltage, current, soc_percent: Double }
        struct Cells: Decodable { var highest_voltage, lowest_voltage: Double }
        struct Temperatures: Decodable { var highest_temperature, lowest_temperature: Int }
        struct Switches: Decodable {
            var mode: String
            var charging_mosfet: Bool
            var capacity_ah: Double
        }
        struct Status: Decodable {
            var cells, cycles: Int
            var charger_running: Bool
        }
        var soc: Charge
        var cells: Cells
        var temperatures: Temperatures
        var switches: Switches
        var status: Status
        var errors: [String]
    }

    @Test(
        "python-daly-bms reads the Daly battery",
        .enabled(if: hasDaly, "python3 with dalybms and pyserial is not installed"), .timeLimit(.minutes(1)))
    func daly() throws {
        let device = DalyDevice(plant: BatteryPlant())
        device.faults = DalyFaults(bits: 1 << 7 | 1 << 50)
        let seen = try seen(Battery.self, by: "daly_client.py", from: device)
        // Its sense of the current: discharging is positive.
        #expect(seen.soc.total_voltage == 26.2 && seen.soc.current == 1.8 && seen.soc.soc_percent == 72)
        #expect(abs(seen.cells.highest_voltage - 3.279) < 0.002 && seen.temperatures.highest_temperature == 24)
        #expect(seen.switches.mode == "discharging" && abs(seen.switches.capacity_ah - 14.4) < 0.01)
        #expect(seen.status.cells == 8 && seen.status.cycles == 41 && !seen.status.charger_running)
        // Not the cells' bits: version 0.5.0 has their words garbled, its repository has put them right since.
        #expect(seen.errors == ["Total voltage is too low Level two alarm", "Short circuit protection failure"])
    }

    private struct Inertia: Decodable { var acceleration, rate: [Double] }

    @Test(
        "the witmotion client reads the inertial unit",
        .enabled(if: hasWitMotion, "python3 with witmotion and pyserial is not installed"), .timeLimit(.minutes(1)))
    func witMotion() throws {
        let plant = InertialPlant()
        plant.angularVelocity = Vector3(0, 0, 1)
        let device = WitMotionDevice(
            plant: plant, content: [.acceleration, .angularVelocity, .angle, .magneticField], seed: 4)
        let seen = try seen(Inertia.self, by: "witmotion_client.py", from: device)
        // It takes g for 9.8 m/s² and gives degrees a second.
        #expect(abs(seen.acceleration[2] - 9.8) < 0.15 && abs(seen.acceleration[0]) < 0.15)
        #expect(abs(seen.rate[2] - 180 / Double.pi) < 1)
    }
}
