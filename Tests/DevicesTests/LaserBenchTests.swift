import DeviceIO
import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

@Suite("LiDARs on a table: Hokuyo and Hesai")
struct LaserBenchTests {
    @Test(
        "what a device on the table says is read by its card's decoder over a paced line",
        arguments: ["hokuyo", "hesai-xt", "hesai-jt16"])
    func streams(_ name: String) throws {
        let bench = try #require(BenchDevice.named(name, path: "memory:\(name)", seed: 3))
        let card = try #require(ProtocolCard.named(name))
        let ports = MemoryPorts()
        let line = PacedLine(device: bench.device, line: bench.line, port: ports.deviceEnd(bench.line.path))
        let host = try ports.open(bench.line)
        var decoder = card.decoder()
        var records: [any DecodedRecord] = []
        var now = Instant(nanoseconds: 1_000_000_000)
        if name == "hokuyo" { _ = try host.write(Array("\nBM\nMD0044072501200\n".utf8)[...]) }
        for _ in 0..<1000 {
            now += .milliseconds(1)
            line.advance(to: now)
            var bytes: [UInt8] = []
            _ = try host.read(into: &bytes, limit: 1 << 16)
            decoder.decode(bytes[...]) { records.append($0) }
        }
        decoder.finish { records.append($0) }
        #expect(card.recognises(decoder.counters) && decoder.counters.checksumErrors == 0)
        let ranges = records.flatMap { record in
            (record as? RevolutionRecord)?.ranges ?? (record as? RingRevolutionRecord)?.ranges ?? []
        }
        #expect(ranges.count > 2000 && ranges.contains { $0 > 1.5 } && ranges.allSatisfy { $0 < 4 })
    }

    @Test("an XT's datagrams go over the machine's own network into the driver, whole; losses and a pulled plug show")
    func datagrams() throws {
        let number = 42_500
        let path = "udp:127.0.0.1:\(number)"
        let room = BenchRoom(seed: 5)
        let device = HesaiXTDevice(laser: room)
        let wire = SerialLine(path: path, baudRate: 100_000_000)
        let ends = TwinPseudoTerminals()
        let line = PacedLine(device: device, line: wire, port: try ends.deviceEnd(of: wire))
        let ring = Ring<LaserSample>(capacity: 1 << 16)
        let pump = DevicePump(
            driver: HesaiXTDriver(
                slot: "lidar", angles: .file(device.calibration), minRange: 0.1, maxRange: 50, samples: [ring]),
            line: wire, opener: SystemSerialPorts())
        var now = Instant(nanoseconds: 1_000_000_000)
        func run(_ steps: Int) {
            for _ in 0..<steps {
                now += .milliseconds(1)
                line.advance(to: now)
                pump.service(at: now)
            }
        }
        run(500)
        #expect(pump.status.phase == .running && pump.status.counters.resyncs == 0)
        // 2500 packets a second; the first few milliseconds go by before the port is open.
        #expect((1200...1255).contains(pump.status.counters.frames))
        line.fault = .truncated
        run(500)
        #expect(pump.status.phase != .running && pump.status.fault?.code == .garbage)
        line.fault = .none
        run(600)
        #expect(pump.status.phase == .running)
        ends.setPlugged(path, false)
        run(400)
        #expect(pump.status.fault?.code == .silent)
        ends.setPlugged(path, true)
        run(600)
        #expect(pump.status.phase == .running && pump.status.fault == nil)
    }

    @Test("a calibration comes over a real connection on the loopback address")
    func calibration() throws {
        let path = "tcp:127.0.0.1:42501"
        let wire = SerialLine(path: path, baudRate: 100_000_000)
        var angles = HesaiCalibration.nominalXT(.xt16)
        angles.azimuths[3] = 0.25
        let line = PacedLine(
            device: HesaiPTCDevice(calibration: angles), line: wire, port: try TwinPseudoTerminals().deviceEnd(of: wire)
        )
        let box = HesaiCalibrationBox()
        let pump = DevicePump(
            driver: HesaiPTCDriver(slot: "lidar.angles", box: box), line: wire, opener: SystemSerialPorts())
        var now = Instant(nanoseconds: 1_000_000_000)
        for _ in 0..<500 {
            now += .milliseconds(1)
            line.advance(to: now)
            pump.service(at: now)
        }
        #expect(box.calibration == angles && pump.status.phase == .running)
    }
}
