import BoardFile
import Motion
import Realtime
import Reflow
import RobotModel
import Safety

/// Every way into and out of the tick: bounded rings and latest values, nothing else.
final class TickChannels: Sendable {
    // From the device threads.
    /// Samples of each LiDAR, in the board's order.
    let samples: [Ring<LaserSample>]
    let wheels: LatestValue<Stamped<WheelState>>
    /// The wheels' own encoders; nil on a board without them.
    let wheelEncoders: LatestValue<Stamped<WheelState>>?
    let joints: LatestValue<Stamped<JointState>>
    /// The joints' own encoders; nil on a board without them.
    let jointEncoders: LatestValue<Stamped<EncoderState>>?
    let inputs = LatestValue<Stamped<DigitalInputs>>(Stamped([], at: .longAgo))
    /// What the wheel drive makes of its supply voltage.
    let driveBattery = LatestValue<Stamped<BatteryState>>(Stamped(BatteryState(), at: .longAgo))
    /// What the battery says itself; nil on a board without such a line.
    let batteryMonitor: LatestValue<Stamped<BatteryState>>?
    /// Nil on a board without an inertial unit.
    let inertial: LatestValue<Stamped<InertialState>>?

    // To the device threads.
    let wheelSetpoint = LatestValue<Stamped<WheelSetpoint>>(Stamped(WheelSetpoint(), at: .longAgo))
    let jointSetpoint: LatestValue<Stamped<JointSetpoint>>

    /// How long it takes from the wheels' and the joints' bytes to their set-points.
    let wheelsChain = ChainLatency()
    let jointsChain = ChainLatency()

    // From the deliberation.
    let drive = LatestValue<DriveOrder>(DriveOrder())
    let arm = Ring<ArmOrder>(capacity: 4)
    let gripper = Ring<GripperGoal>(capacity: 4)
    let clears = Ring<UInt8>(capacity: 4)

    // To the deliberation.
    let scans = Ring<LaserScan>(capacity: 4)
    let report: LatestValue<TickReport>

    init(board: Board) {
        let jointCount = board.joints.count
        samples = board.lidars.map { _ in Ring<LaserSample>(capacity: 4096) }
        wheelEncoders = board.wheelEncoders.map { _ in LatestValue(Stamped(WheelState(), at: .longAgo)) }
        jointEncoders = board.jointEncoders.map {
            LatestValue(Stamped(EncoderState(count: $0.encoders.count), at: .longAgo))
        }
        batteryMonitor = board.battery.monitor.map { _ in LatestValue(Stamped(BatteryState(), at: .longAgo)) }
        inertial = board.inertial.map { _ in LatestValue(Stamped(InertialState(), at: .longAgo)) }
        wheels = LatestValue(Stamped(WheelState(), at: .longAgo))
        joints = LatestValue(Stamped(JointState(count: jointCount), at: .longAgo))
        jointSetpoint = LatestValue(
            Stamped(JointSetpoint(position: JointVector(count: jointCount), torque: false), at: .longAgo))
        report = LatestValue(TickReport(jointCount: jointCount))
    }
}

extension Instant {
    /// Before anything: the stamp of a value that has never been measured, old enough to count as silent.
    static var longAgo: Instant { Instant(nanoseconds: -1_000_000_000_000) }
}

/// What the deliberation wants of the wheels, anew at every step; an old one stops the robot.
struct DriveOrder: Sendable, BitwiseCopyable {
    /// The wanted twist; the tick shapes it.
    var twist = Twist2D.zero
    /// When the deliberation said so: its heartbeat.
    var issued = Instant.longAgo
    /// Which margins of the protective field apply.
    var muting = ProtectiveField.Muting.none
    /// Whether the robot knows where it is.
    var localized = false
    /// Whether the arm's servos shall hold torque.
    var armTorque = false
}

/// A motion of the arm, to be followed from the tick in which it is taken.
struct ArmOrder: Sendable, BitwiseCopyable {
    /// Counts up, so that the report can say which order it speaks of.
    var number: Int
    var trajectory: ArmTrajectory
    /// Whether the first contact ends the motion well.
    var untilContact: Bool
}

/// What the deliberation gets to see of the tick.
struct TickReport: Sendable, BitwiseCopyable {
    var time = Instant.longAgo
    /// `odom` → `base_link`.
    var odometry = Pose2D()
    var twist = Twist2D.zero
    /// Metres driven since the start.
    var distance = 0.0
    var wheels: Stamped<WheelState>
    var joints: Stamped<JointState>
    var inputs: Stamped<DigitalInputs>
    /// The battery's own word, or the drive's measure of its voltage where that is missing or old.
    var battery = Stamped(BatteryState(), at: .longAgo)
    /// Never measured on a board without an inertial unit.
    var inertial = Stamped(InertialState(), at: .longAgo)
    var wheelSetpoint = WheelSetpoint()
    var jointSetpoint: JointSetpoint
    var safety = SafetyState()
    /// Judgements that the supervisor has made since the start, and what it finds wrong with itself.
    var judgements = 0
    var supervisorFault = SafetySupervisor.Fault.none
    /// The order that `armVerdict` speaks of.
    var armOrder = 0
    var armVerdict = ArmMonitor.Verdict.idle
    var gripperWidth = 0.0
    var gripperCurrent = 0.0
    var gripperSettled = true
    var gripperHolding = false
    /// Gripper goals taken so far.
    var gripperOrders = 0

    init(jointCount: Int) {
        wheels = Stamped(WheelState(), at: .longAgo)
        joints = Stamped(JointState(count: jointCount), at: .longAgo)
        inputs = Stamped([], at: .longAgo)
        jointSetpoint = JointSetpoint(position: JointVector(count: jointCount), torque: false)
    }
}
