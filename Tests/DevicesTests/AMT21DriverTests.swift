import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

@Suite("AMT21 driver against the twin's bus")
struct AMT21DriverTests {
    private let plants = (1...15).map { ServoPlant(id: $0) }
    private let states = LatestValue(Stamped(EncoderState(count: 3), at: .zero))

    init() {
        for (index, position) in [0.5, -1.2, 2.9].enumerated() { plants[index].position = position }
    }

    private func encoders(
        bits: Int = 14, countsTurns: Bool = false, count: Int = 3
    ) -> [AMT21Driver.Encoder] {
        ["shoulder", "elbow", "wrist"].prefix(count).enumerated().map { index, name in
            AMT21Driver.Encoder(
                name: name, address: 0x54 + 4 * UInt8(index), sign: index == 1 ? -1 : 1,
                offset: index == 2 ? 0.4 : 0, bits: bits, countsTurns: countsTurns)
        }
    }

    private func bus(bits: Int = 14, countsTurns: Bool = false) -> AMT21Bus {
        AMT21Bus(
            encoders: (0..<3).map {
                AMT21Bus.Encoder(
                    address: 0x54 + 4 * UInt8($0), plant: plants[$0], bits: bits, countsTurns: countsTurns)
            })
    }

    private func bench(
        _ bus: AMT21Bus, _ encoders: [AMT21Driver.Encoder]? = nil, rate: Int = 100
    ) -> DriverBench<AMT21Driver> {
        DriverBench(
            AMT21Driver(
                slot: "encoders", baudRate: 2_000_000, rate: rate, encoders: encoders ?? self.encoders(),
                states: states), bus)
    }

    private func value(_ index: Int) -> Double { states.load().value.position[index] }

    @Test("angles come with sign and offset, at the rate, and nothing but angles is asked for")
    func angles() {
        var bench = bench(bus())
        bench.run(for: .seconds(1))
        #expect(bench.phases == [.checking, .running])
        #expect(bench.driver.status.identity.contains("elbow 0x58: AMT21 14 bit"))
        #expect(states.load().value.answered == 0b111)
        #expect(abs(value(0) - 0.5) < 0.0003 && abs(value(1) - 1.2) < 0.0003 && abs(value(2) - 2.5) < 0.0003)
        #expect(bench.now.seconds(since: states.load().time) < 0.015)
        #expect(Set(bench.sent.flatMap { $0 }) == [0x54, 0x58, 0x5C])
        let before = bench.driver.status.counters.frames
        bench.run(for: .seconds(1))
        #expect((295...305).contains(bench.driver.status.counters.frames - before))
        #expect(bench.driver.status.counters.checksumErrors == 0 && bench.driver.status.counters.timeouts == 0)
    }

    @Test("fifteen encoders go on one bus")
    func fifteen() {
        let bus = AMT21Bus(
            encoders: (0..<15).map { AMT21Bus.Encoder(address: 0x54 + 4 * UInt8($0), plant: plants[$0]) })
        let many = (0..<15).map { AMT21Driver.Encoder(name: "joint_\($0)", address: 0x54 + 4 * UInt8($0)) }
        var bench = bench(bus, many, rate: 50)
        bench.run(for: .seconds(2))
        #expect(bench.driver.status.phase == .running && states.load().value.answered == 0x7FFF)
        let before = bench.driver.status.counters.frames
        bench.run(for: .seconds(1))
        #expect((735...765).contains(bench.driver.status.counters.frames - before))
    }

