import BoardFile
import Estimation
import Motion
import Realtime
import Reflow
import RobotModel
import Safety

/// One tick's work as a value: tasks that read, decide and hand over (`ControlTask`, in that order).
///
/// What it decides is a function of what it read. It never waits, allocates, locks or throws.
///
/// Some 50 kB. What a tick calls is `mutating` or static: for a method that does not mutate Swift copies the whole value.
struct ControlKernel: Sendable {
    private var odometry: Odometry
    private var shaper: TwistShaper
    private let differential: DifferentialDrive
    private var field: ProtectiveField
    private var supervisor: SafetySupervisor
    private var scan: ScanAssembler
    private var arm: ArmFollower
    /// In the warning field the robot creeps: a third of its speed leaves a person time to see it.
    private static var slowFactor: Double { 0.35 }

    // What has been read.
    private var wheels = Stamped(WheelState(), at: .longAgo)
    private var joints: Stamped<JointState>
    private var inputs = Stamped(DigitalInputs(), at: .longAgo)
    private var battery = Stamped(BatteryState(), at: .longAgo)
    private var order = DriveOrder()
    /// When the wheel drive was heard of; `wheels` may be stamped by encoders of their own.
    private var driveTime = Instant.longAgo
    private var areWheelsFresh = false
    private let wheelRadius: Double
    /// The distance between the wheels, metres.
    private let track: Double
    private var lidars: LidarWatch
    private var sensors: SensorWatch

    // What has been decided.
    private var safety: SafetyState
    private var report: TickReport
    private var wheelSetpoint = WheelSetpoint()
    private var following = Persistence()
    private var jointFollowing = Persistence()
    private var empty = Persistence()
    private var mismatch = Persistence()
    private var lastPosition = Point2D(0, 0)
    private var recordedInertial = Instant.longAgo

    /// Samples taken at most in one tick: ten times what a tick brings, so that a backlog is gone in no time.
    private static let samplesATick = 128

    /// - Parameter latched: What waited for a person's word when the daemon ended.
    init(board: Board, latched: SafetyCauses) {
        let base = board.base
        let jointCount = board.joints.count
        let limits = DriveLimits(board.base)
        odometry = Odometry(wheelRadius: base.wheelRadius, wheelSeparation: base.wheelSeparation)
        shaper = TwistShaper(limits: limits)
        differential = DifferentialDrive(
            wheelRadius: base.wheelRadius, wheelSeparation: base.wheelSeparation,
            maxWheelSpeed: (base.maxSpeed + base.maxTurnRate * base.wheelSeparation / 2) / base.wheelRadius)
        field = ProtectiveField(
            length: base.length, width: base.width, lidars: board.lidars.map { ($0.mount, $0.minRange) },
            deceleration: 2 * base.maxDeceleration)
        lidars = LidarWatch(limits: board.lidars.map(\.staleAfter.inSeconds), beams: board.lidars.map(\.beams))
        sensors = SensorWatch(board: board)
        wheelRadius = base.wheelRadius
        track = base.wheelSeparation
        supervisor = SafetySupervisor(
            limits: SafetyLimits(
                lidarAge: board.lidar.staleAfter.inSeconds, wheelsAge: board.wheels.staleAfter.inSeconds,
                jointsAge: board.joints.staleAfter.inSeconds,
                encoderMismatch: board.jointEncoders?.maxDifference ?? 0.1, stateOfCharge: board.battery.reserve,
                // Half of the reserve at most: the robot has to have been warned for a while.
                emptyCharge: min(0.05, board.battery.reserve / 2)),
            latched: latched)
        safety = supervisor.state
        scan = ScanAssembler(beams: board.lidar.beams)
        let gripper = board.joints.gripper
        arm = ArmFollower(
            armJoints: board.joints.arm.joints.count, jointCount: jointCount,
            monitor: ArmMonitor(contactCurrents: JointVector(board.joints.contactCurrents)),
            gripper: GripperController(
                speed: gripper.speed, gripCurrent: gripper.gripCurrent, maxWidth: gripper.maxWidth))
        joints = Stamped(JointState(count: jointCount), at: .longAgo)
        report = TickReport(jointCount: jointCount)
    }

