import BoardFile
import Estimation
import Motion
import Realtime
import Reflow
import RobotModel
import Safety

/// One tick's work as a value: `read` → `update` → `write`.
///
/// What it decides is a function of what it read. It never waits, allocates, locks or throws.
struct ControlKernel: Sendable {
    private var odometry: Odometry
    private var shaper: TwistShaper
    private let drive: DifferentialDrive
    private var field: ProtectiveField
    private var supervisor: SafetySupervisor
    private var scan: ScanAssembler
    private var arm: ArmFollower
    private let slowFactor: Double

    // What `read` found.
    private var wheels = Stamped(WheelState(), at: .longAgo)
    private var joints: Stamped<JointState>
    private var inputs = Stamped(DigitalInputs(), at: .longAgo)
    private var battery = Stamped(BatteryState(), at: .longAgo)
    private var order = DriveOrder()
    private var lastSample = Instant.longAgo

    // What `update` decided.
    private var report: TickReport
    private var wheelSetpoint = WheelSetpoint()
    private var following = Persistence()
    private var jointFollowing = Persistence()
    private var empty = Persistence()
    private var lastPosition = Point2D(0, 0)
    private var ticks = 0

    /// Samples taken at most in one tick: ten times what a tick brings, so that a backlog is gone in no time.
    private static let samplesATick = 128

    /// - Parameter latched: What waited for a person's word when the daemon ended.
    init(board: Board, latched: SafetyCauses) {
        let base = board.base
        let jointCount = board.joints.arm.joints.count + 1
        let limits = DriveLimits(board.base)
        odometry = Odometry(wheelRadius: base.wheelRadius, wheelSeparation: base.wheelSeparation)
        shaper = TwistShaper(limits: limits)
        drive = DifferentialDrive(
            wheelRadius: base.wheelRadius, wheelSeparation: base.wheelSeparation,
            maxWheelSpeed: (base.maxSpeed + base.maxTurnRate * base.wheelSeparation / 2) / base.wheelRadius)
        field = ProtectiveField(
            length: base.length, width: base.width, mount: board.lidar.mount, deceleration: 2 * base.maxDeceleration,
            minRange: board.lidar.minRange)
        supervisor = SafetySupervisor(
            limits: SafetyLimits(
                lidarAge: board.lidar.staleAfter.inSeconds, wheelsAge: board.wheels.staleAfter.inSeconds,
                jointsAge: board.joints.staleAfter.inSeconds, stateOfCharge: board.battery.reserve,
                // Half of the reserve at most: the robot has to have been warned for a while.
                emptyCharge: min(0.05, board.battery.reserve / 2)),
            latched: latched)
        scan = ScanAssembler(beams: board.lidar.beams)
        let gripper = board.joints.gripper
        arm = ArmFollower(
            armJoints: jointCount - 1, jointCount: jointCount,
            monitor: ArmMonitor(contactCurrents: JointVector(board.joints.contactCurrents)),
            gripper: GripperController(
                speed: gripper.speed, gripCurrent: gripper.gripCurrent, maxWidth: gripper.maxWidth))
        joints = Stamped(JointState(count: jointCount), at: .longAgo)
        report = TickReport(jointCount: jointCount)
        // In the warning field the robot creeps: a third of its speed leaves a person time to see it.
        slowFactor = 0.35
    }

    /// Takes what the device threads have decoded and what the deliberation wants.
    mutating func read(_ channels: TickChannels, at now: Instant) {
        wheels = channels.wheels.load()
        joints = channels.joints.load()
        inputs = channels.inputs.load()
        battery = channels.battery.load()
        order = channels.drive.load()
        odometry.update(wheels)
        while let next = channels.arm.pop() { arm.take(next) }
        while let goal = channels.gripper.pop() { arm.take(goal) }
        while channels.clears.pop() != nil { _ = supervisor.clearByPerson() }
        field.muting = order.muting
        let motion = fieldTwist
        var taken = 0
        while taken < Self.samplesATick, let sample = channels.samples.pop() {
            field.take(sample, twist: motion)
            scan.take(sample, odometry: odometry.pose(at: sample.time)) { whole in channels.scans.push(whole) }
            lastSample = sample.time
            taken += 1
        }
    }

    /// Decides.
    ///
    /// - Parameter overruns: Late ticks within the last second.
    mutating func update(at now: Instant, dt: Double, overruns: Int) {
        let wasEnabled = wheelSetpoint.enabled
        let flags = flags(at: now, overruns: overruns)
        let safety = supervisor.step(flags, at: now)
        let enabled = safety.action < .torqueOff && wheels.time > .longAgo
        if enabled && !wasEnabled { shaper.reset(to: odometry.twist) }
        let twist = shaper.step(target: order.twist, limit: limit(for: safety.action), dt: dt)
        let speeds = drive.wheelSpeeds(for: twist)
        wheelSetpoint = WheelSetpoint(
            left: enabled ? speeds.left : 0, right: enabled ? speeds.right : 0, enabled: enabled)
        if joints.time > .longAgo {
            let isFresh = now.seconds(since: joints.time) <= supervisor.limits.jointsAge
            arm.step(joints.value, isFresh: isFresh, torque: order.armTorque, mayMove: safety.action < .hold, dt: dt)
        }
        fillReport(safety, at: now)
    }

