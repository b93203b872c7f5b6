import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

/// Sees fifty metres for each second of the second that runs, and five: a range tells when it was taken, to 20 µs.
private final class Clockwork: LaserPlant {
    var quality: UInt8 = 188
    let start = Instant(nanoseconds: 5_000_000_000)
    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        let fraction = Double(time.nanoseconds % 1_000_000_000) * 1e-9
        return (5 + 50 * fraction, quality)
    }
}

@Suite("LD06 driver against the twin's device")
struct LD06DriverTests {
    private let ring = Ring<LaserSample>(capacity: 65_536)
    private let plant = Clockwork()

    private func bench(drift: Double = 0, minStrength: UInt8 = 15) -> (DriverBench<LD06Driver>, LD06Device) {
        let device = LD06Device(laser: plant, clockDrift: drift)
        let driver = LD06Driver(
            slot: "lidar", baudRate: 1_000_000, minRange: 0.02, maxRange: 60, minStrength: minStrength,
            samples: [ring])
        return (DriverBench(driver, device), device)
    }

    private func drain() -> [LaserSample] {
        var samples: [LaserSample] = []
        while let sample = ring.pop() { samples.append(sample) }
        return samples
    }

    /// How far the samples' times are from when they were taken, seconds: the earliest and the latest.
    private func timeErrors(_ samples: [LaserSample]) -> (least: Double, most: Double) {
        let errors = samples.map { sample in
            let taken = (Double(sample.range) - 5) / 50
            return (sample.time.seconds(since: plant.start) - taken).remainder(dividingBy: 1)
        }
        return (errors.min() ?? .nan, errors.max() ?? .nan)
    }

    @Test("it listens, waits for the head, and runs from the first whole revolution on; it never says a word")
    func start() {
        var (bench, _) = bench()
        bench.run(for: .milliseconds(1300))
        #expect(bench.phases == [.checking, .warmingUp, .running])
        #expect(bench.sent.isEmpty && bench.driver.status.fault == nil)
        #expect(bench.driver.status.identity.contains("LD06"))
        let samples = drain()
        #expect(samples.first?.startsRevolution == true)
    }

    @Test("points come counter-clockwise, 450 a turn, one mark a turn")
    func samples() {
        var (bench, _) = bench()
        bench.run(for: .seconds(2))
        _ = drain()
        bench.run(for: .seconds(1))
        let samples = drain()
        #expect((4470...4530).contains(samples.count))
        let marks = samples.indices.filter { samples[$0].startsRevolution }
        #expect((9...11).contains(marks.count))
        #expect(zip(marks, marks.dropFirst()).allSatisfy { (449...451).contains($1 - $0) })
        #expect(marks.allSatisfy { samples[$0].angle > 6.26 || samples[$0].angle < 0.001 })
        let falls = zip(samples, samples.dropFirst()).filter { $1.angle < $0.angle }.count
        #expect(falls > samples.count - 13)
        #expect(samples.allSatisfy { $0.intensity == 188 })
    }

    /// Runs device and driver for so long: bytes travel at 1 Mbaud, and the driver looks only every so often.
    private func listen(
        _ driver: inout LD06Driver, _ device: LD06Device, from start: Instant, for duration: Duration, every: Duration
    ) {
        var now = start
        var nextLook = start
        var waiting: [UInt8] = []
        var output: [UInt8] = []
        while now < start + duration {
            // Half a millisecond is time enough for the bytes of a frame.
            waiting += output
            output.removeAll()
            now += .microseconds(500)
            device.advance(to: now, output: &output)
            guard now >= nextLook else { continue }
            nextLook = now + every
            _ = driver.handle(waiting.isEmpty ? .time : .bytes(waiting[...]), at: now)
            waiting.removeAll()
        }
    }

    @Test("each point carries the moment at which it was taken, to a millisecond, over the wrap of the device's clock")
    func times() {
        for drift in [0.0002, -0.0002] {
            let device = LD06Device(laser: plant, clockDrift: drift)
            var driver = LD06Driver(
                slot: "lidar", baudRate: 1_000_000, minRange: 0.02, maxRange: 60, samples: [ring])
            _ = driver.handle(.opened, at: plant.start)
            listen(&driver, device, from: plant.start, for: .seconds(20), every: .microseconds(500))
            _ = drain()
            listen(
                &driver, device, from: plant.start + .seconds(20), for: .seconds(14), every: .microseconds(500))
            let samples = drain()
            #expect((62_000...64_000).contains(samples.count))
            let (least, most) = timeErrors(samples)
            #expect(least > -0.001 && most < 0.001, "\(least) \(most)")
            #expect(zip(samples, samples.dropFirst()).allSatisfy { $0.time <= $1.time + .microseconds(500) })
        }
    }

    @Test("a system that looks only every 16 or every 60 ms moves no point by more than 2 ms", arguments: [16, 60])
    func lateReader(period: Int) {
        let device = LD06Device(laser: plant)
        var driver = LD06Driver(slot: "lidar", baudRate: 1_000_000, minRange: 0.02, maxRange: 60, samples: [ring])
        _ = driver.handle(.opened, at: plant.start)
        listen(&driver, device, from: plant.start, for: .seconds(2), every: .milliseconds(2))
        _ = drain()
        listen(
            &driver, device, from: plant.start + .seconds(2), for: .seconds(3), every: .milliseconds(period))
        let (least, most) = timeErrors(drain())
        #expect(least > -0.002 && most < 0.002, "\(least) \(most)")
    }

    @Test("a device that restarts in the middle begins its clock anew, and the times stay right")
    func restart() {
        var (bench, device) = bench()
        bench.run(for: .seconds(3), step: .milliseconds(1))
        device.restart(at: bench.now)
        bench.run(for: .seconds(3), step: .milliseconds(1))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(bench.driver.status.counters.reconnects > 0)
        let (least, most) = timeErrors(drain())
        #expect(least > -0.003 && most < 0.003, "\(least) \(most)")
    }

