import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

/// One wall to the right (bearings 270...360° counter-clockwise) at 1 m, another all around at 3 m; or a range that tells
/// when it was taken.
private final class Walls: LaserPlant {
    var tellsTime = false
    let start = Instant(nanoseconds: 5_000_000_000)

    func cast(angle: Double, at time: Instant) -> (range: Double, quality: UInt8)? {
        if tellsTime { return (1 + 10 * Double(time.nanoseconds % 1_000_000_000) * 1e-9, 188) }
        let turn = (angle / (2 * .pi)).truncatingRemainder(dividingBy: 1)
        return (Self.range(turn < 0 ? turn + 1 : turn), 188)
    }

    /// The range at a bearing in turns, counter-clockwise.
    static func range(_ turn: Double) -> Double { turn > 0.75 ? 1 : 3 }
}

@Suite("YDLIDAR driver against the twin's device")
struct YDLIDARDriverTests {
    private let ring = Ring<LaserSample>(capacity: 65_536)
    private let walls = Walls()

    private func bench(
        _ model: YDLIDARModel, device: YDLIDARModel? = nil, asks: Bool = false
    ) -> (DriverBench<YDLIDARDriver>, YDLIDARDevice) {
        let device = YDLIDARDevice(laser: walls, model: device ?? model)
        let driver = YDLIDARDriver(
            slot: "lidar", model: asks ? nil : model, baudRate: 1_000_000, minRange: 0.1, maxRange: 16, samples: [ring])
        return (DriverBench(driver, device), device)
    }

    private func drain() -> [LaserSample] {
        var samples: [LaserSample] = []
        while let sample = ring.pop() { samples.append(sample) }
        return samples
    }

    /// Whether each sample stands where a wall is; those within a degree of an edge may be either's.
    private func standOnWalls(_ samples: [LaserSample]) -> Bool {
        samples.allSatisfy { sample in
            let turn = Double(sample.angle) / (2 * .pi)
            let nearEdge = [0, 0.75, 1].contains { abs(turn - $0) < 1.0 / 360 }
            return nearEdge || abs(Double(sample.range) - Walls.range(turn)) < 0.002
        }
    }

    @Test("an X4 is stopped, asked who it is and how it feels, its motor started, and runs")
    func handshake() {
        var (bench, device) = bench(.x4)
        bench.run(for: .seconds(2))
        #expect(bench.phases == [.checking, .warmingUp, .running])
        #expect(bench.driver.status.fault == nil && bench.reopens.isEmpty)
        #expect(bench.sent == [[0xA5, 0x00], [0xA5, 0x65], [0xA5, 0x90], [0xA5, 0x92], [0xA5, 0x60]])
        #expect(bench.dtr == [false, true])  // the adapter's motor starts at the edge
        #expect(device.isScanning)
        #expect(bench.driver.status.identity.contains("YDLIDAR X4 (6), firmware 1.5"))
        #expect(bench.driver.status.identity.contains("7.0 Hz"))
    }

    @Test("samples of every kind stand where the walls are, counter-clockwise, with one mark a ring")
    func samples() throws {
        for name in ["x4", "g4", "g2", "g4b", "x2", "s2", "tmini", "g6", "tg30", "tx8"] {
            let model = try #require(YDLIDARModel.named(name))
            var (bench, _) = bench(model)
            bench.run(for: .seconds(2))
            _ = drain()
            bench.run(for: .seconds(1))
            let samples = drain()
            #expect(abs(samples.count - model.samplesPerSecond) < model.samplesPerSecond / 50, "\(name)")
            #expect(standOnWalls(samples), "\(name)")
            #expect((6...8).contains(samples.filter(\.startsRevolution).count), "\(name)")
            #expect(bench.driver.status.counters.checksumErrors == 0, "\(name)")
        }
    }

    @Test("a four-byte time-of-flight model is read with its strengths")
    func wide() {
        var model = YDLIDARModel.tg30
        model.format = .strength16
        model.samplesPerSecond = 10_000
        var (bench, _) = bench(model)
        bench.run(for: .seconds(2))
        let samples = drain()
        #expect(samples.count > 5000 && standOnWalls(samples) && samples.allSatisfy { $0.intensity == 188 })
    }

    @Test("without a model in the board file the device's own word decides")
    func asks() {
        var (bench, _) = bench(.tg30, asks: true)
        bench.run(for: .seconds(2))
        #expect(bench.driver.status.phase == .running)
        #expect(standOnWalls(drain()))
    }

