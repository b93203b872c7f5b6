public import BoardFile
import Motion
public import Realtime
import Reflow
public import RobotModel
import Safety

/// A board's tick on a stand: everything that it does on the robot, with inputs that the caller puts where the device
/// threads and the deliberation would. For measuring what a tick costs; not thread-safe.
public struct TickStand {
    private var control: ControlTick
    private let channels: TickChannels
    private let records: Ring<TickRecord>
    private let planner: ArmPlanner
    private var number = 0
    private var motions = 0

    public init(board: Board) {
        channels = TickChannels(board: board)
        records = Ring(capacity: 1024)
        control = ControlTick(board: board, latched: [], channels: channels, records: records, wakeWheels: {})
        planner = ArmPlanner(board: board)
    }

    /// The tasks with what they take.
    public var tasks: TaskTable { control.tasks }
    /// What the supervisor decided last.
    public var safety: SafetyState { channels.report.load().safety }
    /// What the wheels are asked for.
    public var wheelSetpoint: WheelSetpoint { channels.wheelSetpoint.load().value }
    /// What the joints are asked for.
    public var jointSetpoint: JointSetpoint { channels.jointSetpoint.load().value }
    /// Scans handed out and records handed over since this was asked last.
    public func drain() -> (scans: Int, records: Int) {
        var count = (scans: 0, records: 0)
        while channels.scans.pop() != nil { count.scans += 1 }
        while records.pop() != nil { count.records += 1 }
        return count
    }

    // MARK: What device threads do

    public func offer(_ wheels: Stamped<WheelState>) { channels.wheels.store(wheels) }
    /// Nothing on a board whose wheels have no encoders of their own; so with the two below.
    public func offer(wheelEncoders wheels: Stamped<WheelState>) { channels.wheelEncoders?.store(wheels) }
    public func offer(_ encoders: Stamped<EncoderState>) { channels.jointEncoders?.store(encoders) }
    public func offer(_ inertial: Stamped<InertialState>) { channels.inertial?.store(inertial) }
    public func offer(_ joints: Stamped<JointState>) { channels.joints.store(joints) }
    public func offer(_ inputs: Stamped<DigitalInputs>) { channels.inputs.store(inputs) }
    public func offer(_ battery: Stamped<BatteryState>) {
        (channels.batteryMonitor ?? channels.driveBattery).store(battery)
    }
    public func offer(_ sample: LaserSample, of lidar: Int = 0) { channels.samples[lidar].push(sample) }

    // MARK: What the deliberation does

    /// A person's `clear`.
    public func clear() { channels.clears.push(1) }

    /// Wants a twist, with torque in the arm, at a place that is known.
    public func order(_ twist: Twist2D, at now: Instant) {
        channels.drive.store(DriveOrder(twist: twist, issued: now, localized: true, armTorque: true))
    }

    /// Sends the arm from its set-points to a posture; returns how long that takes.
    ///
    /// - Throws: `ArmFailure` in words, when the arm cannot get there.
    public mutating func move(to posture: String) throws(RobotError) -> Duration {
        do throws(ArmFailure) {
            let trajectory = try planner.plan(.posture(posture), from: jointSetpoint.position)
            motions += 1
            channels.arm.push(ArmOrder(number: motions, trajectory: trajectory, untilContact: false))
            return .nanoseconds(Int64(trajectory.duration * 1e9))
        } catch {
            throw RobotError(.refused, "the arm cannot go to '\(posture)': \(error)")
        }
    }

    // MARK: The tick

    /// One tick; returns how long it worked.
    @discardableResult
    public mutating func tick(at now: Instant) -> Duration {
        let start = TickClock().now
        let end = control.run(number, at: now, from: start, overruns: 0)
        number += 1
        return end - start
    }
}
