import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

/// A square room of 6 m × 6 m around the laser, which turns at `yawRate` in the middle.
private final class SquareRoom: LaserPlant {
    var yawRate = 0.0
    let start = Instant(nanoseconds: 5_000_000_000)

    static func range(_ angle: Double) -> Double {
        let (x, y) = (Double.cosine(angle), Double.cosine(angle - .pi / 2))
        return 3 / max(abs(x), abs(y))
    }

    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        (Self.range(angle + yawRate * time.seconds(since: start)), 188)
    }
}

extension Double {
    /// The cosine by its series, for angles of any size; good to 1e-9.
    fileprivate static func cosine(_ angle: Double) -> Double {
        let x = angle.remainder(dividingBy: 2 * .pi)
        var term = 1.0
        var sum = 1.0
        for n in stride(from: 2.0, to: 40.0, by: 2.0) {
            term *= -x * x / (n * (n - 1))
            sum += term
        }
        return sum
    }
}

@Suite("RPLIDAR driver against the twin's device")
struct RPLIDARDriverTests {
    private let ring = Ring<LaserSample>(capacity: 4096)
    private let room = SquareRoom()

    private func bench() -> (DriverBench<RPLIDARDriver>, RPLIDARDevice) {
        let device = RPLIDARDevice(laser: room)
        let driver = RPLIDARDriver(
            slot: "lidar", baudRate: 1_000_000, motorRPM: 600, minRange: 0.15, maxRange: 18, samples: ring)
        return (DriverBench(driver, device), device)
    }

    private func drain() -> [LaserSample] {
        var samples: [LaserSample] = []
        while let sample = ring.pop() { samples.append(sample) }
        return samples
    }

