import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

@Suite("WitMotion driver against the twin's unit")
struct WitMotionDriverTests {
    private let plant = InertialPlant()
    private let inertia = LatestValue(Stamped(InertialState(), at: .zero))
    private static let sold: [WitMotionFrame.Kind] = [.acceleration, .angularVelocity, .angle, .magneticField]

    private func device(_ content: [WitMotionFrame.Kind] = sold + [.pressure], rate: Double = 10) -> WitMotionDevice {
        WitMotionDevice(plant: plant, content: content, rate: rate, seed: 3)
    }

    /// The bench's line is one of 1 Mbaud.
    private func bench(
        _ device: any TwinDevice, outputRate: Double = 10, yaw: Double = 0, pitch: Double = 0, roll: Double = 0,
        needsPressure: Bool = true, configures: Bool = false
    ) -> DriverBench<WitMotionDriver> {
        DriverBench(
            WitMotionDriver(
                .init(
                    slot: "imu", baudRate: 1_000_000, outputRate: outputRate, yaw: yaw, pitch: pitch, roll: roll,
                    needsPressure: needsPressure, configures: configures), inertia: inertia), device)
    }

    @Test("it listens only, and publishes acceleration, rate and pressure in SI units")
    func runs() {
        plant.angularVelocity = Vector3(0, 0, 0.5)
        var bench = bench(device())
        bench.run(for: .seconds(5), step: .milliseconds(1))
        #expect(bench.phases.first == .checking && bench.phases.last == .running)
        #expect(bench.driver.status.fault == nil && bench.sent.isEmpty && bench.reopens.isEmpty)
        let state = inertia.load().value
        #expect((state.acceleration - Vector3(0, 0, 9.80665)).length < 0.15)
        #expect((state.angularVelocity - Vector3(0, 0, 0.5)).length < 0.02)
        #expect(abs(state.pressure - plant.pressure) < 12 && state.temperature == 31)
        #expect(bench.driver.status.counters.resyncs == 0)
    }

    @Test("a lift ride shows in the pressure: 12 Pa a metre")
    func lift() {
        var bench = bench(device())
        bench.run(for: .seconds(2), step: .milliseconds(1))
        let below = inertia.load().value.pressure
        plant.height += 30
        bench.run(for: .seconds(1), step: .milliseconds(1))
        let fall = below - inertia.load().value.pressure
        #expect(abs(fall - 30 * 11.94) < 15)
    }

    @Test("the mount is turned out: a unit on its side, facing backwards, measures in base_link")
    func mount() {
        // Roll 90° brings the unit's y up; yaw 180° turns it round.
        plant.acceleration = Vector3(1, 9.80665, 0)
        plant.angularVelocity = Vector3(0, 0.3, 0)
        var bench = bench(device(), yaw: .pi, roll: .pi / 2)
        bench.run(for: .seconds(2), step: .milliseconds(1))
        let state = inertia.load().value
        #expect((state.acceleration - Vector3(-1, 0, 9.80665)).length < 0.15)
        #expect((state.angularVelocity - Vector3(0, 0, 0.3)).length < 0.02)
    }

    @Test("each state carries the moment of its measurement, to two milliseconds in the mean")
    func times() {
        // The acceleration tells the time: it grows by 1 m/s² a second.
        let start = Instant(nanoseconds: 5_000_000_000)
        var bench = bench(device())
        var errors: [Double] = []
        var last = Instant.zero
        for _ in 0..<800 {
            bench.run(for: .milliseconds(5), step: .milliseconds(1)) { now in
                plant.acceleration = Vector3(0, 0, (now.seconds(since: start)) * 10)
            }
            let state = inertia.load()
            guard state.time != last, state.time > start + .seconds(1) else { continue }
            last = state.time
            errors.append(state.value.acceleration.z / 10 - state.time.seconds(since: start))
        }
        #expect(errors.count > 25)
        // 20 mm/s² of noise are 2 ms; the bench's clock has steps of 1.
        let mean = errors.reduce(0, +) / Double(errors.count)
        #expect(abs(mean) < 0.002)
        #expect(errors.allSatisfy { abs($0) < 0.01 })
    }

    @Test("a unit without pressure is degraded and says what that costs; where it is not needed all is well")
    func noPressure() {
        var bench = bench(device(Self.sold))
        bench.run(for: .seconds(4), step: .milliseconds(1))
        let fault = bench.driver.status.fault
        #expect(bench.driver.status.phase == .degraded && fault?.code == .unavailable)
        #expect(fault?.what.contains("no air pressure") == true && fault?.hint?.contains("bit 6") == true)
        #expect(inertia.load().value.pressure == 0)
        var other = self.bench(device(Self.sold), needsPressure: false)
        other.run(for: .seconds(4), step: .milliseconds(1))
        #expect(other.driver.status.phase == .running && other.driver.status.fault == nil)
    }

    @Test("asked to configure, it switches the pressure on and sets the rate; a unit without barometer stays degraded")
    func configures() {
        let unit = device(Self.sold, rate: 2)
        var bench = bench(unit, outputRate: 20, configures: true)
        bench.run(for: .seconds(5), step: .milliseconds(1))
        #expect(bench.sent.first == WitMotionCommand.unlock.encoded && bench.sent.count == 3)
        #expect(!bench.sent.contains(WitMotionCommand.save.encoded))
        #expect(unit.rate == 20 && bench.driver.status.phase == .running)
        #expect(inertia.load().value.pressure > 90_000)
        let bare = device(Self.sold)
        bare.hasBarometer = false
        var other = self.bench(bare, configures: true)
        other.run(for: .seconds(5), step: .milliseconds(1))
        #expect(other.driver.status.phase == .degraded && other.driver.status.fault?.code == .unavailable)
    }