    @Test("a line that echoes is read as well, whatever the angles are")
    func echo() {
        let bus = bus()
        bus.echoes = true
        var bench = bench(bus)
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running)
        #expect(bench.driver.status.identity.hasSuffix("the line echoes"))
        var random = SeededRandom(seed: 61)
        var worst = 0.0
        for _ in 0..<100 {
            plants[0].position += Double.random(in: -0.05...0.05, using: &random)
            bench.run(for: .milliseconds(25))
            worst = max(worst, abs(value(0) - plants[0].position))
        }
        #expect(worst < 0.0003 && bench.driver.status.counters.checksumErrors == 0)
    }

    @Test("an encoder that is missing is named with its address; the others go on, and it is taken back")
    func missing() {
        let bus = bus()
        bus.unplugged = [0x58]
        var bench = bench(bus)
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .degraded && bench.reopens.isEmpty)
        #expect(bench.driver.status.fault?.what == "no answer from elbow (encoder 0x58)")
        #expect(states.load().value.answered == 0b101 && abs(value(0) - 0.5) < 0.0003)
        let before = bench.driver.status.counters.frames
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.counters.frames - before > 190)
        bus.unplugged = []
        bench.run(for: .milliseconds(1200))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(states.load().value.answered == 0b111 && abs(value(1) - 1.2) < 0.0003)
        bus.unplugged = [0x54]
        bench.run(for: .milliseconds(400))
        #expect(bench.driver.status.fault?.what == "no answer from shoulder (encoder 0x54)")
        #expect(states.load().value.answered == 0b110)
    }

    @Test("a silent bus is called silent, one that only echoes is told from one that hears nothing")
    func silent() {
        let bus = bus()
        bus.unplugged = [0x54, 0x58, 0x5C]
        var bench = bench(bus)
        bench.run(for: .seconds(1))
        #expect(bench.reopens.first?.code == .silent)
        #expect(bench.reopens.first?.what.contains("0x54, 0x58, 0x5c answers at 2000000 baud") == true)
        #expect(bench.reopens.first?.hint?.contains("is the bus plugged in") == true)
        bus.echoes = true
        bench.reopens = []
        bench.run(for: .seconds(1))
        #expect(bench.reopens.last?.code == .silent)
        #expect(bench.reopens.last?.hint?.contains("hears itself") == true)
        bus.echoes = false
        bus.unplugged = []
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running && states.load().value.answered == 0b111)
    }

    @Test("a bus cut in service is given back, and its encoders are read anew")
    func cut() {
        var bench = bench(bus())
        bench.run(for: .seconds(1))
        bench.isCut = true
        bench.run(for: .seconds(1))
        #expect(bench.reopens.first?.code == .silent && bench.driver.status.phase == .recovering)
        plants[0].position = -2
        bench.isCut = false
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running && abs(value(0) + 2) < 0.0003)
    }

    @Test("bytes that are no words are called garbage, with a hint on the rate")
    func garbage() {
        var random = SeededRandom(seed: 62)
        var noise: [UInt8] = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &random) }
        var bench = bench(bus())
        bench.distort = { bytes in
            bytes.map { _ in
                noise.append(noise.removeFirst())
                return noise[0]
            }
        }
        bench.run(for: .seconds(2))
        #expect(bench.reopens.first?.code == .garbage)
        #expect(bench.reopens.first?.hint?.contains("9600") == true)
        #expect(states.load().value.answered == 0)
    }

    @Test("answers cut short cost their encoder, and are no angles")
    func truncated() {
        var bench = bench(bus())
        bench.run(for: .seconds(1))
        bench.distort = { Array($0.dropLast()) }
        bench.run(for: .seconds(1))
        #expect(bench.reopens.first?.code == .garbage)
        #expect(bench.reopens.first?.hint?.contains("has worked at this rate") == true)
        bench.distort = { $0 }
        bench.run(for: .seconds(1))
        #expect(bench.driver.status.phase == .running)
    }

    @Test("wrong bits are counted as checksum errors, and no wrong angle is published")
    func noise() {
        var bench = bench(bus())
        bench.run(for: .seconds(1))
        var random = SeededRandom(seed: 63)
        var worst = 0.0
        for _ in 0..<300 {
            // Two wrong bits pass the check one time in four.
            let wrong = UInt8.random(in: 1...255, using: &random)
            let high = Bool.random(using: &random)
            bench.distort = { bytes in
                var bytes = bytes
                if bytes.count == 2 { bytes[high ? 1 : 0] ^= wrong }
                return bytes
            }
            bench.run(for: .milliseconds(10))
            bench.distort = { $0 }
            bench.run(for: .milliseconds(30))
            worst = max(worst, abs(value(0) - 0.5), abs(value(1) - 1.2), abs(value(2) - 2.5))
        }
        #expect(worst < 0.15)  // what a shaft could have turned since the last angle
        #expect(bench.driver.status.counters.checksumErrors > 200)
        bench.run(for: .milliseconds(100))
        #expect(bench.driver.status.phase == .running)
    }

    @Test("an encoder that was set to a new zero is believed after the second angle")
    func newZero() {
        let bus = bus()
        var bench = bench(bus)
        bench.run(for: .seconds(1))
        plants[0].position = -1.7
        bench.run(for: .milliseconds(50))
        #expect(abs(value(0) + 1.7) < 0.0003 && bench.driver.status.counters.checksumErrors == 1)
    }

    @Test("turns are counted on: read once, then from angle to angle")
    func turns() {
        plants[0].position = 3 * 2 * .pi + 1
        plants[1].position = -2 * 2 * .pi - 0.3
        let bus = bus(countsTurns: true)
        var bench = bench(bus, encoders(countsTurns: true))
        bench.run(for: .seconds(1))
        #expect(abs(value(0) - plants[0].position) < 0.0003 && abs(value(1) + plants[1].position) < 0.0003)
        bench.run(for: .seconds(2)) { _ in plants[0].position += 0.001 }
        #expect(abs(value(0) - plants[0].position) < 0.05 && value(0) > 26)
        #expect(bench.sent.filter { $0 == [0x55] }.count == 1)
    }

    @Test("12 bits are read as 12, and 14 where 12 were promised are another encoder")
    func resolution() {
        plants[1].position = -1.2345
        var bench12 = bench(bus(bits: 12), encoders(bits: 12))
        bench12.run(for: .seconds(1))
        #expect(bench12.driver.status.phase == .running && abs(value(1) - 1.2345) < 0.0016)
        plants[0].position = 0.5 + AMT21Word.radiansPerStep
        var bench14 = bench(bus(bits: 14), encoders(bits: 12))
        bench14.run(for: .seconds(1))
        #expect(bench14.reopens.first?.code == .wrongDevice)
        #expect(bench14.reopens.first?.what.contains("answers with 14 bits") == true)
    }

    @Test("a single-turn encoder where turns were promised is said so")
    func noTurns() {
        var bench = bench(bus(), encoders(countsTurns: true, count: 1))
        bench.run(for: .seconds(1))
        #expect(bench.reopens.first != nil)
        let many = bus(countsTurns: false)
        var mixed = encoders()
        mixed[2].countsTurns = true
        var second = self.bench(many, mixed)
        second.run(for: .seconds(1))
        #expect(second.driver.status.fault?.code == .wrongDevice)
        #expect(second.driver.status.fault?.what == "wrist (encoder 0x5c) does not say its turns")
    }

    @Test("an encoder restarted by hand is missing for a moment, and its zero is never set by the driver")
    func reset() {
        let bus = bus()
        var bench = bench(bus)
        bench.run(for: .seconds(1))
        bus.receive(AMT21Request.setZero(0x54).encoded[...], at: bench.now)
        bench.run(for: .milliseconds(150))
        #expect(bench.driver.status.phase == .degraded && states.load().value.answered == 0b110)
        bench.run(for: .milliseconds(300))
        #expect(bench.driver.status.phase == .running && abs(value(0)) < 0.0003)
        #expect(bench.sent.allSatisfy { $0.count == 1 && $0[0] & 3 == 0 })
    }
}