    /// Does one task of the tick.
    ///
    /// - Parameters:
    ///   - dt: Seconds from this task's last run to this one.
    ///   - overruns: Late ticks within the last one to two seconds.
    /// - Returns: Whether the wheels were switched on or off: the caller wakes their thread at once.
    mutating func run(
        _ task: ControlTask, _ channels: TickChannels, records: Ring<TickRecord>?, at now: Instant, dt: Double,
        overruns: Int
    ) -> Bool {
        switch task {
        case .orders: takeOrders(channels)
        case .wheels:
            channels.wheelsChain.take()
            wheels = channels.wheels.load()
            driveTime = wheels.time
            if let encoders = channels.wheelEncoders { sensors.take(encoders.load(), into: &wheels) }
            // Before the first word of the wheels there is no way to count from.
            if wheels.time > .longAgo { odometry.update(wheels) }
        case .joints:
            channels.jointsChain.take()
            joints = channels.joints.load()
            sensors.take(joints)
            if let encoders = channels.jointEncoders { sensors.take(encoders.load()) }
        case .inputs: inputs = channels.inputs.load()
        case .battery:
            battery = sensors.battery(
                own: channels.batteryMonitor?.load(), drive: channels.driveBattery.load(), at: now)
            if let inertial = channels.inertial { sensors.take(inertial.load()) }
        case .lidar: takeSamples(channels)
        case .safety: safety = supervisor.step(flags(at: now, overruns: overruns), at: now)
        case .drive: drive(dt: dt)
        case .arm: moveArm(at: now, dt: dt)
        case .setpoints: return handOver(channels, at: now)
        case .report:
            // Here, since the compiler does not vouch for a square root.
            report.distance += odometry.pose.position.distance(to: lastPosition)
            lastPosition = odometry.pose.position
            fillReport(at: now)
            channels.report.store(report)
        case .record: record(into: records, at: now)
        }
        return false
    }
}

// Reading.
extension ControlKernel {
    private mutating func takeOrders(_ channels: TickChannels) {
        order = channels.drive.load()
        while let next = channels.arm.pop() { arm.take(next) }
        while let goal = channels.gripper.pop() { arm.take(goal) }
        while channels.clears.pop() != nil { _ = supervisor.clearByPerson() }
        field.muting = order.muting
    }

    private mutating func takeSamples(_ channels: TickChannels) {
        let motion = Self.fieldTwist(measured: odometry.twist, wanted: order.twist)
        var lidar = 0
        while lidar < channels.samples.count {
            var taken = 0
            while taken < Self.samplesATick, let sample = channels.samples[lidar].pop() {
                field.take(sample, from: lidar, twist: motion)
                // The first one is the one that the robot knows its place by.
                if lidar == 0 { scan.take(sample, odometry: odometry.pose(at: sample.time), into: channels.scans) }
                lidars.take(
                    lidar, startsRevolution: sample.startsRevolution, isEcho: sample.range > 0, at: sample.time)
                taken += 1
            }
            lidar += 1
        }
    }
}

// Deciding.
extension ControlKernel {
    @_noAllocation @_noLocks
    private mutating func drive(dt: Double) {
        let enabled = safety.action < .torqueOff && wheels.time > .longAgo
        // Set-points start from the measured motion when power is asked for, and go no further before the drive has given
        // it: it may also take it away by itself. What was measured before the wheels fell silent says nothing about now.
        if enabled, !wheelSetpoint.enabled || !wheels.value.enabled {
            shaper.reset(to: areWheelsFresh ? odometry.twist : .zero)
        }
        let twist = shaper.step(target: order.twist, limit: Self.limit(for: safety.action), dt: dt)
        let speeds = differential.wheelSpeeds(for: twist)
        wheelSetpoint = WheelSetpoint(
            left: enabled ? speeds.left : 0, right: enabled ? speeds.right : 0, enabled: enabled)
    }

    @_noAllocation @_noLocks
    private mutating func moveArm(at now: Instant, dt: Double) {
        guard joints.time > .longAgo else { return }
        let isFresh = now.seconds(since: joints.time) <= supervisor.limits.jointsAge
        arm.step(joints.value, isFresh: isFresh, torque: order.armTorque, mayMove: safety.action < .hold, dt: dt)
    }
}

