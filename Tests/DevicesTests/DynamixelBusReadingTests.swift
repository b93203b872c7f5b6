import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

@Suite("How the Dynamixel driver reads its bus")
struct DynamixelBusReadingTests {
    private let arm: JointArm
    private let bus: DynamixelBus
    private let states: LatestValue<Stamped<JointState>>
    private let setpoints: LatestValue<Stamped<JointSetpoint>>
    private let count: Int

    init() { self.init(count: 7) }

    private init(count: Int) {
        self.count = count
        arm = JointArm(positions: (0..<count).map { 0.1 * Double($0 % 7) - 0.3 })
        bus = DynamixelBus(servos: arm.plants)
        states = LatestValue(Stamped(JointState(count: count), at: .zero))
        setpoints = LatestValue(
            Stamped(JointSetpoint(position: JointVector(count: count), torque: false), at: .zero))
    }

    private func bench(
        rate: Int = 100, profileVelocity: Double? = nil, profileAcceleration: Double = 0
    ) -> DriverBench<DynamixelDriver> {
        let joints = (1...count).map { DynamixelDriver.Joint(name: "joint_\($0)", id: UInt8($0)) }
        return DriverBench(
            DynamixelDriver(
                slot: "joints", baudRate: 1_000_000, rate: rate, joints: joints, busWatchdog: .milliseconds(200),
                profileVelocity: profileVelocity, profileAcceleration: profileAcceleration, states: states,
                setpoints: setpoints), bus)
    }

    private func run(
        _ bench: inout DriverBench<DynamixelDriver>, for duration: Duration, goal: [Double]? = nil
    ) {
        bench.run(for: duration) { now in
            arm.move(to: now)
            if let goal { setpoints.store(Stamped(JointSetpoint(position: JointVector(goal), torque: true), at: now)) }
        }
    }

    private var here: [Double] { (0..<count).map { states.load().value.position[$0] } }

    private func instructions(_ bench: DriverBench<DynamixelDriver>) -> Set<DynamixelPacket.Instruction> {
        var decoder = DynamixelDecoder()
        var found: Set<DynamixelPacket.Instruction> = []
        for bytes in bench.sent { decoder.decode(bytes) { found.insert($0.instruction) } }
        return found
    }

    @Test("each servo is mapped, and one fast sync read of its block serves a cycle")
    func mapped() {
        var bench = bench()
        run(&bench, for: .seconds(1))
        for servo in bus.servos {
            #expect(servo.table.read(address: 168, count: 28) == DynamixelFeedback.map.addressBytes)
        }
        bench.sent = []
        run(&bench, for: .milliseconds(500))
        #expect(instructions(bench) == [.fastSyncRead])
        #expect(bench.sent.allSatisfy { $0[8] == 224 && $0[10] == UInt8(DynamixelFeedback.map.length) })
        #expect(abs(here[1] + 0.2) < 0.001)
    }

    @Test("16 servos at 200 cycles a second fit 1 Mbit/s, as the figures in the driver's description say")
    func sixteen() {
        let big = DynamixelBusReadingTests(count: 16)
        var bench = big.bench(rate: 200)
        big.run(&bench, for: .seconds(1))
        let goal = big.here
        big.run(&bench, for: .milliseconds(500), goal: goal)
        let before = bench.driver.status.counters.frames
        big.run(&bench, for: .seconds(1), goal: goal)
        #expect((195...202).contains(bench.driver.status.counters.frames - before))
        #expect(bench.driver.status.counters.timeouts == 0 && bench.driver.status.phase == .running)
        #expect(big.states.load().value.answered == 0xFFFF && big.states.load().value.torqueOn == 0xFFFF)
        #expect(DynamixelDriver.busTime(servos: 16, baudRate: 1_000_000) == .microseconds(4200))
        #expect(DynamixelDriver.busTime(servos: 13, baudRate: 1_000_000) == .microseconds(3480))
        #expect(DynamixelDriver.busTime(servos: 7, baudRate: 1_000_000) == .microseconds(2040))
    }

    @Test("servos that know no fast reads are read with plain ones")
    func plainSyncRead() {
        bus.knowsFastReads = false
        var bench = bench()
        run(&bench, for: .seconds(1))
        #expect(bench.driver.status.phase == .running && states.load().value.answered == 0x7F)
        bench.sent = []
        run(&bench, for: .milliseconds(300), goal: here)
        #expect(instructions(bench).isSubset(of: [.syncRead, .syncWrite]))
        #expect(arm.plants.allSatisfy { $0.torqueEnabled })
    }

    @Test("servos that refuse a map are read at their registers, with close looks between")
    func noMap() {
        bus.knowsIndirectMaps = false
        var bench = bench()
        run(&bench, for: .seconds(1))
        #expect(bench.driver.status.phase == .running)
        bench.sent = []
        run(&bench, for: .milliseconds(300), goal: here)
        #expect(instructions(bench) == [.fastSyncRead, .read, .syncWrite])
        #expect(bench.sent.contains { $0[7] == 0x8A && $0[8] == 126 && $0[10] == 10 })
        #expect(arm.plants.allSatisfy { $0.torqueEnabled })
        arm.plants[2].hardwareError = 0x04
        run(&bench, for: .milliseconds(100), goal: here)
        #expect(bench.driver.status.fault?.what.contains("joint_3 (servo 3) reports overheating") == true)
    }

    @Test("with both refused, plain reads of the registers serve, and a servo missing is named")
    func oldFirmware() {
        bus.knowsFastReads = false
        bus.knowsIndirectMaps = false
        var bench = bench()
        run(&bench, for: .seconds(1))
        #expect(bench.driver.status.phase == .running)
        bus.unplugged = [5]
        run(&bench, for: .milliseconds(250))
        #expect(states.load().value.answered == 0b1111)
        #expect(bench.driver.status.fault?.what.contains("joint_5 (servo 5)") == true)
    }

