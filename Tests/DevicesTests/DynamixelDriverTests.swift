import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

/// Seven servos that move as their goals say, at 6 rad/s at most.
private final class Arm {
    let plants: [ServoPlant]
    /// Where the servos stood, and the farthest that any has gone from there, radians.
    private let start: [Double]
    private(set) var farthest = 0.0
    private var last: Instant?

    init(positions: [Double]) {
        start = positions
        plants = positions.enumerated().map { index, position in
            let plant = ServoPlant(id: index + 1)
            plant.position = position
            return plant
        }
    }

    func move(to now: Instant) {
        let time = last.map { now.seconds(since: $0) } ?? 0
        last = now
        for plant in plants {
            let step = plant.torqueEnabled ? min(6 * time, max(-6 * time, plant.goalPosition - plant.position)) : 0
            plant.position += step
            plant.velocity = time > 0 ? step / time : 0
        }
        for (plant, start) in zip(plants, start) { farthest = max(farthest, abs(plant.position - start)) }
    }
}

@Suite("Dynamixel driver against the twin's bus")
struct DynamixelDriverTests {
    private static let names = ["shoulder_yaw", "shoulder_pitch", "elbow", "forearm", "wrist_pitch", "wrist_roll"]
    private let arm = Arm(positions: [0.5, -1.2, 0.9, 0, 0.3, -0.4, 0.2])
    private let states = LatestValue(Stamped(JointState(count: 7), at: .zero))
    private let setpoints = LatestValue(
        Stamped(JointSetpoint(position: JointVector(count: 7), torque: false), at: .zero))

    private func bench(signs: [Double] = [1, -1, 1, 1, 1, 1]) -> (DriverBench<DynamixelDriver>, DynamixelBus) {
        let bus = DynamixelBus(servos: arm.plants)
        let joints = Self.names.enumerated().map { index, name in
            DynamixelDriver.Joint(
                name: name, id: UInt8(index + 1), sign: signs[index], offset: index == 2 ? 0.1 : 0)
        }
        let driver = DynamixelDriver(
            slot: "joints", baudRate: 1_000_000, rate: 100, joints: joints,
            gripper: .init(id: 7, closedWidth: 0.01, widthPerRadian: 0.06), busWatchdog: .milliseconds(200),
            states: states, setpoints: setpoints)
        return (DriverBench(driver, bus), bus)
    }

    /// Lets time pass while a controller repeats a set-point every millisecond; without one it says nothing.
    private func run(
        _ bench: inout DriverBench<DynamixelDriver>, for duration: Duration, goal: [Double]? = nil, torque: Bool = true
    ) {
        let arm = arm
        let setpoints = setpoints
        bench.run(for: duration) { now in
            arm.move(to: now)
            if let goal {
                setpoints.store(Stamped(JointSetpoint(position: JointVector(goal), torque: torque), at: now))
            }
        }
    }

    private func value(_ index: Int) -> Double { states.load().value.position[index] }

    @Test("everyone is asked, the watchdog is armed, the return delay is taken away, and positions are published")
    func handshake() {
        var (bench, bus) = bench()
        run(&bench, for: .seconds(1))
        #expect(bench.phases == [.checking, .warmingUp, .running])
        #expect(bench.driver.status.identity.contains("7: XM430-W350"))
        for servo in bus.servos {
            #expect(servo.table[XM430.busWatchdog] == 10)
            #expect(servo.table[XM430.returnDelayTime] == 0)
            #expect(servo.table[XM430.torqueEnable] == 0)
        }
        let state = states.load()
        #expect(state.value.answered == 0b111_1111 && state.value.torqueOn == 0)
        #expect(bench.now.seconds(since: state.time) < 0.015)
        // Sign, offset and gripper width are applied.
        #expect(abs(value(0) - 0.5) < 0.001)
        #expect(abs(value(1) - 1.2) < 0.001)
        #expect(abs(value(2) - 0.8) < 0.001)
        #expect(abs(value(6) - (0.01 + 0.06 * 0.2)) < 0.0001)
    }

    @Test("a hundred cycles a second fit the bus")
    func rate() {
        var (bench, _) = bench()
        run(&bench, for: .seconds(1))
        let before = bench.driver.status.counters.frames
        run(&bench, for: .seconds(1))
        let frames = bench.driver.status.counters.frames - before
        #expect((98...102).contains(frames))  // 100 cycles
        #expect(bench.driver.status.counters.timeouts == 0)
    }

    @Test("no torque without a set-point; and when it comes, no joint jumps")
    func torqueOn() {
        var (bench, bus) = bench()
        run(&bench, for: .seconds(1))
        #expect(arm.plants.allSatisfy { !$0.torqueEnabled })
        // Goals in the servos are stale (0 rad); the controller asks for where the joints stand.
        let here = (0..<7).map(value)
        run(&bench, for: .milliseconds(500), goal: here)
        #expect(arm.plants.allSatisfy { $0.torqueEnabled })
        #expect(arm.farthest < 0.002)  // a tick of the register and no more, at any moment
        #expect(states.load().value.torqueOn == 0b111_1111)
        #expect(bus.servos.allSatisfy { $0.table[XM430.torqueEnable] == 1 })
    }