    @Test("a device that is another model than the board file says is refused with both names")
    func wrongModel() throws {
        var (bench, _) = bench(.x4, device: .tg30)
        bench.run(for: .seconds(1))
        let error = try #require(bench.reopens.first)
        #expect(error.code == .wrongDevice && error.what.contains("x4") && error.what.contains("101 (tg30)"))
        #expect(drain().isEmpty)
        var unknown = YDLIDARModel.x4
        unknown.number = 77
        var (other, _) = self.bench(unknown, asks: true)
        other.run(for: .seconds(1))
        #expect(other.reopens.first?.code == .wrongDevice && other.reopens.first?.hint?.contains("x4") == true)
    }

    @Test("samples wider than the board file says are read all the same, and the identity says so")
    func otherWidth() {
        var device = YDLIDARModel.x4
        device.format = .strength10
        var (bench, _) = bench(.x4, device: device)
        bench.run(for: .seconds(2))
        #expect(bench.driver.status.phase == .running)
        #expect(bench.driver.status.identity.contains("3-byte samples"))
        #expect(standOnWalls(drain()))
    }

    @Test("each sample carries the moment at which it was taken, to a millisecond")
    func times() {
        walls.tellsTime = true
        for model in [YDLIDARModel.x4, .x2] {
            var (bench, _) = bench(model)
            bench.run(for: .seconds(4))
            _ = drain()
            bench.run(for: .seconds(2))
            let samples = drain()
            let errors = samples.map { sample in
                let taken = (Double(sample.range) - 1) / 10
                return (sample.time.seconds(since: walls.start) - taken).remainder(dividingBy: 1)
            }
            #expect(errors.allSatisfy { abs($0) < 0.001 }, "\(errors.min() ?? 0) \(errors.max() ?? 0)")
            #expect(zip(samples, samples.dropFirst()).allSatisfy { $0.time <= $1.time + .microseconds(500) })
        }
    }

    @Test("a sample rate other than the model's is found from whole rings")
    func otherSampleRate() {
        walls.tellsTime = true
        var device = YDLIDARModel.g4
        device.samplesPerSecond = 4000
        var (bench, _) = bench(.g4, device: device)
        bench.run(for: .seconds(6))
        _ = drain()
        bench.run(for: .seconds(1))
        let errors = drain().map { sample in
            (sample.time.seconds(since: walls.start) - (Double(sample.range) - 1) / 10).remainder(dividingBy: 1)
        }
        #expect(errors.count > 3900)
        #expect(errors.allSatisfy { abs($0) < 0.0015 }, "\(errors.min() ?? 0) \(errors.max() ?? 0)")
    }

    @Test("a device that still scans from before a crash is stopped first")
    func stillScanning() {
        var (bench, device) = bench(.x4)
        device.receive(YDLIDARRequest.scan.encoded[...], at: bench.now)
        var ignored: [UInt8] = []
        for _ in 0..<2000 {
            bench.now += .milliseconds(1)
            device.advance(to: bench.now, output: &ignored)
        }
        #expect(ignored.count > 10_000)
        bench.run(for: .milliseconds(1500))
        #expect(bench.driver.status.phase == .running && bench.reopens.isEmpty)
        #expect(bench.driver.status.counters.checksumErrors == 0)
    }

