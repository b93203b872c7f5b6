import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

/// A room in which everything is as far away as the moment is late: a range tells when it was taken.
private final class Clockwork: LaserPlant {
    /// Metres at `start`, and how many more each second.
    let start = Instant(nanoseconds: 5_000_000_000)
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        (1 + time.seconds(since: start), 188)
    }
}

/// Two metres ahead, three to the left, four elsewhere; nothing comes back from straight right.
private final class Sectors: LaserPlant {
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        let degrees = angle * 180 / .pi
        if degrees < 30 || degrees > 330 { return (2, 188) }
        if (60..<120).contains(degrees) { return (3, 188) }
        if (265..<275).contains(degrees) { return nil }
        return (4, 188)
    }
}

@Suite("Hokuyo driver against the twin's device")
struct HokuyoDriverTests {
    private let ring = Ring<LaserSample>(capacity: 1 << 16)

    private func bench(
        _ laser: any LaserPlant = Sectors(), _ model: HokuyoParameters = .urg04LX, hasClock: Bool = true
    ) -> (DriverBench<HokuyoDriver>, HokuyoDevice) {
        let device = HokuyoDevice(laser: laser, parameters: model)
        device.hasClock = hasClock
        let driver = HokuyoDriver(
            slot: "lidar", baudRate: 1_000_000, isPaced: true, minRange: 0.06, maxRange: 30, samples: [ring])
        return (DriverBench(driver, device), device)
    }

    private func drain() -> [LaserSample] {
        var samples: [LaserSample] = []
        while let sample = ring.pop() { samples.append(sample) }
        return samples
    }

    private func sent(_ bench: DriverBench<HokuyoDriver>) -> String {
        String(decoding: bench.sent.joined(), as: UTF8.self)
    }

    @Test("the handshake stops, asks, sets the clock, switches the laser on and measures")
    func handshake() {
        let (start, device) = bench()
        var bench = start
        bench.run(for: .seconds(1))
        #expect(bench.phases == [.checking, .warmingUp, .running])
        #expect(sent(bench) == "\nQT\nPP\nVV\nII\nTM0\nTM1\nTM2\nBM\nMD0044072501000\n")
        #expect(bench.driver.status.identity.contains("URG-04LX"))
        #expect(bench.driver.status.identity.contains("H0508486"))
        #expect(bench.driver.status.fault == nil && device.isMeasuring)
    }

    @Test("samples stand where the walls are, counter-clockwise, one mark a scan, and codes are no echo")
    func samples() {
        var (bench, _) = bench()
        bench.run(for: .seconds(1))
        _ = drain()
        bench.run(for: .seconds(1))
        let samples = drain()
        #expect(samples.count % 682 == 0 && (9...11).contains(samples.count / 682))
        for sample in samples {
            let degrees = Double(sample.angle) * 180 / .pi
            #expect(degrees <= 120 || degrees >= 240)
            let expected: Float =
                degrees < 29.9 || degrees > 330.1
                ? 2
                : (60.1..<119.9).contains(degrees)
                    ? 3
                    : (265.1..<274.9).contains(degrees) ? 0 : (275.1..<329.9).contains(degrees) ? 4 : sample.range
            #expect(sample.range == expected)
            #expect((sample.range > 0) == (sample.intensity == 255))
        }
        #expect(samples.filter(\.startsRevolution).count == samples.count / 682)
        let rises = zip(samples, samples.dropFirst()).filter { $1.angle > $0.angle }.count
        #expect(rises > samples.count - 2 * 12)
    }

    @Test("each sample carries the moment at which it was taken, to a millisecond and a half, whatever the chunks are")
    func times() {
        var (bench, _) = bench(Clockwork(), .utm30LX)
        bench.run(for: .seconds(2), step: .milliseconds(2))
        _ = drain()
        bench.run(for: .seconds(1), step: .milliseconds(2))
        let samples = drain()
        #expect(samples.count > 15_000)
        for sample in samples where sample.range > 0 {
            // A metre a second: the range is the time.
            let taken = Double(sample.range) - 1
            #expect(abs(sample.time.seconds(since: Instant(nanoseconds: 5_000_000_000)) - taken) < 0.0015 + 0.0006)
        }
    }