    @Test("a far set-point is approached at the speed limit, and reached")
    func slew() {
        var (bench, _) = bench()
        run(&bench, for: .seconds(1))
        run(&bench, for: .milliseconds(300), goal: [-1, 1.2, 0.8, 0, 0.3, -0.4, 0.022])
        let during = value(0)
        #expect(during > -0.9)  // 1.5 rad at 3 rad/s take half a second
        run(&bench, for: .seconds(1), goal: [-1, 1.2, 0.8, 0, 0.3, -0.4, 0.022])
        #expect(abs(value(0) + 1) < 0.003)
        #expect(abs(value(2) - 0.8) < 0.003)
    }

    @Test("a controller that falls silent leaves the arm where it is, with torque")
    func staleSetpoint() {
        var (bench, _) = bench()
        run(&bench, for: .seconds(1))
        run(&bench, for: .milliseconds(200), goal: [-1, 1.2, 0.8, 0, 0.3, -0.4, 0.022])
        run(&bench, for: .milliseconds(400))  // silence
        let held = value(0)
        #expect(held > -0.9 && held < 0.4)
        run(&bench, for: .seconds(1))
        #expect(abs(value(0) - held) < 0.002)
        #expect(arm.plants.allSatisfy { $0.torqueEnabled })
        #expect(bench.driver.status.phase == .running)
    }

    @Test("torque goes off when the set-point says so")
    func torqueOff() {
        var (bench, _) = bench()
        run(&bench, for: .seconds(1))
        let here = (0..<7).map(value)
        run(&bench, for: .milliseconds(300), goal: here)
        run(&bench, for: .milliseconds(100), goal: here, torque: false)
        #expect(arm.plants.allSatisfy { !$0.torqueEnabled })
        #expect(states.load().value.torqueOn == 0)
    }

    @Test("an arm that holds from before the start goes on holding at its goal")
    func takesOver() {
        var (bench, bus) = bench()
        for (index, plant) in arm.plants.enumerated() {
            let ticks = XM430.goalPosition.bytes(Int32((plant.position / XM430.radiansPerTick).rounded()) + 2048)
            for write in [(UInt16(116), ticks), (64, [1])] {
                let parameters = [UInt8(write.0 & 0xFF), UInt8(write.0 >> 8)] + write.1
                bus.receive(DynamixelPacket(id: UInt8(index + 1), .write, parameters).encoded[...], at: bench.now)
            }
        }
        var ignored: [UInt8] = []
        bus.advance(to: bench.now + .milliseconds(50), output: &ignored)
        run(&bench, for: .seconds(1))
        #expect(arm.plants.allSatisfy { $0.torqueEnabled })
        #expect(abs(arm.plants[1].position + 1.2) < 0.002)
        #expect(states.load().value.torqueOn == 0b111_1111)
        // EEPROM is not touched while torque is on.
        #expect(bus.servos.allSatisfy { $0.table.unsigned(XM430.returnDelayTime) == 250 })
        #expect(bench.driver.status.phase == .running)
    }

    @Test("an overload names the joint and the bit, and is cleared by a restart when asked")
    func alert() {
        var (bench, _) = bench()
        run(&bench, for: .seconds(1))
        let here = (0..<7).map(value)
        run(&bench, for: .milliseconds(300), goal: here)
        arm.plants[2].hardwareError = 0x20
        run(&bench, for: .milliseconds(100), goal: here)
        let fault = bench.driver.status.fault
        #expect(bench.driver.status.phase == .degraded && fault?.code == .hardwareAlert)
        #expect(fault?.what.contains("elbow (servo 3)") == true && fault?.what.contains("overload") == true)
        #expect(states.load().value.alerts == 0b100 && states.load().value.torqueOn == 0b111_1011)
        run(&bench, for: .milliseconds(500), goal: here)
        #expect(!arm.plants[2].torqueEnabled)
        bench.driver.clearAlerts()
        run(&bench, for: .seconds(2), goal: here)
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(states.load().value.alerts == 0 && states.load().value.torqueOn == 0b111_1111)
        #expect(bench.driver.watchdogTrips == 0)  // the others were talked to all the while
    }

