import BoardFile
import RobotModel
import RobotRuntime

/// Plays devices and deliberation for a tick on a stand: each at its own rate, with values that answer the set-points.
struct TickFeed {
    private(set) var now = Instant.zero
    private(set) var scans = 0
    /// Whether the arm was somewhere else than at its beginning.
    private(set) var jointsMoved = false

    private let board: Board
    private let period: Duration
    private let samplesATick: Int
    private let wheelsEvery: Int
    private let jointsEvery: Int
    private var wheels = WheelState()
    private var joints: JointState
    private var bearing = 0.0
    private var nextMotion = 0
    private var isStowed = false

    init(board: Board, samples: Int) {
        self.board = board
        samplesATick = samples
        period = .nanoseconds(1_000_000_000 / Int64(board.control.tickRate))
        wheelsEvery = max(1, board.control.tickRate / board.wheels.rate)
        jointsEvery = max(1, board.control.tickRate / board.joints.rate)
        joints = JointState(count: board.joints.count)
        let start = board.joints.postures["ready"] ?? []
        for index in start.indices { joints.position[index] = start[index] }
        joints.position[joints.position.count - 1] = board.joints.gripper.maxWidth / 2
        joints.answered = UInt16((1 << joints.position.count) - 1)
        wheels.enabled = true
    }

    /// What has arrived since the last tick.
    mutating func offer(to stand: inout TickStand, tick: Int) throws {
        now += period
        let dt = period.inSeconds
        wheels.leftPosition += wheels.leftVelocity * dt
        wheels.rightPosition += wheels.rightVelocity * dt
        if tick % wheelsEvery == 0 { stand.offer(Stamped(wheels, at: now)) }
        if tick % jointsEvery == 0 { stand.offer(Stamped(joints, at: now)) }
        // Where the board has them.
        stand.offer(wheelEncoders: Stamped(wheels, at: now))
        if tick % jointsEvery == 0 { stand.offer(Stamped(encoders, at: now)) }
        if tick % 10 == 0 { stand.offer(Stamped(InertialState(acceleration: Vector3(0, 0, 9.81)), at: now)) }
        if tick % 2 == 0 { stand.offer(Stamped(DigitalInputs(), at: now)) }
        if tick % 1000 == 0 { stand.offer(Stamped(BatteryState(voltage: 25, stateOfCharge: 0.9), at: now)) }
        offerSamples(stand)
        if tick % 50 == 0 {
            // A slow curve to and fro.
            let turn = tick / 2000 % 2 == 0 ? 0.2 : -0.2
            stand.order(Twist2D(linear: 0.5, angular: turn), at: now)
            scans += stand.drain().scans
        }
        // From the second second on, when the arm holds.
        if tick >= max(nextMotion, 1000) {
            isStowed.toggle()
            let duration = try stand.move(to: isStowed ? "stowed" : "ready")
            nextMotion = tick + Int((duration.inSeconds + 0.5) / dt)
        }
    }

    /// What the joints' own encoders say: the same as the servos.
    private var encoders: EncoderState {
        let list = board.jointEncoders?.encoders ?? []
        var state = EncoderState(count: list.count)
        for (index, encoder) in list.enumerated() {
            state.position[index] = joints.position[encoder.joint]
            state.answered |= 1 << UInt16(index)
        }
        return state
    }

    /// One revolution in 100 ms, six metres of free space all around.
    private mutating func offerSamples(_ stand: TickStand) {
        let step = 2 * Double.pi * period.inSeconds / 0.1 / Double(max(1, samplesATick))
        for _ in 0..<samplesATick {
            bearing += step
            let isNew = bearing >= 2 * .pi
            if isNew { bearing -= 2 * .pi }
            let sample = LaserSample(
                time: now, angle: Float(bearing), range: 6, intensity: 40, startsRevolution: isNew)
            for lidar in board.lidars.indices { stand.offer(sample, of: lidar) }
        }
    }

    /// Wheels and joints do what they were asked to.
    mutating func follow(_ stand: TickStand) {
        wheels.leftVelocity = stand.wheelSetpoint.left
        wheels.rightVelocity = stand.wheelSetpoint.right
        let wanted = stand.jointSetpoint
        guard wanted.torque else { return }
        for index in 0..<joints.position.count {
            if abs(joints.position[index] - wanted.position[index]) > 1e-4 { jointsMoved = true }
            joints.position[index] = wanted.position[index]
        }
        joints.torqueOn = joints.answered
    }
}