    @Test("a servo that restarts within a cycle forgets its map: nothing of it is believed until it is mapped again")
    func forgottenMap() {
        var bench = bench()
        run(&bench, for: .seconds(1))
        run(&bench, for: .milliseconds(300), goal: here)
        let stood = here
        // Its firmware is up again before anybody asks.
        bus.restart(id: 4, at: bench.now - .seconds(1))
        var worst = 0.0
        bench.run(for: .milliseconds(400)) { now in
            arm.move(to: now)
            worst = max(worst, abs(states.load().value.position[3] - stood[3]))
            setpoints.store(Stamped(JointSetpoint(position: JointVector(stood), torque: true), at: now))
        }
        #expect(worst < 0.002 && bench.reopens.isEmpty)
        #expect(bus.servos[3].table.read(address: 168, count: 28) == DynamixelFeedback.map.addressBytes)
        #expect(bus.servos[3].table[XM430.busWatchdog] == 10)
        #expect(arm.plants[3].torqueEnabled && states.load().value.torqueOn == 0x7F)
    }

    @Test("without a word about it, servos are told a quarter more than the goals' own speed limit")
    func usualProfile() {
        var bench = bench()
        run(&bench, for: .seconds(1))
        #expect(bus.servos.allSatisfy { $0.table[XM430.profileVelocity] == 156 })  // 3.74 rad/s
        #expect(bus.servos.allSatisfy { $0.table[XM430.profileAcceleration] == 0 })
    }

    @Test("a servo that counts its profile in milliseconds is refused")
    func timeBasedProfile() {
        bus.receive(DynamixelPacket.write(2, XM430.driveMode, 4).encoded[...], at: .zero)
        var bench = bench()
        run(&bench, for: .seconds(1))
        #expect(bench.reopens.first?.what == "joint_2 (servo 2) counts its profile in milliseconds")
    }

    @Test("a profile is written to all, and again to a servo that has forgotten it")
    func profile() {
        var bench = bench(profileVelocity: 3.6, profileAcceleration: 15)
        run(&bench, for: .seconds(1))
        #expect(bus.servos.allSatisfy { $0.table[XM430.profileVelocity] == 150 })
        #expect(bus.servos.allSatisfy { $0.table[XM430.profileAcceleration] == 40 })
        bus.restart(id: 2, at: bench.now - .seconds(1))
        #expect(bus.servos[1].table[XM430.profileVelocity] == 0)
        run(&bench, for: .milliseconds(200))
        #expect(bus.servos[1].table[XM430.profileVelocity] == 150)
    }

    @Test("a homing offset is shown with the servo's name")
    func homingOffset() {
        bus.receive(DynamixelPacket.write(3, XM430.homingOffset, -512).encoded[...], at: .zero)
        var bench = bench()
        run(&bench, for: .seconds(1))
        #expect(bench.driver.status.identity.contains("3: XM430-W350 firmware 46 homing offset -512"))
    }

    @Test("another kind of servo is called by its name")
    func wrongModel() {
        var bench = bench()
        bench.distort = { bytes in
            var decoder = DynamixelDecoder()
            var packets: [DynamixelPacket] = []
            decoder.decode(bytes) { packets.append($0) }
            // Servo 6 says to a ping that it is an XL430-W250.
            guard packets.count == 1, packets[0].id == 6, packets[0].statusData.count == 3 else { return bytes }
            return DynamixelPacket.status(6, .init(.none), [0x24, 0x04, 46]).encoded
        }
        run(&bench, for: .seconds(1))
        #expect(bench.reopens.first?.code == .wrongDevice)
        #expect(bench.reopens.first?.what == "joint_6 (servo 6) is a XL430-W250 (model 1060)")
        #expect(arm.plants.allSatisfy { !$0.torqueEnabled })
    }

    @Test("a servo that switches torque on with a goal is refused: nothing may hold by itself")
    func torqueByGoal() {
        bus.receive(DynamixelPacket.write(2, XM430.driveMode, 8).encoded[...], at: .zero)
        var bench = bench()
        run(&bench, for: .seconds(1))
        #expect(bench.reopens.first?.code == .wrongDevice)
        #expect(bench.reopens.first?.hint?.contains("set register 10 to 0") == true)
    }

    @Test("a joint far outside its servo's limits is not armed, for it would jump there; the others are")
    func outsideLimits() {
        bus.receive(DynamixelPacket.write(1, XM430.minimumPosition, 2000).encoded[...], at: .zero)
        var bench = bench()
        run(&bench, for: .seconds(1))  // joint 1 stands at -0.3 rad, tick 1852
        run(&bench, for: .milliseconds(300), goal: here)
        #expect(!arm.plants[0].torqueEnabled && arm.plants[1].torqueEnabled)
        #expect(bench.driver.status.fault?.code == .refused)
        #expect(bench.driver.status.fault?.what.contains("joint_1 (servo 1)") == true)
    }

    @Test("after a daemon's restart servos that hold keep their map and their goal")
    func takeOverMapped() {
        var first = bench()
        run(&first, for: .seconds(1))
        run(&first, for: .milliseconds(300), goal: here)
        let stood = arm.plants.map(\.position)
        var second = bench()
        second.now = first.now
        run(&second, for: .milliseconds(600))
        second.sent = []
        run(&second, for: .milliseconds(100))
        #expect(instructions(second) == [.fastSyncRead, .syncWrite] && second.sent[0][8] == 224)
        #expect(zip(arm.plants, stood).allSatisfy { abs($0.position - $1) < 0.002 })
    }
}