    /// Hands over set-points, the report and, every tenth tick, a record.
    ///
    /// - Returns: Whether the wheels were switched on or off: the caller wakes their thread at once.
    mutating func write(_ channels: TickChannels, records: Ring<TickRecord>?, at now: Instant) -> Bool {
        let before = channels.wheelSetpoint.load().value.enabled
        channels.wheelSetpoint.store(Stamped(wheelSetpoint, at: now))
        if joints.time > .longAgo { channels.jointSetpoint.store(Stamped(arm.setpoint, at: now)) }
        channels.report.store(report)
        ticks &+= 1
        // What has never been measured is no record.
        if ticks % 10 == 0, joints.time > .longAgo, wheels.time > .longAgo, let records {
            records.push(
                TickRecord(
                    time: now, joints: joints, wheels: wheels, wheelSetpoint: wheelSetpoint,
                    jointSetpoint: arm.setpoint, safety: report.safety))
        }
        return before != wheelSetpoint.enabled
    }
}

extension ControlKernel {
    /// The motion that the protective field guards: the robot's own while it moves, the wanted one while it stands.
    private var fieldTwist: Twist2D {
        let measured = odometry.twist
        if abs(measured.linear) < 0.02 && abs(measured.angular) < 0.03 { return order.twist }
        return measured
    }

    private mutating func flags(at now: Instant, overruns: Int) -> SafetyFlags {
        var flags = SafetyFlags()
        flags.emergencyStop = inputs.value.contains(.emergencyStop)
        flags.bumper = inputs.value.contains(.bumper)
        flags.lidarAge = now.seconds(since: lastSample)
        flags.wheelsAge = now.seconds(since: wheels.time)
        flags.jointsAge = now.seconds(since: joints.time)
        flags.inputsAge = now.seconds(since: inputs.time)
        flags.deliberationAge = now.seconds(since: order.issued)
        flags.servoAlerts = joints.value.alerts
        flags.wheelFault = wheels.value.leftFault | wheels.value.rightFault
        flags.overruns = overruns
        flags.localized = order.localized
        if battery.time > .longAgo {
            flags.stateOfCharge = battery.value.stateOfCharge
            if let temperature = battery.value.temperature { flags.batteryTemperature = temperature }
            flags.batteryFaults = battery.value.faults
        }
        flags.emptyDuration = empty.step(isBeyond: !(flags.stateOfCharge >= supervisor.limits.emptyCharge), at: now)
        (flags.protectiveField, flags.warningField) = field.intrusion
        let twist = odometry.twist
        flags.standing = abs(twist.linear) < 0.01 && abs(twist.angular) < 0.02
        let limits = supervisor.limits
        flags.followingError = abs(twist.linear - shaper.current.linear)
        // Of wheels that say nothing it is not known how they follow.
        let isKnown = wheelSetpoint.enabled && flags.wheelsAge <= limits.wheelsAge
        flags.followingErrorDuration = following.step(
            isBeyond: isKnown && !(flags.followingError <= limits.followingError), at: now)
        flags.jointError = flags.jointsAge <= limits.jointsAge ? arm.error(joints.value) : 0
        flags.jointErrorDuration = jointFollowing.step(isBeyond: !(flags.jointError <= limits.jointError), at: now)
        return flags
    }

    private func limit(for action: SafetyAction) -> SpeedLimit {
        switch action {
        case .none, .warn: .none
        case .slow: .slow(factor: slowFactor)
        case .hold: .smoothStop
        case .protectiveStop, .torqueOff: .fastStop
        }
    }

    private mutating func fillReport(_ safety: SafetyState, at now: Instant) {
        report.time = now
        report.odometry = odometry.pose(at: now)
        report.twist = odometry.twist
        report.distance += odometry.pose.position.distance(to: lastPosition)
        lastPosition = odometry.pose.position
        report.wheels = wheels
        report.joints = joints
        report.inputs = inputs
        report.wheelSetpoint = wheelSetpoint
        report.jointSetpoint = arm.setpoint
        report.safety = safety
        report.judgements = supervisor.judgements
        report.supervisorFault = supervisor.fault
        report.armOrder = arm.order
        report.armVerdict = arm.monitor.verdict
        report.gripperWidth = arm.gripperState.width
        report.gripperCurrent = arm.gripperState.current
        report.gripperSettled = arm.gripperState.isSettled
        report.gripperHolding = arm.gripperState.isHolding
        report.gripperOrders = arm.gripperOrders
    }
}

extension DriveLimits {
    /// The limits of a board's base.
    init(_ base: BaseGeometry) {
        self.init(
            maxSpeed: base.maxSpeed, maxAcceleration: base.maxAcceleration, maxDeceleration: base.maxDeceleration,
            maxTurnRate: base.maxTurnRate, maxTurnAcceleration: base.maxTurnAcceleration)
    }
}
