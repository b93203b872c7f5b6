import DeviceProtocols
import Devices
import Realtime
import RobotModel
import Testing
import Twin

/// A servo bus whose contact can be lost in every way, for a driver of either kind.
private struct Loss<Driver: DeviceDriver> {
    let name: String
    var bench: DriverBench<Driver>
    let arm: JointArm
    let states: LatestValue<Stamped<JointState>>
    let setpoints: LatestValue<Stamped<JointSetpoint>>
    let unplug: (Set<Int>) -> Void
    let restart: (Int, Instant) -> Void

    static var count: Int { 5 }

    /// Lets time pass while a controller goes on along its trajectory, whatever becomes of the bus.
    mutating func run(for duration: Duration, torque: Bool = true) {
        let (arm, setpoints) = (arm, setpoints)
        bench.run(for: duration, step: .microseconds(500)) { now in
            arm.move(to: now)
            setpoints.store(Stamped(JointSetpoint(position: Self.trajectory(at: now), torque: torque), at: now))
        }
    }

    /// Joints that swing through two radians, each at its own pace: a controller that asks for up to 2.4 rad/s.
    static func trajectory(at now: Instant) -> JointVector {
        JointVector(
            (0..<count).map { joint in
                let pace = 1.2 + 0.2 * Double(joint)
                let phase = (Double(now.nanoseconds) * 1e-9 * pace / 2).truncatingRemainder(dividingBy: 2)
                return (phase < 1 ? phase : 2 - phase) * 2 - 1
            })
    }

    /// Half of what goes to the servos is lost: questions come through while goals do not, or the other way round.
    mutating func deafen(for time: Duration) {
        bench.isDeaf = true
        run(for: time)
        bench.isDeaf = false
    }

    /// Loses contact in one way, and has it back after a while.
    mutating func lose(_ way: Int, for time: Duration, joint: Int) {
        switch way {
        case 0:
            bench.isCut = true
            run(for: time)
            bench.isCut = false
        case 1:
            unplug([joint + 1])
            run(for: time)
            unplug([])
        case 2:
            restart(joint + 1, bench.now)
            run(for: time)
        case 3:
            bench.distort = { bytes in bytes.map { $0 ^ 0x55 } }
            run(for: time)
            bench.distort = { $0 }
        case 4:
            // The arm is let go, somebody moves it, and it is armed again.
            run(for: .milliseconds(60), torque: false)
            if !arm.plants[joint].torqueEnabled { arm.push(joint, by: joint % 2 == 0 ? 0.4 : -0.4) }
            run(for: time, torque: false)
        case 5:
            bench.distort = { Array($0.dropLast(3)) }
            run(for: time)
            bench.distort = { $0 }
        case 6:
            // The driver's thread is held up.
            bench.now += time
        default: deafen(for: time)
        }
    }
}

/// After contact was lost at any moment, in any way, a joint goes on from where it stands (ros2_control #674).
@Suite("Joints never jump, whatever is lost and when")
struct JointsNeverJumpTests {
    private static let maximumSpeed = 3.0

    private static func channels() -> (LatestValue<Stamped<JointState>>, LatestValue<Stamped<JointSetpoint>>) {
        (
            LatestValue(Stamped(JointState(count: 5), at: .zero)),
            LatestValue(Stamped(JointSetpoint(position: JointVector(count: 5), torque: false), at: .zero))
        )
    }

    private static let positions = [0.5, -0.7, 0.1, 0.9, -0.2]
    private static let joints = (1...5).map { BusJoint(name: "joint_\($0)", id: UInt8($0), sign: $0 == 2 ? -1 : 1) }

    /// Without a profile the servos run as fast as they can: what holds them is the driver alone. Only goals that are lost on
    /// the line while everything else comes through need the servo's own limit.
    @Test("Dynamixel", arguments: [(UInt64(1), 0.0), (2, 0.0), (3, nil), (4, nil)])
    func dynamixel(seed: UInt64, profileVelocity: Double?) {
        let arm = JointArm(positions: Self.positions)
        let bus = DynamixelBus(servos: arm.plants)
        let (states, setpoints) = Self.channels()
        let driver = DynamixelDriver(
            slot: "joints", baudRate: 1_000_000, rate: 100, joints: Self.joints, busWatchdog: .milliseconds(200),
            maximumSpeed: Self.maximumSpeed, profileVelocity: profileVelocity, states: states, setpoints: setpoints)
        var loss = Loss(
            name: "dynamixel", bench: DriverBench(driver, bus), arm: arm, states: states, setpoints: setpoints,
            unplug: { bus.unplugged = $0 }, restart: { bus.restart(id: $0, at: $1) })
        neverJumps(&loss, seed: seed, ways: 0...(profileVelocity == nil ? 7 : 6))
    }

    @Test("Feetech", arguments: [UInt64(5), 6, 7])
    func feetech(seed: UInt64) {
        let arm = JointArm(positions: Self.positions)
        let bus = FeetechBus(servos: arm.plants)
        let (states, setpoints) = Self.channels()
        let driver = FeetechDriver(
            slot: "joints", baudRate: 1_000_000, rate: 100, joints: Self.joints, maximumSpeed: Self.maximumSpeed,
            states: states, setpoints: setpoints)
        var loss = Loss(
            name: "feetech", bench: DriverBench(driver, bus), arm: arm, states: states, setpoints: setpoints,
            unplug: { bus.unplugged = $0 }, restart: { bus.restart(id: $0, at: $1) })
        neverJumps(&loss, seed: seed, ways: 0...7)
    }

    private func neverJumps<Driver>(_ loss: inout Loss<Driver>, seed: UInt64, ways: ClosedRange<Int>) {
        var random = SeededRandom(seed: seed)
        loss.run(for: .seconds(1))
        for round in 0..<9 {
            loss.run(for: .milliseconds(Int64.random(in: 20...900, using: &random)))
            let way = Int.random(in: ways, using: &random)
            let time = Duration.milliseconds(Int64.random(in: 5...700, using: &random))
            loss.lose(way, for: time, joint: Int.random(in: 0..<5, using: &random))
            loss.run(for: .milliseconds(300))
            // In 20 ms there may be one cycle that is made up for.
            #expect(
                loss.arm.fastest <= Self.maximumSpeed * 1.5 + 0.2,
                "\(loss.name), seed \(seed), round \(round), way \(way), \(time): \(loss.arm.fastest) rad/s")
            loss.arm.forgetSpeed()
        }
        // And in the end it follows again.
        loss.run(for: .seconds(3))
        let wanted = Loss<Driver>.trajectory(at: loss.bench.now)
        #expect(loss.bench.driver.status.phase == .running)
        for joint in 0..<5 { #expect(abs(loss.states.load().value.position[joint] - wanted[joint]) < 0.1) }
    }
}