    @Test("the end of the device's 24 bits of milliseconds moves no sample's time")
    func wrap() {
        // The bench begins at 5 s; the clock ends three seconds later.
        let device = HokuyoDevice(
            laser: Clockwork(), parameters: .utm30LX, clockOffset: .milliseconds((1 << 24) - 8000), clockDrift: 0)
        let driver = HokuyoDriver(
            slot: "lidar", baudRate: 1_000_000, isPaced: true, minRange: 0.06, maxRange: 30, samples: [ring])
        var bench = DriverBench(driver, device)
        bench.run(for: .seconds(2), step: .milliseconds(2))
        _ = drain()
        bench.run(for: .seconds(1.5), step: .milliseconds(2))
        let samples = drain().filter { $0.range > 1 }
        #expect(samples.count > 30_000)
        for sample in samples {
            let taken = Double(sample.range) - 1
            #expect(abs(sample.time.seconds(since: Instant(nanoseconds: 5_000_000_000)) - taken) < 0.003)
        }
    }

    @Test("without a clock that can be asked it runs all the same, and times are late by the device's delay alone")
    func noClock() {
        var (bench, _) = bench(Clockwork(), .utm30LX, hasClock: false)
        bench.run(for: .seconds(3), step: .milliseconds(1))
        #expect(bench.driver.status.phase == .running)
        for sample in drain().suffix(2000) {
            let late = sample.time.seconds(since: Instant(nanoseconds: 5_000_000_000)) - (Double(sample.range) - 1)
            // The rest of the turn behind the last step (6.25 ms) and 1 ms of processing.
            #expect(late > 0.005 && late < 0.0095)
        }
    }

    @Test("scans are left out evenly where the line is too slow for all of them")
    func slowLine() {
        let driver = HokuyoDriver(
            slot: "lidar", baudRate: 115_200, isPaced: true, minRange: 0.06, maxRange: 30, samples: [ring])
        let usb = HokuyoDriver(
            slot: "lidar", baudRate: 115_200, isPaced: false, minRange: 0.06, maxRange: 30, samples: [ring])
        var benches = [driver, usb].map { DriverBench($0, HokuyoDevice(laser: Sectors(), parameters: .urg04LX)) }
        for index in benches.indices { benches[index].run(for: .seconds(2)) }
        // 2133 bytes take 185 ms: every second turn of 100 ms, and a tenth of the line free.
        #expect(sent(benches[0]).hasSuffix("MD0044072501200\n"))
        #expect(sent(benches[1]).hasSuffix("MD0044072501000\n"))
    }

