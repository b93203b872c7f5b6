import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

@Suite("Feetech driver against the twin's bus")
struct FeetechDriverTests {
    private static let names = ["shoulder_yaw", "shoulder_pitch", "elbow", "forearm", "wrist_pitch", "wrist_roll"]
    private let arm = JointArm(positions: [0.5, -1.2, 0.9, 0, 0.3, -0.4, 0.2])
    private let bus: FeetechBus
    private let states = LatestValue(Stamped(JointState(count: 7), at: .zero))
    private let setpoints = LatestValue(
        Stamped(JointSetpoint(position: JointVector(count: 7), torque: false), at: .zero))

    init() { bus = FeetechBus(servos: arm.plants) }

    private func bench() -> DriverBench<FeetechDriver> {
        let joints = Self.names.enumerated().map { index, name in
            BusJoint(name: name, id: UInt8(index + 1), sign: index == 1 ? -1 : 1, offset: index == 2 ? 0.1 : 0)
        }
        return DriverBench(
            FeetechDriver(
                slot: "joints", baudRate: 1_000_000, rate: 100, joints: joints,
                gripper: BusGripper(id: 7, closedWidth: 0.01, widthPerRadian: 0.06), acceleration: 20, states: states,
                setpoints: setpoints), bus)
    }

    private func run(
        _ bench: inout DriverBench<FeetechDriver>, for duration: Duration, goal: [Double]? = nil, torque: Bool = true
    ) {
        bench.run(for: duration) { now in
            arm.move(to: now)
            if let goal {
                setpoints.store(Stamped(JointSetpoint(position: JointVector(goal), torque: torque), at: now))
            }
        }
    }

    private func value(_ index: Int) -> Double { states.load().value.position[index] }
    private var here: [Double] { (0..<7).map(value) }

    @Test("everyone is asked who it is, speeds are set, and positions are published; no torque, no EEPROM")
    func handshake() {
        let eeprom = bus.servos.map { $0.memory.read(address: 5, count: 35) }
        var bench = bench()
        run(&bench, for: .seconds(1))
        #expect(bench.phases == [.checking, .warmingUp, .running])
        #expect(bench.driver.status.identity.contains("7: STS3215 firmware 3.9"))
        #expect(bus.servos.map { $0.memory.read(address: 5, count: 35) } == eeprom)
        // 3.75 rad/s and 20 rad/s².
        #expect(bus.servos.allSatisfy { $0.memory[STS.goalSpeed] == 2444 && $0.memory[STS.acceleration] == 130 })
        #expect(arm.plants.allSatisfy { !$0.torqueEnabled })
        let state = states.load()
        #expect(state.value.answered == 0b111_1111 && state.value.torqueOn == 0)
        #expect(bench.now.seconds(since: state.time) < 0.015)
        #expect(abs(value(0) - 0.5) < 0.001 && abs(value(1) - 1.2) < 0.001 && abs(value(2) - 0.8) < 0.001)
        #expect(abs(value(6) - (0.01 + 0.06 * 0.2)) < 0.0001)
    }

    @Test("a hundred cycles a second fit the bus, as the driver's figures say")
    func rate() {
        var bench = bench()
        run(&bench, for: .seconds(1))
        let before = bench.driver.status.counters.frames
        run(&bench, for: .seconds(1))
        // Seven answers a cycle, and twenty close looks.
        #expect((710...730).contains(bench.driver.status.counters.frames - before))
        #expect(bench.driver.status.counters.timeouts == 0)
        #expect(FeetechDriver.busTime(servos: 16, baudRate: 1_000_000) == .microseconds(4160))
        #expect(FeetechDriver.busTime(servos: 7, baudRate: 1_000_000) == .microseconds(1910))
    }

