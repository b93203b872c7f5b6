import BoardFile
import RobotModel
import RobotRuntime
import Testing

/// The tick on a stand, with devices that say what a test wants them to say.
@Suite("The tick's judgement")
struct TickStandTests {
    /// The board with every slot filled, and what its devices say in each tick.
    private struct Stand {
        let board: Board
        private var stand: TickStand
        private var now = Instant.zero
        private var tick = 0
        var wheels = WheelState()
        /// Wheels that do what they are told.
        var follows = true
        var joints: JointState
        var twist = Twist2D.zero
        /// How far the second joint's encoder is from its servo.
        var slip = 0.0

        init() throws {
            board = try Rig(boardFile: "twin-full").board
            stand = TickStand(board: board)
            joints = JointState(count: board.joints.count)
            joints.answered = (1 << UInt16(board.joints.count)) - 1
            wheels.enabled = true
        }

        var safety: SafetyState { stand.safety }
        var wanted: WheelSetpoint { stand.wheelSetpoint }

        mutating func clear() { stand.clear() }

        mutating func run(_ ticks: Int, _ body: (WheelSetpoint) -> Void = { _ in }) {
            for _ in 0..<ticks {
                now += .milliseconds(1)
                tick += 1
                if follows {
                    wheels.leftVelocity = wanted.left
                    wheels.rightVelocity = wanted.right
                }
                wheels.leftPosition += wheels.leftVelocity * 0.001
                wheels.rightPosition += wheels.rightVelocity * 0.001
                stand.offer(Stamped(wheels, at: now))
                stand.offer(wheelEncoders: Stamped(wheels, at: now))
                stand.offer(Stamped(joints, at: now))
                var encoders = EncoderState(count: board.jointEncoders?.encoders.count ?? 0)
                encoders.answered = (1 << UInt16(encoders.position.count)) - 1
                encoders.position[1] = slip
                stand.offer(Stamped(encoders, at: now))
                stand.offer(Stamped(InertialState(), at: now))
                stand.offer(Stamped(DigitalInputs(), at: now))
                stand.offer(Stamped(BatteryState(voltage: 25, stateOfCharge: 0.9), at: now))
                for index in 0..<8 * board.lidars.count {
                    stand.offer(
                        LaserSample(
                            time: now, angle: 0, range: 9, intensity: 40,
                            startsRevolution: tick % 100 == 0 && index < board.lidars.count),
                        of: index % board.lidars.count)
                }
                stand.order(twist, at: now)
                stand.tick(at: now)
                body(wanted)
            }
        }
    }

    @Test(
        "a robot that shall turn on the spot and does not, or turns the other way, is stopped", arguments: [0.0, -1.0])
    func rotation(share: Double) throws {
        var stand = try Stand()
        stand.run(3000)
        #expect(stand.safety == SafetyState(), "\(stand.safety)")
        stand.twist = Twist2D(linear: 0, angular: 1.2)
        stand.run(2000)
        #expect(stand.safety.causes.isEmpty, "\(stand.safety)")
        #expect(stand.wanted.right > 2 && stand.wanted.left < -2)
        stand.follows = false
        (stand.wheels.leftVelocity, stand.wheels.rightVelocity) = (share * -4, share * 4)
        stand.run(2000)
        #expect(stand.safety.causes.contains(.followingError), "\(stand.safety)")
    }

    @Test("a drive that takes its power away and gives it back finds set-points that start where the wheels are")
    func rearming() throws {
        var stand = try Stand()
        stand.twist = Twist2D(linear: 0.5, angular: 0)
        stand.run(5000)
        #expect(stand.wanted.left > 3)
        // The drive lets go by itself; the wheels run out.
        stand.wheels.enabled = false
        stand.follows = false
        (stand.wheels.leftVelocity, stand.wheels.rightVelocity) = (0.3, 0.2)
        stand.run(150)
        let limits = stand.board.base
        let step =
            (limits.maxAcceleration + limits.maxTurnAcceleration * limits.wheelSeparation / 2) / limits.wheelRadius
            * 0.001
        #expect(abs(stand.wanted.left - 0.25) < 0.1 && abs(stand.wanted.right - 0.25) < 0.1, "\(stand.wanted)")
        var before = stand.wanted
        var worst = 0.0
        stand.wheels.enabled = true
        stand.follows = true
        stand.run(1000) { wanted in
            worst = max(worst, abs(wanted.left - before.left), abs(wanted.right - before.right))
            before = wanted
        }
        #expect(worst <= step * 1.01, "\(worst) rad/s in a tick")
        #expect(stand.wanted.left > 2)
    }

    @Test("one servo that falls silent while the others answer is as stale as all of them, by the slot's own limit")
    func silentServo() throws {
        var stand = try Stand()
        stand.run(3000)
        #expect(stand.safety == SafetyState(), "\(stand.safety)")
        stand.joints.answered &= ~(1 << 3)
        let limit = Int(stand.board.joints.staleAfter.inSeconds * 1000)
        stand.run(limit - 5)
        #expect(stand.safety.causes.isEmpty)
        stand.run(10)
        #expect(stand.safety.causes == .staleJoints, "\(stand.safety)")
    }

    @Test("a joint that slips on its shaft holds the robot until a person has looked")
    func slippedCoupling() throws {
        var stand = try Stand()
        stand.run(3000)
        #expect(stand.safety == SafetyState(), "\(stand.safety)")
        stand.slip = (stand.board.jointEncoders?.maxDifference ?? 0) + 0.01
        stand.run(1000)
        #expect(stand.safety.causes == .encoderMismatch && stand.safety.action == .hold, "\(stand.safety)")
        stand.slip = 0
        stand.run(2000)
        #expect(stand.safety.latched == .encoderMismatch, "only a person lets it go on")
        stand.clear()
        stand.run(1000)
        #expect(stand.safety == SafetyState(), "\(stand.safety)")
    }
}