    @Test("weak echoes leave as nothing seen, and as they are where the slot wants them")
    func strength() {
        plant.quality = 15
        var (bench, _) = bench()
        bench.run(for: .seconds(2))
        let samples = drain()
        #expect(samples.count > 100 && samples.allSatisfy { $0.range == 0 && $0.intensity == 0 })
        var (all, _) = self.bench(minStrength: 0)
        all.run(for: .seconds(2))
        let unfiltered = drain()
        #expect(unfiltered.count > 100 && unfiltered.allSatisfy { $0.range > 0 && $0.intensity == 15 })
    }

    @Test("not one byte: the line is dead, which is wiring or power")
    func silent() throws {
        var (bench, _) = bench()
        bench.isCut = true
        bench.run(for: .seconds(4))
        let error = try #require(bench.reopens.first)
        #expect(error.code == .silent && error.what.contains("not one byte in 3500 ms"))
        #expect(error.hint?.contains("powered") == true)
        bench.isCut = false
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("bytes but no frame: the rate is wrong, and the rates to try are named")
    func garbage() throws {
        var (bench, _) = bench()
        bench.distort = { $0.map { $0 &* 73 | 0x12 } }
        bench.run(for: .seconds(3))
        let error = try #require(bench.reopens.first)
        #expect(error.code == .garbage && error.what.contains("no frame among them"))
        #expect(error.hint?.contains("230400") == true && error.hint?.contains("921600") == true)
    }

    @Test("frames but a head that stands: said as such, held back, and left behind when it turns")
    func blocked() throws {
        var (bench, device) = bench()
        device.headBlocked = true
        bench.run(for: .seconds(10))
        let error = try #require(bench.reopens.first)
        #expect(error.code == .hardwareAlert && error.what.contains("head does not turn"))
        #expect(error.what.contains("0°/s") && error.hint?.contains("PWM") == true)
        #expect(drain().isEmpty)
        device.headBlocked = false
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a head that stops in the middle of a scan is noticed within 2.1 s, and taken back when it turns again")
    func stops() {
        var (bench, device) = bench()
        bench.run(for: .seconds(2))
        device.headBlocked = true
        bench.run(for: .milliseconds(2100))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .hardwareAlert)
        device.headBlocked = false
        bench.run(for: .seconds(2))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(bench.reopens.isEmpty)
    }

    @Test("a cable pulled in the middle of a scan is noticed within 350 ms, and plugged in again it runs within 2 s")
    func unplugged() {
        var (bench, _) = bench()
        bench.run(for: .seconds(2))
        bench.isCut = true
        bench.run(for: .milliseconds(350))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .silent)
        bench.run(for: .seconds(3))
        #expect(bench.reopens.first?.code == .silent)
        bench.isCut = false
        bench.run(for: .seconds(2))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(bench.driver.status.counters.reconnects > 0)
    }

    @Test("frames that end too early are garbage, and not blamed on a rate that has worked")
    func truncated() {
        var (bench, _) = bench()
        bench.run(for: .seconds(2))
        bench.distort = { Array($0.dropLast(5)) }
        bench.run(for: .milliseconds(400))
        #expect(bench.driver.status.fault?.code == .garbage)
        #expect(bench.driver.status.fault?.hint?.contains("it has run at this rate") == true)
        bench.distort = { $0 }
        bench.run(for: .seconds(2))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a noisy line is degraded with its figures, no wrong range comes through, and it recovers by itself")
    func noise() {
        var (bench, _) = bench()
        bench.run(for: .seconds(2))
        _ = drain()
        var random = SeededRandom(seed: 4)
        bench.distort = { bytes in
            bytes.compactMap { byte in
                switch Int.random(in: 0..<400, using: &random) {
                case 0: byte ^ UInt8.random(in: 1...255, using: &random)
                case 1: nil
                default: byte
                }
            }
        }
        bench.run(for: .milliseconds(2500))
        #expect(bench.driver.status.phase == .degraded && bench.driver.status.fault?.code == .garbage)
        #expect(bench.driver.status.fault?.what.contains("frames were damaged") == true)
        let samples = drain()
        #expect(samples.count > 5000)
        let (least, most) = timeErrors(samples)
        #expect(least > -0.003 && most < 0.003, "\(least) \(most)")
        bench.distort = { $0 }
        bench.run(for: .milliseconds(2500))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a driver that starts while the device talks, in the middle of a frame, loses that frame only")
    func stillTalking() {
        var (bench, device) = bench()
        var ignored: [UInt8] = []
        for _ in 0..<2000 {
            bench.now += .milliseconds(1)
            device.advance(to: bench.now, output: &ignored)
        }
        #expect(ignored.count > 10_000)
        bench.distort = { [0x54, 0x2C, 0x00] + $0 }
        bench.run(for: .microseconds(250))
        bench.distort = { $0 }
        bench.run(for: .milliseconds(300))
        #expect(bench.driver.status.phase == .running && bench.reopens.isEmpty)
        #expect(bench.driver.status.counters.resyncs <= 1)
    }

    @Test("a reader that falls behind loses points, which are counted")
    func fullRing() {
        let small = Ring<LaserSample>(capacity: 64)
        let device = LD06Device(laser: plant)
        var bench = DriverBench(
            LD06Driver(slot: "lidar", baudRate: 1_000_000, minRange: 0.02, maxRange: 60, samples: [small, ring]), device
        )
        bench.run(for: .seconds(2))
        let received = drain().count
        #expect(received > 1000 && bench.driver.droppedSamples >= received - 64)
    }
}