    @Test("the handshake stops, asks and starts in the vendor client's order, and the driver runs")
    func handshake() {
        var (bench, device) = bench()
        bench.run(for: .seconds(2))
        #expect(bench.phases == [.checking, .warmingUp, .running])
        #expect(bench.driver.status.fault == nil)
        #expect(bench.driver.status.identity.contains("model 71"))
        #expect(device.isScanning)
        var decoder = RPLIDARRequestDecoder()
        var commands: [RPLIDARRequest.Command] = []
        for bytes in bench.sent { decoder.decode(bytes) { commands.append($0.command) } }
        #expect(
            commands == [
                .stop, .getInfo, .getHealth, .getConfiguration, .getConfiguration, .getConfiguration, .setMotorSpeed,
                .expressScan,
            ])
    }

    @Test("samples stand where the walls are, counter-clockwise, 800 a turn and one mark a turn")
    func samples() {
        var (bench, _) = bench()
        bench.run(for: .seconds(2))
        _ = drain()
        bench.run(for: .milliseconds(500))
        let samples = drain()
        #expect((3900...4100).contains(samples.count))
        for sample in samples {
            #expect(abs(Double(sample.range) - SquareRoom.range(Double(sample.angle))) < 0.03)
            #expect(sample.angle >= 0 && sample.angle < 2 * .pi)
        }
        #expect((4...6).contains(samples.filter(\.startsRevolution).count))
        let marks = samples.filter { $0.startsRevolution }
        #expect(marks.allSatisfy { $0.angle > 6.27 || $0.angle < 0.01 })
        // Clockwise device, counter-clockwise robot: angles fall.
        let falls = zip(samples, samples.dropFirst()).filter { $1.angle < $0.angle }.count
        #expect(falls > samples.count - 10)
    }

    @Test("each sample carries the moment at which it was taken, to a millisecond, whatever the chunks are")
    func times() {
        // The room turns: what a sample sees tells when it was taken.
        room.yawRate = 1.0
        var (bench, _) = bench()
        bench.run(for: .seconds(3), step: .milliseconds(2))
        _ = drain()
        bench.run(for: .milliseconds(400), step: .milliseconds(2))
        let samples = drain()
        #expect(samples.count > 3000)
        #expect(zip(samples, samples.dropFirst()).allSatisfy { $0.time <= $1.time })
        // Where the wall runs away from the laser, range against angle is steep: 1 ms is 1 mrad, or 3 mm.
        for sample in samples {
            let expected = SquareRoom.range(Double(sample.angle) + sample.time.seconds(since: room.start))
            #expect(abs(Double(sample.range) - expected) < 0.01 + 0.003)
        }
    }

    @Test(
        "the device's typical mode is used, whatever its format, and each sample is where the wall is at its moment",
        arguments: RPLIDARFormat.allCases)
    func formats(format: RPLIDARFormat) {
        room.yawRate = 1.0
        let device = RPLIDARDevice(laser: room, typical: format)
        var bench = DriverBench(
            RPLIDARDriver(
                slot: "lidar", baudRate: 1_000_000, motorRPM: 600, minRange: 0.15, maxRange: 18, samples: ring), device)
        bench.run(for: .seconds(3), step: .milliseconds(2))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        _ = drain()
        bench.run(for: .milliseconds(400), step: .milliseconds(2))
        let samples = drain()
        let pace = [RPLIDARFormat.standard, .express].contains(format) ? 2 : 1
        #expect(abs(samples.count - 3200 / pace) <= 2 * format.samplesPerFrame)
        #expect((3...5).contains(samples.filter(\.startsRevolution).count))
        for sample in samples {
            let expected = SquareRoom.range(Double(sample.angle) + sample.time.seconds(since: room.start))
            // A millisecond is 3 mm where the wall is steep; the coarsest format adds 8 mm at this range.
            #expect(abs(Double(sample.range) - expected) < 0.02)
        }
    }

    @Test(
        "noise on the line costs frames and no wrong range comes through, whatever the format",
        arguments: RPLIDARFormat.allCases.filter { $0 != .standard })
    func noiseInFormats(format: RPLIDARFormat) {
        var bench = DriverBench(
            RPLIDARDriver(
                slot: "lidar", baudRate: 1_000_000, motorRPM: 600, minRange: 0.15, maxRange: 18, samples: ring),
            RPLIDARDevice(laser: room, typical: format))
        bench.run(for: .seconds(2))
        _ = drain()
        // An HQ frame is nine times as long as the others: on the other tests' line none would get through.
        let random = NoiseSource(seed: 9, rarity: 4 * format.frameSize)
        bench.distort = { bytes in bytes.compactMap { random.pass($0) } }
        bench.run(for: .seconds(1))
        let samples = drain()
        #expect(samples.count > 1000)
        #expect(
            samples.allSatisfy { $0.range == 0 || abs(Double($0.range) - SquareRoom.range(Double($0.angle))) < 0.06 })
        #expect(bench.driver.status.counters.resyncs > 0 && bench.driver.status.phase == .running)
    }

    @Test("a device that still scans from before is stopped first")
    func stillScanning() {
        var (bench, device) = bench()
        device.receive(RPLIDARRequest.expressScan(mode: 1).encoded[...], at: bench.now)
        var ignored: [UInt8] = []
        for _ in 0..<2000 {
            bench.now += .milliseconds(1)
            device.advance(to: bench.now, output: &ignored)
        }
        #expect(ignored.count > 10_000)
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running && bench.reopens.isEmpty)
        #expect(bench.driver.status.counters.resyncs == 0)
    }

    @Test("a silent line gives the port back with the reason and what to check, and recovers by itself")
    func silent() {
        var (bench, _) = bench()
        bench.isCut = true
        bench.run(for: .seconds(2))
        #expect(bench.reopens.first?.code == .silent)
        #expect(bench.reopens.first?.hint?.contains("TX and RX") == true)
        #expect(bench.driver.status.phase == .recovering || bench.driver.status.phase == .checking)
        bench.isCut = false
        bench.run(for: .seconds(4))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("bytes at another rate are called garbage, with the rates to try")
    func garbage() {
        var (bench, device) = bench()
        device.receive(RPLIDARRequest.expressScan(mode: 1).encoded[...], at: bench.now)
        bench.distort = { $0.map { $0 &* 73 | 0x12 } }
        // The device does not understand STOP either.
        let deaf = DeafDevice(device)
        var other = DriverBench(bench.driver, deaf)
        other.distort = bench.distort
        other.run(for: .seconds(3))
        #expect(other.reopens.first?.code == .garbage)
        #expect(other.reopens.first?.hint?.contains("256000") == true)
    }

    @Test("a cable pulled in the middle of a scan is noticed within 350 ms, and plugged in again it runs within 2 s")
    func unplugged() {
        var (bench, _) = bench()
        bench.run(for: .seconds(2))
        bench.isCut = true
        bench.run(for: .milliseconds(350))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .silent)
        bench.run(for: .seconds(3))
        bench.isCut = false
        _ = drain()
        bench.run(for: .seconds(2))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(!drain().isEmpty)
        #expect(bench.driver.status.counters.reconnects > 0)
    }

    @Test("a device that restarts in the middle of a scan is noticed by its boot text and taken into service again")
    func restart() {
        var (bench, device) = bench()
        bench.run(for: .seconds(2))
        device.restart(at: bench.now)
        bench.run(for: .milliseconds(100))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .lost)
        bench.run(for: .seconds(4))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(bench.reopens.isEmpty)
    }

    @Test("noise on the line loses frames, is counted, and no wrong range comes through")
    func noise() {
        var (bench, _) = bench()
        bench.run(for: .seconds(2))
        _ = drain()
        let random = NoiseSource(seed: 9)
        bench.distort = { bytes in bytes.compactMap { random.pass($0) } }
        bench.run(for: .seconds(1))
        let samples = drain()
        #expect(samples.count > 2000)
        #expect(samples.allSatisfy { abs(Double($0.range) - SquareRoom.range(Double($0.angle))) < 0.05 })
        #expect(bench.driver.status.counters.checksumErrors > 0 && bench.driver.status.counters.resyncs > 0)
        bench.distort = { $0 }
        bench.run(for: .milliseconds(100))
        #expect(bench.driver.status.phase == .running)
    }

    @Test("a line that goes bad after it has run is not blamed on its rate, and is taken back when it is good")
    func goesBad() {
        var (bench, _) = bench()
        bench.run(for: .seconds(2))
        bench.distort = { Array($0.dropLast(20)) }
        bench.run(for: .milliseconds(400))
        #expect(bench.driver.status.fault?.code == .garbage)
        #expect(bench.driver.status.fault?.hint?.contains("it has run at this rate") == true)
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase != .running)
        bench.distort = { $0 }
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("an old A1 is spun by its DTR line and scans in the standard format")
    func oldModel() {
        var bench = DriverBench(
            RPLIDARDriver(
                slot: "lidar", baudRate: 115_200, motorRPM: 600, minRange: 0.15, maxRange: 12, samples: ring), OldA1())
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running)
        #expect(bench.dtr == [false])
        let samples = drain()
        #expect(samples.count > 1000)
        #expect(samples.allSatisfy { $0.range == 2 && $0.intensity == 60 })
        // 500 µs a sample and one degree: a turn takes 180 ms.
        let marks = samples.filter { $0.startsRevolution }.map(\.time)
        #expect(marks.count >= 3)
        for (a, b) in zip(marks, marks.dropFirst()) { #expect(abs(b.seconds(since: a) - 0.18) < 0.001) }
    }

    @Test("a health error is said, answered with a restart, and left behind when it is gone")
    func health() {
        var (bench, device) = bench()
        device.health = RPLIDARHealth(status: .error, code: 0x8001)
        bench.run(for: .seconds(3))
        #expect(bench.reopens.first?.code == .hardwareAlert)
        #expect(bench.sent.contains(RPLIDARRequest(.reset).encoded))
        device.health = RPLIDARHealth(status: .good)
        bench.run(for: .seconds(5))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a health warning does not stop it, but shows")
    func warning() {
        var (bench, device) = bench()
        device.health = RPLIDARHealth(status: .warning, code: 3)
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase == .degraded && bench.driver.status.fault?.code == .hardwareAlert)
        #expect(!drain().isEmpty)
    }

    @Test("a head that does not turn is said, not waited for for ever")
    func blocked() {
        var (bench, device) = bench()
        device.headBlocked = true
        bench.run(for: .seconds(10))
        #expect(bench.reopens.first?.hint?.contains("head") == true)
        device.headBlocked = false
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase == .running)
    }

    @Test("a head that stops turning in the middle of a scan is noticed although samples keep coming")
    func stands() {
        var (bench, device) = bench()
        bench.run(for: .seconds(3))
        device.headStands = true
        bench.run(for: .milliseconds(1300))
        #expect(bench.driver.status.phase != .running)
        #expect(bench.driver.status.fault?.code == .hardwareAlert)
        #expect(bench.driver.status.fault?.hint?.contains("head") == true)
        device.headStands = false
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a reader that falls behind loses samples, which are counted")
    func fullRing() {
        let device = RPLIDARDevice(laser: room)
        let small = Ring<LaserSample>(capacity: 64)
        var bench = DriverBench(
            RPLIDARDriver(
                slot: "lidar", baudRate: 1_000_000, motorRPM: 600, minRange: 0.15, maxRange: 18, samples: [small, ring]),
            device)
        bench.run(for: .seconds(2))
        let received = drain().count
        #expect(received > 1000 && bench.driver.droppedSamples >= received - 64)
    }

    @Test("ranges outside the limits leave as nothing seen")
    func limits() {
        let device = RPLIDARDevice(laser: room)
        var bench = DriverBench(
            RPLIDARDriver(
                slot: "lidar", baudRate: 1_000_000, motorRPM: 600, minRange: 0.15, maxRange: 3.5, samples: ring),
            device)
        bench.run(for: .seconds(2))
        let samples = drain()
        #expect(samples.contains { $0.range == 0 } && samples.contains { $0.range > 3 })
        #expect(samples.allSatisfy { $0.range <= 3.5 })
    }
}

