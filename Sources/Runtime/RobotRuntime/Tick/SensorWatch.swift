import BoardFile
import RobotModel

/// What the tick makes of each joint's servo, and of the sensors that a board may do without: wheel and joint encoders, a
/// battery's own line, an inertial unit. A kernel of the tick: never allocates.
///
/// Each slot has an age limit of its own in the board file. An age is scaled so that the supervisor can judge it by the
/// limit of the slot that it stands beside: the wheels' for wheel encoders, the joints' for joint encoders.
struct SensorWatch: Sendable {
    /// Joints of the arm that have encoders, by their indices; at most as many as a board has joints.
    private var joints: InlineArray<16, Int8>
    private let encoderCount: Int
    private var encoders: Stamped<EncoderState>
    private var encoderTimes: AnswerTimes
    private var servoTimes: AnswerTimes
    /// The greatest difference of a wheel's own encoder and the drive's count, rad/s.
    private(set) var wheelDifference = 0.0
    private var wheelEncoderTime = Instant.longAgo
    private(set) var inertial = Stamped(InertialState(), at: .longAgo)
    private var batteryTime = Instant.longAgo

    private let wheelEncoderScale: Double
    private let jointEncoderScale: Double
    private let batteryLimit: Double
    private let inertialLimit: Double

    init(board: Board) {
        joints = InlineArray(repeating: 0)
        servoTimes = AnswerTimes(count: board.joints.count)
        let list = board.jointEncoders?.encoders ?? []
        encoderCount = list.count
        encoderTimes = AnswerTimes(count: list.count)
        for (index, encoder) in list.enumerated() { joints[index] = Int8(encoder.joint) }
        encoders = Stamped(EncoderState(count: list.count), at: .longAgo)
        wheelEncoderScale = board.wheelEncoders.map { board.wheels.staleAfter.inSeconds / $0.staleAfter.inSeconds } ?? 0
        jointEncoderScale =
            board.jointEncoders.map { board.joints.staleAfter.inSeconds / $0.staleAfter.inSeconds } ?? 0
        batteryLimit = board.battery.monitor?.staleAfter.inSeconds ?? 0
        inertialLimit = board.inertial?.staleAfter.inSeconds ?? 0
    }

    /// Positions and speeds of the wheels' own encoders stand in for the drive's; its faults and its switch stay.
    @_noAllocation @_noLocks
    mutating func take(_ encoders: Stamped<WheelState>, into wheels: inout Stamped<WheelState>) {
        wheelEncoderTime = encoders.time
        wheelDifference = max(
            abs(wheels.value.leftVelocity - encoders.value.leftVelocity),
            abs(wheels.value.rightVelocity - encoders.value.rightVelocity))
        wheels.value.leftPosition = encoders.value.leftPosition
        wheels.value.rightPosition = encoders.value.rightPosition
        wheels.value.leftVelocity = encoders.value.leftVelocity
        wheels.value.rightVelocity = encoders.value.rightVelocity
        // Odometry goes by when the way was measured.
        wheels.time = encoders.time
    }

    @_noAllocation @_noLocks
    mutating func take(_ encoders: Stamped<EncoderState>) {
        self.encoders = encoders
        encoderTimes.take(encoders.value.answered, at: encoders.time)
    }

    @_noAllocation @_noLocks
    mutating func take(_ inertial: Stamped<InertialState>) { self.inertial = inertial }

    /// A battery that speaks for itself knows better than its voltage; while it is silent, the drive's measure stands in.
    @_noAllocation @_noLocks
    mutating func battery(
        own: Stamped<BatteryState>?, drive: Stamped<BatteryState>, at now: Instant
    ) -> Stamped<BatteryState> {
        guard let own else { return drive }
        batteryTime = own.time
        let isFresh = now.seconds(since: own.time) <= batteryLimit
        return isFresh || drive.time <= own.time ? own : drive
    }

    @_noAllocation @_noLocks
    mutating func take(_ joints: Stamped<JointState>) { servoTimes.take(joints.value.answered, at: joints.time) }

    /// Seconds since the servo that has been silent longest answered.
    @_noAllocation @_noLocks
    func jointsAge(at now: Instant) -> Double { servoTimes.worstAge(at: now) }

    /// Seconds, scaled to the wheels' limit; 0 without wheel encoders.
    @_noAllocation @_noLocks
    func wheelEncodersAge(at now: Instant) -> Double {
        wheelEncoderScale > 0 ? now.seconds(since: wheelEncoderTime) * wheelEncoderScale : 0
    }

    /// Seconds since the encoder that has been silent longest answered, scaled to the joints' limit; 0 without joint
    /// encoders.
    @_noAllocation @_noLocks
    func jointEncodersAge(at now: Instant) -> Double { encoderTimes.worstAge(at: now) * jointEncoderScale }

    /// The worst of battery line and inertial unit, as a multiple of its own limit; 0 where the board has neither.
    @_noAllocation @_noLocks
    func auxiliaryAge(at now: Instant) -> Double {
        var worst = 0.0
        if batteryLimit > 0 { worst = max(worst, now.seconds(since: batteryTime) / batteryLimit) }
        if inertialLimit > 0 { worst = max(worst, now.seconds(since: inertial.time) / inertialLimit) }
        return worst
    }

    /// The greatest difference of a joint's encoder and its servo, radians, of those that both answered.
    @_noAllocation @_noLocks
    func mismatch(_ state: Stamped<JointState>) -> Double {
        var worst = 0.0
        var index = 0
        while index < encoderCount {
            let joint = Int(joints[index])
            let both =
                encoders.value.answered & (1 << UInt16(index)) != 0 && state.value.answered & (1 << UInt16(joint)) != 0
            if both { worst = max(worst, abs(encoders.value.position[index] - state.value.position[joint])) }
            index += 1
        }
        return worst
    }
}