    @Test("one servo's cable pulled names it, and the bus comes back by itself")
    func oneMissing() {
        var (bench, bus) = bench()
        run(&bench, for: .seconds(1))
        bus.unplugged = [4]
        run(&bench, for: .milliseconds(250))
        #expect(states.load().value.answered == 0b000_0111)
        #expect(bench.driver.status.fault?.what.contains("forearm (servo 4)") == true)
        run(&bench, for: .seconds(1))
        #expect(bench.reopens.first?.code == .silent)
        #expect(bench.reopens.first?.what.contains("no answer from forearm (servo 4)") == true)
        bus.unplugged = []
        run(&bench, for: .seconds(1))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a silent bus stops by its watchdogs; back again it holds where it stands before it follows")
    func silentBus() {
        var (bench, bus) = bench()
        run(&bench, for: .seconds(1))
        let away = [-1.0, 0.0, -1.0, 1, 1, 1, 0.05]
        run(&bench, for: .milliseconds(200), goal: away)
        bench.isCut = true
        run(&bench, for: .milliseconds(400), goal: away)
        #expect(bus.servos.allSatisfy { $0.table[XM430.busWatchdog] == -1 })
        let stopped = arm.plants.map(\.position)
        run(&bench, for: .seconds(2), goal: away)
        #expect(arm.plants.map(\.position) == stopped)
        #expect(bench.reopens.first?.code == .silent)
        #expect(bench.reopens.first?.what.contains("no servo") == true)
        bench.isCut = false
        run(&bench, for: .seconds(2), goal: away)
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
        #expect(bench.driver.watchdogTrips == 7)
        #expect(abs(value(0) + 1) < 0.003)
        #expect(bus.servos.allSatisfy { $0.table[XM430.busWatchdog] == 10 })
    }

    @Test("a short gap of the driver's own trips the watchdogs, which are armed again")
    func gap() {
        var (bench, bus) = bench()
        run(&bench, for: .seconds(1))
        let here = (0..<7).map(value)
        run(&bench, for: .milliseconds(300), goal: here)
        // The driver's thread is held up for 260 ms.
        var ignored: [UInt8] = []
        bench.now += .milliseconds(260)
        bus.advance(to: bench.now, output: &ignored)
        #expect(bus.servos.allSatisfy { $0.table[XM430.busWatchdog] == -1 })
        run(&bench, for: .milliseconds(300), goal: here)
        #expect(bus.servos.allSatisfy { $0.table[XM430.busWatchdog] == 10 })
        #expect(bench.driver.status.phase == .running && bench.reopens.isEmpty)
        #expect(bench.driver.watchdogTrips == 7)
    }

    @Test("a servo that restarts by itself gets its watchdog and its torque back without a jump")
    func brownOut() {
        var (bench, bus) = bench()
        run(&bench, for: .seconds(1))
        let here = (0..<7).map(value)
        run(&bench, for: .milliseconds(300), goal: here)
        bus.restart(id: 2, at: bench.now)
        run(&bench, for: .seconds(2), goal: here)
        #expect(bench.driver.status.phase == .running)
        #expect(arm.plants[1].torqueEnabled && bus.servos[1].table[XM430.busWatchdog] == 10)
        #expect(abs(arm.plants[1].position + 1.2) < 0.002)
    }

    @Test("damaged bytes cost a cycle, are counted, and nothing wrong is published")
    func noise() {
        var (bench, _) = bench()
        run(&bench, for: .seconds(1))
        var random = SeededRandom(seed: 4)
        var worst = 0.0
        for _ in 0..<300 {
            let flip = Int.random(in: 0..<40, using: &random)
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
        #expect(bench.driver.status.phase == .running)
    }

    @Test("bytes that hold no packet are called garbage, with a hint on the rate")
    func garbage() {
        var (bench, _) = bench()
        bench.distort = { $0.map { ~$0 } }
        run(&bench, for: .seconds(1))
        #expect(bench.reopens.first?.code == .garbage)
        #expect(bench.reopens.first?.hint?.contains("57600") == true)
    }

    @Test("answers cut short are named for what they are, and the bus comes back by itself")
    func truncated() {
        var (bench, _) = bench()
        run(&bench, for: .seconds(1))
        bench.distort = { Array($0.dropLast(6)) }
        run(&bench, for: .seconds(2))
        #expect(bench.reopens.first?.code == .garbage)
        #expect(bench.reopens.first?.hint?.contains("has worked at this rate") == true)
        bench.distort = { $0 }
        run(&bench, for: .seconds(1))
        #expect(bench.driver.status.phase == .running && bench.driver.status.fault == nil)
    }

    @Test("a servo of another mode is refused, not driven")
    func wrongMode() {
        var (bench, bus) = bench()
        bus.receive(DynamixelPacket.write(5, XM430.operatingMode, 1).encoded[...], at: bench.now)
        run(&bench, for: .seconds(1))
        #expect(bench.reopens.first?.code == .wrongDevice)
        #expect(bench.reopens.first?.what.contains("wrist_pitch (servo 5)") == true)
    }

    @Test("a set-point that is no number is not followed")
    func notANumber() {
        var (bench, _) = bench()
        run(&bench, for: .seconds(1))
        let here = (0..<7).map(value)
        run(&bench, for: .milliseconds(300), goal: here)
        var wrong = here
        wrong[1] = .nan
        run(&bench, for: .milliseconds(300), goal: wrong)
        #expect(abs(arm.plants[1].position + 1.2) < 0.002)
    }
}
