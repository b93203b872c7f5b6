import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

/// A round room of 5 m whose wall goes away by a metre a second: a range tells when it was taken.
private final class RoundRoom: LaserPlant {
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        (time.seconds(since: Instant(nanoseconds: 0)), 99)
    }
}

/// Two metres ahead and three to the left of the laser, four elsewhere.
private final class Sectors: LaserPlant {
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        var degrees = (angle * 180 / .pi).truncatingRemainder(dividingBy: 360)
        if degrees < 0 { degrees += 360 }
        if degrees < 30 || degrees > 330 { return (2, 99) }
        return ((60..<120).contains(degrees) ? 3 : 4, 99)
    }
}

@Suite("Hesai XT driver against the twin's device")
struct HesaiXTDriverTests {
    private let ring = Ring<LaserSample>(capacity: 1 << 16)

    private func driver(_ angles: HesaiXTDriver.AngleSource) -> HesaiXTDriver {
        HesaiXTDriver(slot: "lidar", angles: angles, minRange: 0.1, maxRange: 50, samples: [ring])
    }

    private func drain() -> [LaserSample] {
        var samples: [LaserSample] = []
        while let sample = ring.pop() { samples.append(sample) }
        return samples
    }

    /// The data sheet's angles, a little off, as a real device's are.
    private var real: HesaiCalibration {
        var calibration = HesaiCalibration.nominalXT(.xt16)
        calibration.elevations = calibration.elevations.map { $0 - 0.7 }
        calibration.azimuths = calibration.azimuths.indices.map { Double($0) * 0.01 - 1.2 }
        return calibration
    }

    @Test("with its file's angles it runs; the most nearly level channel stands where the walls are, counter-clockwise")
    func samples() {
        let device = HesaiXTDevice(laser: Sectors(), calibration: real)
        var bench = LoudBench(driver(.file(real)), device)
        bench.run(for: .milliseconds(300))
        #expect(bench.phases == [.checking, .running])
        #expect(bench.driver.status.fault == nil)
        #expect(bench.driver.status.identity == "Hesai PandarXT-16, channel 8 of 16, angles of its file")
        _ = drain()
        bench.run(for: .milliseconds(500))
        let samples = drain()
        #expect((9900...10_100).contains(samples.count))
        #expect((4...6).contains(samples.filter(\.startsRevolution).count))
        for sample in samples {
            let degrees = Double(sample.angle) * 180 / .pi
            let expected =
                degrees < 29.9 || degrees > 330.1
                ? 2.0
                : (60.1..<119.9).contains(degrees)
                    ? 3.0
                    : (120.1..<329.9).contains(degrees) ? 4.0 : Double(sample.range)
            // A count is 4 mm.
            #expect(abs(Double(sample.range) - expected) < 0.003)
            #expect(sample.intensity == 99)
        }
        let falls = zip(samples, samples.dropFirst()).filter { $1.angle < $0.angle }.count
        #expect(falls > samples.count - 8)
    }

    @Test("the vendor's golden point lies where the vendor's SDK puts it")
    func golden() throws {
        let calibration = HesaiCalibration(
            elevations: [14.972363] + [Double](repeating: 80, count: 31),
            azimuths: [0.082385] + [Double](repeating: 0, count: 31))
        var content = HesaiXTContent(
            layout: .xt32, rpm: 0, time: HesaiTime(seconds: 1, microseconds: 0), sequence: 1,
            azimuths: [UInt16](repeating: 180, count: 8),
            units: [HesaiXTPacket.Unit](repeating: .init(distance: 190, reflectivity: 5), count: 256))
        content.returnMode = .dual
        var driver = driver(.file(calibration))
        _ = driver.handle(.opened, at: .zero)
        _ = driver.handle(.bytes(content.encoded[...]), at: .zero)
        let sample = try #require(drain().first)
        #expect(abs(Double(sample.angle) * 180 / .pi - (360 - 1.882385)) < 1e-4)
        // x 0.0241, y 0.7338 (forward is y): 0.7342 m level, of 0.760 m slant.
        #expect(abs(Double(sample.range) - 0.7342) < 0.0001)
    }