/// An A1 with a firmware that knows no configuration questions; one sample a degree, two metres all around.
private final class OldA1: TwinDevice {
    private var decoder = RPLIDARRequestDecoder()
    private var outbox: [UInt8] = []
    private var next: Instant?
    private var degrees = 0

    func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        var requests: [RPLIDARRequest] = []
        decoder.decode(bytes) { requests.append($0) }
        for request in requests {
            switch request.command {
            case .getInfo:
                let info = RPLIDARInfo(
                    model: 0x18, firmwareMajor: 1, firmwareMinor: 20, hardware: 5,
                    serial: [UInt8](repeating: 7, count: 16))
                outbox += RPLIDARDescriptor.answer(0x04, info.payload)
            case .getHealth: outbox += RPLIDARDescriptor.answer(0x06, [0, 0, 0])
            case .getSampleRate: outbox += RPLIDARDescriptor.answer(0x15, [0xF4, 1, 0, 1])
            case .scan:
                outbox += RPLIDARDescriptor(type: 0x81, length: 5, loops: true).encoded
                next = now + .milliseconds(5)
            case .stop: next = nil
            default: break
            }
        }
    }

    func advance(to now: Instant, output: inout [UInt8]) {
        output += outbox
        outbox = []
        while let time = next, time <= now {
            output +=
                RPLIDARStandardSample(
                    startsRevolution: degrees == 0, quality: 15, angleQ6: UInt16(degrees * 64), distanceQ2: 8000
                ).encoded
            degrees = (degrees + 1) % 360
            next = time + .microseconds(500)
        }
    }
}

/// A device that hears nothing.
private final class DeafDevice: TwinDevice {
    private let inner: any TwinDevice
    init(_ inner: any TwinDevice) { self.inner = inner }
    func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) {}
    func advance(to now: Instant, output: inout [UInt8]) { inner.advance(to: now, output: &output) }
}

/// One byte in `rarity` is damaged and one lost.
private final class NoiseSource {
    private var random: SeededRandom
    private let rarity: Int
    init(seed: UInt64, rarity: Int = 400) {
        random = SeededRandom(seed: seed)
        self.rarity = rarity
    }
    func pass(_ byte: UInt8) -> UInt8? {
        switch Int.random(in: 0..<rarity, using: &random) {
        case 0: byte ^ UInt8.random(in: 1...255, using: &random)
        case 1: nil
        default: byte
        }
    }
}