    @Test("torque comes with a set-point, where the joints stand; a far one is approached at the speed limit")
    func torqueAndSlew() {
        var bench = bench()
        run(&bench, for: .seconds(1))
        arm.forgetSpeed()
        run(&bench, for: .milliseconds(500), goal: here)
        #expect(arm.plants.allSatisfy { $0.torqueEnabled } && arm.fastest < 0.2)
        #expect(states.load().value.torqueOn == 0b111_1111)
        let far = [-1, 1.2, 0.8, 0, 0.3, -0.4, 0.022]
        run(&bench, for: .milliseconds(300), goal: far)
        #expect(value(0) > -0.9 && arm.fastest < 3.5)
        run(&bench, for: .seconds(1), goal: far)
        #expect(abs(value(0) + 1) < 0.003)
        run(&bench, for: .milliseconds(200), goal: far, torque: false)
        #expect(arm.plants.allSatisfy { !$0.torqueEnabled } && states.load().value.torqueOn == 0)
    }

    @Test("an arm that holds from before goes on holding at its goal")
    func takesOver() {
        var first = bench()
        run(&first, for: .seconds(1))
        run(&first, for: .milliseconds(300), goal: here)
        let stood = arm.plants.map(\.position)
        var second = bench()
        second.now = first.now
        run(&second, for: .seconds(1))
        #expect(second.driver.status.phase == .running && states.load().value.torqueOn == 0b111_1111)
        #expect(zip(arm.plants, stood).allSatisfy { abs($0.position - $1) < 0.002 })
    }

    @Test("an overload names the joint, and is let go of when asked")
    func alert() {
        var bench = bench()
        run(&bench, for: .seconds(1))
        run(&bench, for: .milliseconds(300), goal: here)
        let stood = here
        arm.plants[2].hardwareError = 0x20
        run(&bench, for: .milliseconds(100), goal: stood)
        #expect(bench.driver.status.phase == .degraded && bench.driver.status.fault?.code == .hardwareAlert)
        #expect(bench.driver.status.fault?.what.contains("elbow (servo 3) reports overload") == true)
        #expect(states.load().value.alerts == 0b100)
        #expect(states.load().value.torqueOn == 0b111_1011)
        bench.driver.clearAlerts()
        run(&bench, for: .milliseconds(500), goal: stood)
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(states.load().value.alerts == 0 && states.load().value.torqueOn == 0b111_1111)
    }

    @Test("what is too hot stays in alert until it has cooled, however often it is cleared")
    func overheating() {
        var bench = bench()
        run(&bench, for: .seconds(1))
        arm.plants[0].hardwareError = 0x04
        run(&bench, for: .milliseconds(200), goal: here)
        bench.driver.clearAlerts()
        run(&bench, for: .milliseconds(300), goal: here)
        #expect(bench.driver.status.fault?.what.contains("shoulder_yaw (servo 1) reports overheating") == true)
        #expect(!arm.plants[0].torqueEnabled)
        arm.plants[0].hardwareError = 0
        run(&bench, for: .milliseconds(300), goal: here)
        #expect(bench.driver.status.phase == .running && arm.plants[0].torqueEnabled)
    }

