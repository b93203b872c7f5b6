import Motion
import RobotModel

/// Follows the arm's trajectory in the tick and works the gripper. A kernel: never allocates.
///
/// It has its own clock, which stands while the supervisor demands a hold: the arm stops on its path and goes on from
/// there, without a jump. A joint that is not held in such a stop (its servo has let go, or nobody hears of it) is held
/// afterwards where it is found, and drawn back to the path only when the arm may move again.
struct ArmFollower: Sendable {
    private(set) var order = 0
    private(set) var gripperOrders = 0
    private(set) var gripperState = GripperState()
    private(set) var monitor: ArmMonitor
    private var trajectory: ArmTrajectory
    private var gripper: GripperController
    /// The arm's own time, and how fast it runs against the real one (0...1).
    private var clock = Instant.zero
    private var started = Instant.zero
    private var pace = 0.0
    private var isPlaced = false
    /// How far each joint is held beside the path, radians.
    private var offset: JointVector
    private var wasFresh = false
    private let armJoints: Int
    private(set) var setpoint: JointSetpoint

    /// Seconds in which the arm's clock comes to a stand or up to speed.
    private static let easing = 0.15
    /// rad/s with which a joint is drawn back to the path: below what any joint of an arm may do.
    private static let pull = 1.0

    init(armJoints: Int, jointCount: Int, monitor: ArmMonitor, gripper: GripperController) {
        self.armJoints = armJoints
        self.monitor = monitor
        self.gripper = gripper
        setpoint = JointSetpoint(position: JointVector(count: jointCount), torque: false)
        trajectory = ArmTrajectory(holding: JointVector(count: armJoints))
        offset = JointVector(count: armJoints)
    }

    /// Begins a motion.
    @_noAllocation @_noLocks
    mutating func take(_ order: ArmOrder) {
        self.order = order.number
        trajectory = order.trajectory
        // It was planned from the set-points, wherever they were.
        offset = JointVector(count: armJoints)
        started = clock
        monitor.start(order.trajectory, untilContact: order.untilContact, at: clock)
    }

    /// Takes a goal for the gripper.
    @_noAllocation @_noLocks
    mutating func take(_ goal: GripperGoal) {
        gripper.set(goal)
        gripperOrders &+= 1
    }

    /// One tick.
    ///
    /// - Parameters:
    ///   - torque: Whether the servos shall hold.
    ///   - isFresh: False when the joints have not been heard of for too long.
    ///   - mayMove: False while the supervisor holds the robot.
    @_noAllocation @_noLocks
    mutating func step(_ joints: JointState, isFresh: Bool, torque: Bool, mayMove: Bool, dt: Double) {
        guard torque else {
            // Limp: wherever the arm is moved to is where it will hold from.
            isPlaced = false
            setpoint.torque = false
            monitor.stop()
            return
        }
        if !isPlaced { place(joints) }
        pace = mayMove ? min(1, pace + dt / Self.easing) : max(0, pace - dt / Self.easing)
        clock.nanoseconds &+= Int64(dt * pace * 1e9)
        let wasMoving = Self.isMoving(monitor.verdict)
        _ = monitor.step(joints, at: clock)
        let sample = trajectory.sampleInPlace(at: clock.seconds(since: started))
        if wasMoving && !Self.isMoving(monitor.verdict) && !Self.isReached(monitor.verdict) {
            // Contact or trouble: stay where the arm is, not where it should have been.
            trajectory = ArmTrajectory(holding: measured(joints))
            started = clock
        }
        // The first word after a silence tells where the joints have come to.
        let loose = isFresh && wasFresh ? ~joints.torqueOn : .max
        wasFresh = isFresh
        var joint = 0
        while joint < armJoints {
            if pace == 0 && loose & (1 << UInt16(joint)) != 0 {
                offset[joint] = joints.position[joint] - sample[joint]
            } else {
                let step = min(abs(offset[joint]), Self.pull * pace * dt)
                offset[joint] -= offset[joint] < 0 ? -step : step
            }
            setpoint.position[joint] = sample[joint] + offset[joint]
            joint += 1
        }
        // Joints beside the arm stay where they were found, and where they have come to while their servos had let go.
        let grip = setpoint.position.count - 1
        while joint < grip {
            let hasLetGo = isFresh && joints.torqueOn & (1 << UInt16(joint)) == 0
            if hasLetGo { setpoint.position[joint] = joints.position[joint] }
            joint += 1
        }
        if grip >= armJoints {
            let (width, state) = gripper.step(
                width: joints.position[grip], velocity: joints.velocity[grip], current: joints.current[grip],
                dt: mayMove ? dt : 0)
            setpoint.position[grip] = width
            gripperState = state
        }
        setpoint.torque = true
    }

    /// The greatest difference of set-point and position among the arm's joints that hold torque, radians. The gripper's
    /// fingers are held off by what they hold.
    @_noAllocation @_noLocks
    func error(_ joints: JointState) -> Double {
        guard isPlaced, setpoint.torque else { return 0 }
        var worst = 0.0
        var joint = 0
        while joint < armJoints {
            if joints.torqueOn & (1 << UInt16(joint)) != 0 {
                worst = max(worst, abs(setpoint.position[joint] - joints.position[joint]))
            }
            joint += 1
        }
        return worst
    }

    // Static, since Swift copies the whole value for a method that does not mutate it, in every tick.

    @_noAllocation @_noLocks
    private static func isMoving(_ verdict: ArmMonitor.Verdict) -> Bool {
        if case .moving = verdict { true } else { false }
    }

    @_noAllocation @_noLocks
    private static func isReached(_ verdict: ArmMonitor.Verdict) -> Bool {
        if case .reached = verdict { true } else { false }
    }

    /// Starts from the measured positions, so that switching torque on never makes a jump.
    @_noAllocation @_noLocks
    private mutating func place(_ joints: JointState) {
        isPlaced = true
        trajectory = ArmTrajectory(holding: measured(joints))
        offset = JointVector(count: armJoints)
        started = clock
        setpoint.position = joints.position
    }

    @_noAllocation @_noLocks
    private func measured(_ joints: JointState) -> JointVector {
        var position = JointVector(count: armJoints)
        var joint = 0
        while joint < armJoints {
            position[joint] = joints.position[joint]
            joint += 1
        }
        return position
    }
}