    @Test("a device that still measures from before a crash is stopped first")
    func stillStreaming() {
        var (bench, device) = bench(Sectors(), .utm30LX)
        device.receive(Array("MD0000108001000\n".utf8)[...], at: bench.now)
        var ignored: [UInt8] = []
        for _ in 0..<500 {
            bench.now += .milliseconds(1)
            device.advance(to: bench.now, output: &ignored)
        }
        #expect(ignored.count > 30_000)
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running && bench.reopens.isEmpty)
        #expect(bench.driver.status.counters.resyncs == 0)
    }

    @Test("a model that starts in SCIP 1.1 is told to speak 2.0")
    func oldWord() {
        var (bench, device) = bench()
        device.speaksSCIP1 = true
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase == .running)
        #expect(sent(bench).contains("SCIP2.0\n"))
    }

    @Test("a silent line gives the port back with what to check, and recovers by itself")
    func silent() {
        var (bench, _) = bench()
        bench.isCut = true
        bench.run(for: .seconds(2))
        #expect(bench.reopens.first?.code == .silent)
        #expect(bench.reopens.first?.hint?.contains("TX and RX") == true)
        bench.isCut = false
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("bytes at another rate are called garbage, with the rates to try")
    func garbage() {
        var (bench, device) = bench()
        device.receive(Array("MD0044072501000\n".utf8)[...], at: bench.now)
        bench = DriverBench(bench.driver, DeafDevice(device))
        bench.distort = { $0.map { $0 &* 73 | 0x12 } }
        bench.run(for: .seconds(4))
        #expect(bench.reopens.first?.code == .garbage)
        #expect(bench.reopens.first?.hint?.contains("19200") == true)
    }

    @Test("a cable pulled in the middle is noticed within half a second, and plugged in again it runs within 2 s")
    func unplugged() {
        var (bench, _) = bench()
        bench.run(for: .seconds(1))
        bench.isCut = true
        bench.run(for: .milliseconds(500))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .silent)
        bench.run(for: .seconds(3))
        bench.isCut = false
        bench.run(for: .seconds(2))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(bench.driver.status.counters.reconnects > 0)
    }

    @Test("a line that cuts the end off what is said after it has run is not blamed on its rate")
    func truncated() {
        var (bench, _) = bench()
        bench.run(for: .seconds(1))
        bench.distort = { $0.count > 100 ? Array($0.dropLast($0.count / 4)) : $0 }
        bench.run(for: .milliseconds(600))
        #expect(bench.driver.status.fault?.code == .garbage)
        #expect(bench.driver.status.fault?.hint?.contains("it has run at this rate") == true)
        bench.distort = { $0 }
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a broken laser is said, answered with a reset, and left behind when it is well")
    func laser() {
        var (bench, device) = bench()
        device.laserFails = true
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.fault?.code == .hardwareAlert)
        #expect(bench.driver.status.fault?.what.contains("laser does not work") == true)
        #expect(sent(bench).hasSuffix("RS\n"))
        device.laserFails = false
        bench.run(for: .seconds(4))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a sensor that verifies an error is waited for; broken hardware is reset; both are named")
    func alerts() {
        var (bench, device) = bench()
        bench.run(for: .seconds(1))
        device.alert = HokuyoStatus("30")
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .degraded)
        #expect(bench.driver.status.fault?.what.contains("verifies an error") == true)
        device.alert = HokuyoStatus("98")
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        device.alert = HokuyoStatus("55")
        bench.run(for: .milliseconds(300))
        #expect(bench.driver.status.phase == .recovering)
        #expect(bench.driver.status.fault?.what.contains("hardware trouble") == true)
        bench.run(for: .seconds(4))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("what the device says against itself shows, and does not stop it")
    func complaint() {
        var (bench, device) = bench()
        device.condition = "Laser power low"
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .degraded)
        #expect(bench.driver.status.fault?.what.contains("Laser power low") == true)
        #expect(!drain().isEmpty)
    }

    @Test("a device that speaks SCIP but is no scanner, and one that refuses, are named")
    func wrongModel() {
        var odd = HokuyoParameters.urg04LX
        odd.rpm = 0
        var (bench, _) = bench(Sectors(), odd)
        bench.run(for: .seconds(1))
        #expect(bench.reopens.first?.code == .wrongDevice)
        #expect(bench.reopens.first?.expected?.contains("SCAN") == true)
        var refusing = self.bench().0
        refusing.distort = { bytes in
            String(decoding: bytes, as: UTF8.self).hasPrefix("PP\n00P")
                ? HokuyoAnswer(.parameters, HokuyoStatus("0D")).encoded : bytes
        }
        refusing.run(for: .seconds(1))
        #expect(refusing.reopens.first?.code == .refused)
        #expect(refusing.reopens.first?.what.contains("does not know the command") == true)
    }
}

/// A device that hears nothing.
private final class DeafDevice: TwinDevice {
    private let inner: any TwinDevice
    init(_ inner: any TwinDevice) { self.inner = inner }
    func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {}
    func advance(to now: Instant, output: inout [UInt8]) { inner.advance(to: now, output: &output) }
}
