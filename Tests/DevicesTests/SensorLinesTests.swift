import DeviceIO
import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

/// The whole way: a driver in its pump, a port, a line as slow as the real one, the bench's device.
@Suite("Batteries and inertial units at the far end of a slow line")
struct SensorLinesTests {
    private let ports = MemoryPorts()
    private let battery = LatestValue(Stamped(BatteryState(), at: .zero))
    private let inertia = LatestValue(Stamped(InertialState(), at: .zero))

    private func driver(_ name: String, _ baudRate: Int) throws -> any DeviceDriver {
        if let kind = BatteryDriver.Kind(rawValue: name) {
            return BatteryDriver(.init(slot: "battery", kind: kind, baudRate: baudRate, cells: 8), battery: battery)
        }
        try #require(name == "witmotion")
        return WitMotionDriver(.init(slot: "imu", baudRate: baudRate), inertia: inertia)
    }

    private func run(
        _ name: String, hostRate: Int, for seconds: Int, until isEnough: (DeviceStatus) -> Bool = { _ in false }
    ) throws -> DeviceStatus {
        let bench = try #require(BenchDevice.named(name, path: "line", seed: 7))
        let wire = PacedLine(device: bench.device, line: bench.line, port: ports.deviceEnd("line"))
        let pump = DevicePump(
            driver: try driver(name, hostRate), line: SerialLine(path: "line", baudRate: hostRate), opener: ports)
        defer { pump.stop() }
        for step in 0..<(seconds * 500) {
            let now = Instant(nanoseconds: 1_000_000_000 + Int64(step) * 2_000_000)
            wire.advance(to: now)
            pump.service(at: now)
            if isEnough(pump.status) { break }
        }
        return pump.status
    }

    @Test("at the rate that they are delivered with they run", arguments: ["daly", "jbd", "witmotion"])
    func delivered(_ name: String) throws {
        let status = try run(name, hostRate: 9600, for: 6)
        #expect(status.phase == .running && status.fault == nil && status.counters.checksumErrors == 0)
        if name == "witmotion" {
            #expect(abs(inertia.load().value.pressure - InertialPlant().pressure) < 12)
        } else {
            #expect(abs(battery.load().value.voltage - 26.2) < 0.01)
        }
    }

    @Test("an inertial unit at another rate is found, and the fault names the rate")
    func otherRate() throws {
        let status = try run("witmotion", hostRate: 115_200, for: 60) { $0.fault?.hint?.contains("9600 bit/s") == true }
        #expect(status.fault?.code == .garbage && status.fault?.what.contains("the rate looks like 9600") == true)
    }

    @Test(
        "a probe tells the three apart: each card knows its own device, and no other's",
        arguments: ["daly", "jbd", "witmotion"])
    func probe(_ name: String) throws {
        for card in [ProtocolCard.daly, .jbd, .witmotion] {
            let bench = try #require(BenchDevice.named(name, path: "line", seed: 7))
            var decoder = card.decoder()
            for step in 0..<2000 {
                let now = Instant(nanoseconds: Int64(step) * 1_000_000)
                if step % 200 == 10, step / 200 < card.questions.count {
                    bench.device.receive(card.questions[step / 200][...], at: now)
                }
                var output: [UInt8] = []
                bench.device.advance(to: now, output: &output)
                decoder.decode(output[...]) { _ in }
            }
            #expect(card.recognises(decoder.counters) == (card.name == name), "\(card.name) and \(name)")
        }
    }
}