    @Test("one servo's cable pulled names it, and the bus comes back by itself")
    func oneMissing() {
        var bench = bench()
        run(&bench, for: .seconds(1))
        bus.unplugged = [4]
        run(&bench, for: .milliseconds(250))
        #expect(states.load().value.answered == 0b000_0111)
        #expect(bench.driver.status.fault?.what.contains("forearm (servo 4)") == true)
        run(&bench, for: .seconds(1))
        #expect(bench.reopens.first?.code == .silent)
        #expect(bench.reopens.first?.what.contains("no answer from forearm (servo 4); servos 1, 2, 3") == true)
        bus.unplugged = []
        run(&bench, for: .seconds(1))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a silent bus is called silent, with and without an echo, and comes back")
    func silent() {
        var bench = bench()
        bench.isCut = true
        run(&bench, for: .seconds(2))
        #expect(bench.reopens.first?.code == .silent && bench.reopens.first?.hint?.contains("1000000") == true)
        bench.isCut = false
        bus.echoes = true
        bus.unplugged = Set(1...7)
        bench.reopens = []
        run(&bench, for: .seconds(4))
        #expect(bench.reopens.last?.code == .silent)
        bus.unplugged = []
        run(&bench, for: .seconds(2))
        #expect(bench.driver.status.phase == .running && states.load().value.answered == 0b111_1111)
        run(&bench, for: .milliseconds(300), goal: here)
        #expect(arm.plants.allSatisfy { $0.torqueEnabled })
    }

    @Test("bytes that hold no answer are called garbage, with a hint on the rate; later, with one on the cable")
    func garbage() {
        var bench = bench()
        bench.distort = { $0.map { ~$0 } }
        run(&bench, for: .seconds(2))
        #expect(bench.reopens.first?.code == .garbage)
        #expect(bench.reopens.first?.hint?.contains("115200") == true)
        bench.distort = { $0 }
        run(&bench, for: .seconds(2))
        #expect(bench.driver.status.phase == .running)
        bench.reopens = []
        bench.distort = { Array($0.dropLast(2)) }
        run(&bench, for: .seconds(3))
        #expect(bench.reopens.first?.hint?.contains("has worked at this rate") == true)
    }

    @Test("damaged bytes cost a cycle, are counted, and nothing wrong is published")
    func noise() {
        var bench = bench()
        run(&bench, for: .seconds(1))
        var random = SeededRandom(seed: 4)
        var worst = 0.0
        for _ in 0..<200 {
            let flip = Int.random(in: 0..<21, using: &random)
            bench.distort = { bytes in
                var bytes = bytes
                if flip < bytes.count { bytes[flip] ^= 0x41 }
                return bytes
            }
            run(&bench, for: .milliseconds(10))
            bench.distort = { $0 }
            run(&bench, for: .milliseconds(30))
            worst = max(worst, abs(value(0) - 0.5), abs(value(6) - 0.022))
        }
        #expect(worst < 0.001)
        #expect(bench.driver.status.counters.checksumErrors > 50)
    }

    @Test("a wrong model is called by its name, a wrong mode is refused")
    func wrongDevice() {
        bus.set(STS.modelNumber, to: 1284, of: 5)
        var bench = bench()
        run(&bench, for: .seconds(1))
        #expect(bench.reopens.first?.code == .wrongDevice)
        #expect(bench.reopens.first?.what == "wrist_pitch (servo 5) is a SCS0009 (model 1284)")
        bus.set(STS.modelNumber, to: 777, of: 5)
        bus.set(STS.mode, to: 1, of: 6)
        bench.reopens = []
        run(&bench, for: .seconds(1))
        #expect(bench.reopens.last?.what == "wrist_roll (servo 6) is in mode 1")
        #expect(arm.plants.allSatisfy { !$0.torqueEnabled })
    }

    @Test("a servo that restarts by itself gets its speed and its torque back without a jump")
    func brownOut() {
        var bench = bench()
        run(&bench, for: .seconds(1))
        let stood = here
        run(&bench, for: .milliseconds(300), goal: stood)
        arm.forgetSpeed()
        bus.restart(id: 2, at: bench.now)
        run(&bench, for: .seconds(2), goal: stood)
        #expect(bench.driver.status.phase == .running && arm.plants[1].torqueEnabled)
        #expect(bus.servos[1].memory[STS.goalSpeed] == 2444 && arm.fastest < 0.2)
    }

    @Test("a port that goes away in the middle of a cycle is taken back")
    func unplugged() {
        var bench = bench()
        run(&bench, for: .milliseconds(1003))
        _ = bench.driver.handle(.closed(RobotError(.lost, "the device went away")), at: bench.now)
        #expect(bench.driver.status.phase == .recovering && bench.driver.status.fault?.code == .lost)
        run(&bench, for: .milliseconds(50))
        _ = bench.driver.handle(.opened, at: bench.now)
        for action in bench.driver.handle(.opened, at: bench.now) {
            if case .send(let bytes) = action { bus.receive(bytes[...], at: bench.now) }
        }
        run(&bench, for: .seconds(1))
        #expect(bench.driver.status.phase == .running)
    }
}