// Handing over.
extension ControlKernel {
    private mutating func handOver(_ channels: TickChannels, at now: Instant) -> Bool {
        let before = channels.wheelSetpoint.load().value.enabled
        channels.wheelSetpoint.store(Stamped(wheelSetpoint, at: now))
        channels.wheelsChain.handOver()
        // The servos are told nothing before the deliberation has said whether they shall hold.
        if joints.time > .longAgo, order.issued > .longAgo {
            channels.jointSetpoint.store(Stamped(arm.setpoint, at: now))
            channels.jointsChain.handOver()
        }
        return before != wheelSetpoint.enabled
    }

    private mutating func record(into records: Ring<TickRecord>?, at now: Instant) {
        // What has never been measured is no record.
        guard joints.time > .longAgo, wheels.time > .longAgo, let records else { return }
        let isNew = sensors.inertial.time > recordedInertial
        recordedInertial = sensors.inertial.time
        records.push(
            TickRecord(
                time: now, joints: joints, wheels: wheels, wheelSetpoint: wheelSetpoint,
                jointSetpoint: arm.setpoint, safety: safety, inertial: isNew ? sensors.inertial : nil))
    }
}

extension ControlKernel {
    /// The motion that the protective field guards: the robot's own while it moves, the wanted one while it stands.
    @_noAllocation @_noLocks
    private static func fieldTwist(measured: Twist2D, wanted: Twist2D) -> Twist2D {
        abs(measured.linear) < 0.02 && abs(measured.angular) < 0.03 ? wanted : measured
    }

    @_noAllocation @_noLocks
    private mutating func flags(at now: Instant, overruns: Int) -> SafetyFlags {
        var flags = SafetyFlags()
        flags.emergencyStop = inputs.value.contains(.emergencyStop)
        flags.bumper = inputs.value.contains(.bumper)
        flags.lidarAge = lidars.worstAge(at: now)
        flags.wheelsAge = max(now.seconds(since: driveTime), sensors.wheelEncodersAge(at: now))
        flags.jointsAge = max(sensors.jointsAge(at: now), sensors.jointEncodersAge(at: now))
        flags.auxiliaryAge = sensors.auxiliaryAge(at: now)
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
        // Of the speed, and of the turning as one wheel's way about the other: a wheel that stands while the robot shall go
        // straight shows in both. Where the wheels have encoders of their own, one that fails shows in its difference from
        // the drive's count.
        let wanted = shaper.current
        flags.followingError = max(
            abs(twist.linear - wanted.linear) + abs(twist.angular - wanted.angular) * track,
            sensors.wheelDifference * wheelRadius)
        // Of wheels that say nothing it is not known how they follow.
        areWheelsFresh = flags.wheelsAge <= limits.wheelsAge
        let isKnown = wheelSetpoint.enabled && areWheelsFresh
        flags.followingErrorDuration = following.step(
            isBeyond: isKnown && !(flags.followingError <= limits.followingError), at: now)
        flags.jointError = flags.jointsAge <= limits.jointsAge ? arm.error(joints.value) : 0
        flags.encoderMismatch = flags.jointsAge <= limits.jointsAge ? sensors.mismatch(joints) : 0
        flags.encoderMismatchDuration = mismatch.step(
            isBeyond: !(flags.encoderMismatch <= limits.encoderMismatch), at: now)
        flags.jointErrorDuration = jointFollowing.step(isBeyond: !(flags.jointError <= limits.jointError), at: now)
        return flags
    }

    @_noAllocation @_noLocks
    private static func limit(for action: SafetyAction) -> SpeedLimit {
        switch action {
        case .none, .warn: .none
        case .slow: .slow(factor: slowFactor)
        case .hold: .smoothStop
        case .protectiveStop, .torqueOff: .fastStop
        }
    }

    @_noAllocation @_noLocks
    private mutating func fillReport(at now: Instant) {
        report.time = now
        report.odometry = odometry.pose(at: now)
        report.twist = odometry.twist
        report.wheels = wheels
        report.joints = joints
        report.inputs = inputs
        report.battery = battery
        report.inertial = sensors.inertial
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