    @Test("a silent line is given back with the reason, and it recovers by itself")
    func silent() {
        var (bench, _) = bench(.x4)
        bench.isCut = true
        bench.run(for: .seconds(2))
        #expect(bench.reopens.first?.code == .silent)
        #expect(bench.reopens.first?.hint?.contains("single channel") == true)
        bench.isCut = false
        bench.run(for: .seconds(4))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a silent single-channel line is said after the time that a head takes to spin up")
    func silentSingle() {
        var (bench, _) = bench(.x2)
        bench.isCut = true
        bench.run(for: .seconds(9))
        let error = bench.reopens.first
        #expect(error?.code == .silent && error?.what.contains("not one byte in 8 s") == true)
        bench.isCut = false
        bench.run(for: .seconds(2))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("bytes at another rate are called garbage, with the rates to try", arguments: ["x2", "x4"])
    func garbage(name: String) throws {
        let model = try #require(YDLIDARModel.named(name))
        var (bench, device) = bench(model)
        device.receive(YDLIDARRequest.scan.encoded[...], at: bench.now)
        bench.distort = { $0.map { $0 &* 73 | 0x12 } }
        bench.run(for: .seconds(3))
        #expect(bench.reopens.first?.code == .garbage)
        #expect(bench.reopens.first?.hint?.contains("128000") == true)
    }

    @Test("a model with a single channel in a slot that expects answers is named as what it is")
    func singleChannelUnexpected() throws {
        var (bench, _) = bench(.x4, device: .x2)
        var ignored: [UInt8] = []
        for _ in 0..<1000 {
            bench.now += .milliseconds(1)
            bench.device.advance(to: bench.now, output: &ignored)
        }
        bench.run(for: .seconds(2))
        let error = try #require(bench.reopens.first)
        #expect(error.code == .garbage && error.what.contains("after STOP"))
        #expect(error.hint?.contains("single channel") == true)
    }

    @Test("a cable pulled in the middle of a scan is noticed within 350 ms, and plugged in again it runs within 2 s")
    func unplugged() {
        var (bench, _) = bench(.x4)
        bench.run(for: .seconds(2))
        bench.isCut = true
        bench.run(for: .milliseconds(350))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .silent)
        bench.run(for: .seconds(3))
        bench.isCut = false
        _ = drain()
        bench.run(for: .seconds(4))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(!drain().isEmpty && bench.driver.status.counters.reconnects > 0)
    }

    @Test("packets that end too early are garbage, and not blamed on a rate that has worked")
    func truncated() {
        var (bench, _) = bench(.x4)
        bench.run(for: .seconds(2))
        bench.distort = { Array($0.dropLast(9)) }
        bench.run(for: .milliseconds(600))
        #expect(bench.driver.status.fault?.code == .garbage)
        #expect(bench.driver.status.fault?.hint?.contains("it has run at this rate") == true)
        bench.distort = { $0 }
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("noise is degraded with its figures; no wrong range comes through, and no width is changed")
    func noise() {
        var (bench, _) = bench(.x4)
        bench.run(for: .seconds(2))
        _ = drain()
        var random = SeededRandom(seed: 5)
        bench.distort = { bytes in
            bytes.map { byte in
                Int.random(in: 0..<700, using: &random) == 0 ? byte ^ UInt8.random(in: 1...255, using: &random) : byte
            }
        }
        bench.run(for: .milliseconds(2500))
        #expect(bench.driver.status.phase == .degraded && bench.driver.status.fault?.code == .garbage)
        #expect(bench.driver.status.identity.contains("2-byte samples"))
        let samples = drain()
        #expect(samples.count > 5000 && standOnWalls(samples))
        bench.distort = { $0 }
        bench.run(for: .milliseconds(2500))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("packets without a ring are a head that stands; turned on again it is taken back", arguments: ["x2", "x4"])
    func blocked(name: String) throws {
        let model = try #require(YDLIDARModel.named(name))
        var (bench, device) = bench(model)
        bench.run(for: .seconds(2))
        device.headBlocked = true
        bench.run(for: .milliseconds(2300))
        #expect(bench.driver.status.phase != .running && bench.driver.status.fault?.code == .hardwareAlert)
        #expect(bench.driver.status.fault?.what.contains("head does not turn") == true)
        device.headBlocked = false
        bench.run(for: .seconds(3))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a health error is said, answered with a restart, and left behind when it is gone")
    func health() {
        var (bench, device) = bench(.g4)
        device.health = YDLIDARHealth(status: .error, code: 4)
        bench.run(for: .seconds(3))
        #expect(bench.reopens.first?.code == .hardwareAlert)
        #expect(bench.sent.contains(YDLIDARRequest.reset.encoded))
        device.health = YDLIDARHealth(status: .warning, code: 3)
        bench.run(for: .seconds(4))
        #expect(bench.driver.status.phase == .degraded && bench.driver.status.fault?.what.contains("code 3") == true)
        #expect(!drain().isEmpty)
    }

    @Test("a firmware that does not know the health question is asked as the manual says, and scans without an answer")
    func noHealth() {
        var (bench, device) = bench(.x4)
        device.hidesHealth = true
        bench.run(for: .seconds(4))
        #expect(bench.driver.status.phase == .running)
        #expect(bench.sent.contains([0xA5, 0x92]) && bench.sent.contains([0xA5, 0x91]))
    }

    @Test("a scan that is not granted is said after three times")
    func refused() {
        var (bench, device) = bench(.x4)
        device.refusesScan = true
        bench.run(for: .milliseconds(1800))
        #expect(bench.reopens.first?.code == .refused)
        #expect(bench.sent.filter { $0 == YDLIDARRequest.scan.encoded }.count == 3)
    }
}