    @Test("each sample carries the moment at which it was taken, to 0.3 ms, whatever the chunks are")
    func times() {
        let device = HesaiXTDevice(laser: RoundRoom(), calibration: real)
        var bench = LoudBench(driver(.file(real)), device)
        bench.run(for: .milliseconds(500), step: .milliseconds(3))
        _ = drain()
        bench.run(for: .milliseconds(300), step: .milliseconds(3))
        let samples = drain()
        #expect(samples.count > 5000)
        for sample in samples {
            #expect(abs(sample.time.seconds(since: .zero) - Double(sample.range)) < 0.0003 + 0.0021)
        }
        let mean = samples.reduce(0) { $0 + $1.time.seconds(since: .zero) - Double($1.range) } / Double(samples.count)
        #expect(abs(mean) < 0.0003)
    }

    @Test("without a file it asks the device, and runs with what the device gives")
    func angles() {
        let box = HesaiCalibrationBox()
        let device = HesaiXTDevice(laser: Sectors(), calibration: real)
        var bench = LoudBench(driver(.device(box)), device)
        bench.run(for: .milliseconds(500))
        #expect(bench.driver.status.phase == .warmingUp && drain().isEmpty)
        var command = LoudBench(HesaiPTCDriver(slot: "lidar.angles", box: box), HesaiPTCDevice(calibration: real))
        command.run(for: .milliseconds(100))
        #expect(command.driver.status.phase == .running && box.calibration == real)
        #expect(command.sent == [HesaiPTC(.calibration).encoded])
        bench.run(for: .milliseconds(100))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil && !drain().isEmpty)
        #expect(bench.driver.status.identity.hasSuffix("angles of its own"))
    }

    @Test("without either it runs on the data sheet's angles and says so; angles that come late are taken")
    func nominal() {
        var plain = LoudBench(driver(.nominal), HesaiXTDevice(laser: Sectors()))
        plain.run(for: .milliseconds(300))
        #expect(
            plain.driver.status.phase == .degraded && plain.driver.status.fault?.what.contains("data sheet") == true)
        #expect(!drain().isEmpty)
        let box = HesaiCalibrationBox()
        var waiting = LoudBench(driver(.device(box)), HesaiXTDevice(laser: Sectors(), calibration: real))
        waiting.run(for: .milliseconds(3700), step: .milliseconds(10))
        #expect(waiting.driver.status.phase == .degraded)
        box.put(real)
        waiting.run(for: .milliseconds(100))
        #expect(waiting.driver.status.phase == .running && waiting.driver.status.fault == nil)
    }

    @Test("a file of another model is named and not used")
    func wrongFile() {
        var bench = LoudBench(driver(.file(.nominalXT(.xt32))), HesaiXTDevice(laser: Sectors()))
        bench.run(for: .milliseconds(300))
        #expect(bench.driver.status.phase == .degraded && bench.driver.status.fault?.code == .wrongDevice)
        #expect(bench.driver.status.fault?.what.contains("16 channels, its calibration 32") == true)
    }

    @Test("of two returns the nearer one counts, once a firing")
    func dual() {
        let device = HesaiXTDevice(laser: Sectors(), layout: .xt32, returnMode: .dual)
        var bench = LoudBench(driver(.nominal), device)
        bench.run(for: .milliseconds(300))
        _ = drain()
        bench.run(for: .milliseconds(100))
        let samples = drain()
        #expect((1950...2050).contains(samples.count))
        #expect(samples.allSatisfy { [2, 3, 4].contains($0.range) })
    }

    @Test("heat and a slow head are said, and left behind")
    func alerts() {
        let device = HesaiXTDevice(laser: Sectors(), calibration: real)
        var bench = LoudBench(driver(.file(real)), device)
        bench.run(for: .milliseconds(200))
        device.isHot = true
        bench.run(for: .milliseconds(50))
        #expect(bench.driver.status.phase == .degraded && bench.driver.status.fault?.code == .hardwareAlert)
        #expect(bench.driver.status.fault?.what.contains("60 s") == true)
        device.isHot = false
        device.rpm = 120
        bench.run(for: .milliseconds(50))
        #expect(bench.driver.status.fault?.what.contains("120 revolutions") == true)
        device.rpm = 600
        bench.run(for: .milliseconds(50))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("lost packets are counted by their numbers, and many of them are a fault with its share")
    func losses() {
        let device = HesaiXTDevice(laser: Sectors(), calibration: real)
        var bench = LoudBench(driver(.file(real)), device)
        device.losesEvery = 100
        bench.run(for: .milliseconds(1200))
        #expect(bench.driver.status.phase == .running && (27...31).contains(bench.driver.lostPackets))
        device.losesEvery = 4
        bench.run(for: .milliseconds(2050))
        #expect(bench.driver.status.phase == .degraded && bench.driver.status.fault?.what.hasPrefix("2") == true)
        device.losesEvery = 0
        bench.run(for: .milliseconds(2050))
        #expect(bench.driver.status.phase == .running)
    }

    @Test("silence, standby and the pulled cable give the port back with what to check, and it recovers by itself")
    func silent() {
        let device = HesaiXTDevice(laser: Sectors(), calibration: real)
        device.isStandingBy = true
        var bench = LoudBench(driver(.file(real)), device)
        bench.run(for: .milliseconds(1200))
        #expect(bench.reopens.first?.code == .silent)
        #expect(bench.reopens.first?.hint?.contains("destination address") == true)
        device.isStandingBy = false
        bench.run(for: .milliseconds(700))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        device.isStandingBy = true
        bench.run(for: .milliseconds(350))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .silent)
        #expect(bench.driver.status.fault?.hint?.contains("standby") == true)
        device.isStandingBy = false
        bench.run(for: .milliseconds(200))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("garbage, cut datagrams and another model's packets are told apart")
    func garbage() {
        func fault(_ distort: @escaping ([UInt8]) -> [UInt8]) -> RobotError? {
            var bench = LoudBench(driver(.nominal), HesaiXTDevice(laser: Sectors()))
            bench.distort = distort
            bench.run(for: .milliseconds(1200))
            return bench.reopens.first
        }
        #expect(fault { $0.map { $0 &* 73 | 0x12 } }?.code == .garbage)
        #expect(fault { Array($0.prefix(400)) }?.expected?.contains("568") == true)
        let other = fault { bytes in
            var bytes = bytes
            for index in bytes.indices.dropLast(3)
            where bytes[index] == 0xEE && bytes[index + 1] == 0xFF && bytes[index + 2] == 6 {
                bytes[index + 2] = 3
            }
            return bytes
        }
        #expect(other?.code == .wrongDevice && other?.what.contains("PandarQT") == true)
    }

    @Test("a command port that refuses, is silent or gives rubbish is named with its cure")
    func commandPort() {
        func faults(_ prepare: (HesaiPTCDevice) -> Void, _ distort: @escaping ([UInt8]) -> [UInt8] = { $0 })
            -> RobotError?
        {
            let device = HesaiPTCDevice(calibration: real)
            prepare(device)
            var bench = LoudBench(HesaiPTCDriver(slot: "lidar.angles", box: HesaiCalibrationBox()), device)
            bench.distort = distort
            bench.run(for: .seconds(4), step: .milliseconds(10))
            return bench.reopens.first
        }
        #expect(faults { $0.code = 5 }?.code == .refused)
        #expect(faults { $0.text = "1,2\n" }?.code == .garbage)
        #expect(faults({ _ in }, { _ in [] })?.code == .silent)
        #expect(faults({ _ in }, { Array($0.dropLast(3)) })?.code == .garbage)
    }
}