    @Test("a unit that sends too seldom or too often is degraded with both figures", arguments: [5.0, 20])
    func outputRate(_ rate: Double) {
        var bench = bench(device(rate: rate))
        bench.run(for: .seconds(6), step: .milliseconds(1))
        let fault = bench.driver.status.fault
        #expect(bench.driver.status.phase == .degraded && fault?.code == .unavailable)
        #expect(fault?.what.contains("\(rate) outputs") == true && fault?.expected == "10.0")
    }

    @Test("values that stand still to the last bit are a stuck sensor, and moving ones a healthy one again")
    func stuck() {
        let unit = device()
        var bench = bench(unit)
        bench.run(for: .seconds(3), step: .milliseconds(1))
        unit.isStuck = true
        bench.run(for: .seconds(7), step: .milliseconds(1))
        #expect(bench.driver.status.phase == .degraded && bench.driver.status.fault?.code == .hardwareAlert)
        #expect(bench.driver.status.fault?.what.contains("acceleration and angular velocity stands still") == true)
        unit.isStuck = false
        bench.run(for: .seconds(4), step: .milliseconds(1))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a unit that sends neither acceleration nor rate is the wrong one, or wrongly set")
    func wrongContent() {
        var bench = bench(device([.angle, .magneticField, .pressure]))
        bench.run(for: .seconds(4), step: .milliseconds(1))
        #expect(bench.reopens.first?.code == .wrongDevice)
        #expect(bench.reopens.first?.what.contains("no acceleration") == true)
        #expect(inertia.version == 1)
    }

    @Test("silence gives the port back with what to check, and the unit is taken back by itself")
    func silent() {
        var bench = bench(device())
        bench.isCut = true
        bench.run(for: .seconds(3), step: .milliseconds(1))
        #expect(bench.reopens.first?.code == .silent && bench.reopens.first?.hint?.contains("TX") == true)
        bench.isCut = false
        bench.run(for: .seconds(3), step: .milliseconds(1))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a plug pulled while it runs is noticed in half a second")
    func unplugged() {
        var bench = bench(device())
        bench.run(for: .seconds(3), step: .milliseconds(1))
        bench.isCut = true
        bench.run(for: .milliseconds(500), step: .milliseconds(1))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .silent)
        bench.run(for: .seconds(3), step: .milliseconds(1))
        #expect(!bench.reopens.isEmpty)
        bench.isCut = false
        bench.run(for: .seconds(2), step: .milliseconds(1))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("bytes at another rate are called garbage, with the rates that units are sold with")
    func garbage() {
        var bench = bench(device())
        bench.distort = { $0.map { $0 &* 73 | 0x12 } }
        bench.run(for: .seconds(3), step: .milliseconds(1))
        #expect(bench.reopens.first?.code == .garbage && bench.reopens.first?.hint?.contains("115200") == true)
        #expect(inertia.version == 1)
    }

    @Test("frames that end too early are never believed, and a good line is taken back")
    func truncated() {
        var bench = bench(device())
        bench.run(for: .seconds(3), step: .milliseconds(1))
        // The cut leaves four whole frames and half a fifth of each output: what is whole goes on, the pressure does
        // not.
        bench.distort = { Array($0.dropLast(5)) }
        bench.run(for: .seconds(5), step: .milliseconds(1))
        #expect(
            bench.driver.status.phase == .degraded
                && bench.driver.status.fault?.what.contains("no air pressure") == true)
        bench.distort = { Array($0.dropLast(50)) }
        bench.run(for: .seconds(1), step: .milliseconds(1))
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .garbage)
        bench.distort = { $0 }
        bench.run(for: .seconds(3), step: .milliseconds(1))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("noise loses frames, is counted, and no wrong value comes through")
    func noise() {
        var bench = bench(device())
        bench.run(for: .seconds(2), step: .milliseconds(1))
        var random = SeededRandom(seed: 8)
        bench.distort = { bytes in
            bytes.compactMap {
                switch Int.random(in: 0..<150, using: &random) {
                case 0: $0 ^ UInt8.random(in: 1...255, using: &random)
                case 1: nil
                default: $0
                }
            }
        }
        for _ in 0..<600 {
            bench.run(for: .milliseconds(50), step: .milliseconds(1))
            let state = inertia.load().value
            #expect((state.acceleration - Vector3(0, 0, 9.80665)).length < 0.2)
            #expect(abs(state.pressure - plant.pressure) < 15)
        }
        #expect(bench.driver.status.counters.resyncs > 20 && bench.reopens.isEmpty)
    }

    @Test("a unit that talks since before the start is understood at once, from the middle of a frame")
    func stillTalking() {
        let unit = device()
        var ignored: [UInt8] = []
        for step in 0..<500 { unit.advance(to: Instant(nanoseconds: Int64(step) * 10_000_000), output: &ignored) }
        var bench = bench(unit)
        var first = true
        bench.distort = { bytes in
            guard first, !bytes.isEmpty else { return bytes }
            first = false
            return Array(bytes.dropFirst(17))
        }
        bench.run(for: .seconds(1), step: .milliseconds(1))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }
}
