import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

/// Sees as many metres as seconds have passed since 0: a range tells when it was taken.
private final class Clockwork: LaserPlant {
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? { (time.seconds(since: .zero), 99) }
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

@Suite("Hesai JT16 driver against the twin's device")
struct HesaiJTDriverTests {
    private let ring = Ring<LaserSample>(capacity: 1 << 16)

    private func driver(_ calibration: HesaiCalibration? = nil) -> HesaiJTDriver {
        HesaiJTDriver(
            slot: "lidar", baudRate: 3_125_000, calibration: calibration, minRange: 0.1, maxRange: 50, samples: [ring])
    }

    private func drain() -> [LaserSample] {
        var samples: [LaserSample] = []
        while let sample = ring.pop() { samples.append(sample) }
        return samples
    }

    /// Angles as a real device's: the third channel is the most nearly level one.
    private var real: HesaiCalibration {
        var calibration = HesaiCalibration.nominalJT16
        calibration.elevations = calibration.elevations.map { $0 - 6 }
        calibration.azimuths = calibration.azimuths.map { $0 + 0.5 }
        return calibration
    }

    private func commands(_ bench: LoudBench<HesaiJTDriver>) -> [HesaiJTCommand] {
        var decoder = HesaiJTDecoder()
        var found: [HesaiJTCommand] = []
        decoder.decode(bench.sent.flatMap { $0 }[...]) { event, _ in
            if case .command(let command) = event { found.append(command) }
        }
        return found
    }

    @Test("a head that stops turning is noticed although packets keep coming, and back when it turns")
    func stands() {
        let device = HesaiJTDevice(laser: Sectors(), calibration: real)
        var bench = LoudBench(driver(), device)
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running)
        device.headStands = true
        bench.run(for: .milliseconds(1300))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .hardwareAlert)
        device.headStands = false
        bench.run(for: .milliseconds(300))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("it asks for number and angles between the points, and the level channel stands where the walls are")
    func samples() {
        let device = HesaiJTDevice(laser: Sectors(), calibration: real)
        var bench = LoudBench(driver(), device)
        bench.run(for: .milliseconds(300))
        #expect(bench.phases.last == .running && !bench.phases.contains(.degraded))
        #expect(commands(bench).map(\.payload.first) == [0x0A, 7])
        #expect(
            bench.driver.status.identity
                == "Hesai JT16, serial number JT16DOORSTEP0001, channel 3 of 16, angles of its own")
        _ = drain()
        bench.run(for: .milliseconds(500))
        let samples = drain()
        #expect((1490...1510).contains(samples.count))
        #expect((4...6).contains(samples.filter(\.startsRevolution).count))
        for sample in samples {
            let degrees = Double(sample.angle) * 180 / .pi
            let expected =
                degrees < 29.9 || degrees > 330.1
                ? 2.0
                : (60.1..<119.9).contains(degrees)
                    ? 3.0
                    : (120.1..<329.9).contains(degrees) ? 4.0 : Double(sample.range)
            #expect(abs(Double(sample.range) - expected) < 0.003)
        }
        let falls = zip(samples, samples.dropFirst()).filter { $1.angle < $0.angle }.count
        #expect(falls > samples.count - 8)
    }

    @Test("each sample carries the moment at which it was taken, whatever the chunks are")
    func times() {
        var bench = LoudBench(driver(), HesaiJTDevice(laser: Clockwork(), calibration: real))
        bench.run(for: .milliseconds(500), step: .milliseconds(3))
        _ = drain()
        bench.run(for: .milliseconds(300), step: .milliseconds(3))
        let samples = drain()
        #expect(samples.count > 800)
        let late = samples.map { $0.time.seconds(since: .zero) - Double($0.range) }
        // The device sends at once here, the bench brings bytes without their 0.26 ms of line time; a count is 4 mm (4 ms).
        #expect(late.allSatisfy { abs($0) < 0.0025 + 0.0005 })
        #expect(abs(late.reduce(0, +) / Double(late.count)) < 0.0005)
    }

    @Test("where commands do not reach the device it runs on nominal angles and says so, or on those of a file")
    func deaf() {
        let device = HesaiJTDevice(laser: Sectors())
        device.isDeaf = true
        var bench = LoudBench(driver(), device)
        bench.run(for: .seconds(2))
        #expect(bench.driver.status.phase == .degraded && bench.driver.status.fault?.hint?.contains("RS-232") == true)
        #expect(!drain().isEmpty && bench.reopens.isEmpty)
        let other = HesaiJTDevice(laser: Sectors())
        other.isDeaf = true
        var withFile = LoudBench(driver(real), other)
        withFile.run(for: .seconds(2))
        #expect(withFile.driver.status.phase == .running && withFile.driver.status.fault == nil)
        #expect(withFile.driver.status.identity.hasSuffix("channel 3 of 16, angles of its file"))
    }

    @Test("a device that refuses is named; dirt on the window shows and goes")
    func refusals() {
        let device = HesaiJTDevice(laser: Sectors())
        device.code = 3
        var bench = LoudBench(driver(), device)
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .degraded)
        #expect(bench.driver.status.fault?.what.contains("could not do it") == true)
        let dirty = HesaiJTDevice(laser: Sectors())
        dirty.dirt = 2
        var second = LoudBench(driver(), dirty)
        second.run(for: .milliseconds(300))
        #expect(second.driver.status.phase == .degraded && second.driver.status.fault?.code == .hardwareAlert)
        dirty.dirt = 0
        second.run(for: .milliseconds(50))
        #expect(second.driver.status.phase == .running && second.driver.status.fault == nil)
    }

    @Test("a device in standby is told to run; one that stays silent gives the port back, and comes back by itself")
    func silent() {
        let device = HesaiJTDevice(laser: Sectors())
        device.isStandingBy = true
        var bench = LoudBench(driver(), device)
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running && commands(bench).first == .setRunning(true, random: 2))
        device.isStandingBy = true
        device.isDeaf = true
        bench.run(for: .milliseconds(350))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .silent)
        bench.run(for: .milliseconds(2200))
        #expect(bench.reopens.first?.code == .silent)
        device.isDeaf = false
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("the first start after a crash begins in the middle of a packet; garbage, cut and lost packets are told")
    func garbage() {
        let device = HesaiJTDevice(laser: Sectors())
        var bench = LoudBench(driver(), device)
        var isFirst = true
        bench.distort = { bytes in
            defer { if !bytes.isEmpty { isFirst = false } }
            return isFirst ? Array(bytes.dropFirst(33)) : bytes
        }
        bench.run(for: .milliseconds(300))
        #expect(bench.driver.status.phase == .running && bench.driver.status.counters.resyncs == 1)
        bench.distort = { $0.map { $0 &* 73 | 0x12 } }
        bench.run(for: .milliseconds(350))
        #expect(bench.driver.status.fault?.code == .garbage)
        #expect(bench.driver.status.fault?.hint?.contains("it has run at this rate") == true)
        bench.run(for: .milliseconds(2200))
        #expect(bench.reopens.first?.code == .garbage)
        bench.distort = { Array($0.dropLast($0.count / 4)) }
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running, "two packets of three come through whole")
        #expect(bench.driver.lostPackets > 300 && bench.driver.status.counters.checksumErrors > 100)
        bench.distort = { $0 }
        bench.run(for: .milliseconds(100))
        #expect(bench.driver.status.phase == .running)
    }
}
