public import DeviceProtocols
public import Realtime
public import RobotModel

/// Drives a bus of Feetech STS servos (STS3215 and its kin): an arm and, last, a gripper.
///
/// Every cycle it reads registers 56...70 of all servos with one sync read, publishes them, and writes goal positions with
/// one sync write; every fifth cycle it looks at one servo's torque and goal registers. When torque goes on, and how goals
/// move, is `JointCycle`'s. Nothing is ever written to a servo's EEPROM, and its lock is not touched.
///
/// These servos have no watchdog: when the host falls silent they hold their last goal for ever. Besides the goals' own
/// speed limit they are told a goal speed, so that one that was held fast does not spring back.
///
/// **Bus time of a cycle**, n servos: the question has 8 + n bytes, each answer 21, the goals 8 + 3 n; a byte is 10 bits. At
/// 1 Mbit/s 7 servos take 1.9 ms, 13 take 3.4 ms, 16 take 4.2 ms; at 115200 bit/s 7 servos take 16.6 ms.
///
/// **Time of a sample**: each servo measures just before it answers; a sample's time is that of the middle of the answers,
/// half their line time before the last byte came.
///
/// A bus on which the host hears its own bytes works too: no question looks like the answer to it.
public struct FeetechDriver: AlertClearing {
    public internal(set) var status: DeviceStatus

    let chain: ChainLatency?
    let baudRate: Int
    let period: Duration
    /// In the registers' units; 0 is the servo's own maximum.
    let goalSpeed: Int
    let acceleration: Int

    var cycle: JointCycle
    /// By servo, in the cycle's order.
    var facts: [Facts]
    var decoder = FeetechDecoder()
    var inbox: [FeetechPacket] = []
    var exchange: Exchange?
    var mode = Mode.closed
    var nextCycle = Instant.zero
    var cycles = 0
    /// The servo whose turn it is to be looked at closely.
    var inspectNext = 0
    /// Servos to be looked at before the next cycle.
    var inspectQueue: [Int] = []
    var alertsToClear = false
    var hasBeenOpen = false
    /// Whether the bus has ever worked at this rate.
    var hasRun = false
    var cycleTime = Instant.zero

    /// - Parameters:
    ///   - baudRate: Of the bus, bits a second.
    ///   - rate: Cycles a second.
    ///   - joints: The arm, from its base outwards.
    ///   - gripper: The gripper, which comes last in states and set-points, in metres of opening.
    ///   - maximumSpeed: The most by which a goal may run, in rad/s of the servo. Servos are told a quarter more, so that
    ///     they keep up with it.
    ///   - acceleration: How fast a servo gains its speed, rad/s²; 0 is as fast as it can.
    ///   - states: Where what was measured goes.
    ///   - setpoints: Where set-points come from.
    ///   - chain: Gets to know how long it takes from feedback to set-point.
    public init(
        slot: SlotID, baudRate: Int, rate: Int, joints: [BusJoint], gripper: BusGripper? = nil,
        maximumSpeed: Double = 3.0, acceleration: Double = 0, states: LatestValue<Stamped<JointState>>,
        setpoints: LatestValue<Stamped<JointSetpoint>>, chain: ChainLatency? = nil
    ) {
        status = DeviceStatus(slot: slot)
        self.chain = chain
        self.baudRate = baudRate
        period = .nanoseconds(1_000_000_000 / Int64(max(rate, 1)))
        goalSpeed = Int(min(32767, max(1, 1.25 * maximumSpeed / STS.radiansPerStep)))
        let units = acceleration / STS.radiansPerStep / STS.accelerationUnit
        self.acceleration = acceleration > 0 ? Int(min(254, max(1, units.rounded()))) : 0
        cycle = JointCycle(
            joints: joints, gripper: gripper,
            scale: ServoScale(radiansPerTick: STS.radiansPerStep, centerTick: Int32(STS.centerStep)),
            limits: 0...4095, rate: rate, maximumSpeed: maximumSpeed, states: states, setpoints: setpoints)
        facts = [Facts](repeating: Facts(), count: cycle.servos.count)
    }

    public internal(set) var serviceInterval = Duration.milliseconds(1)
    public internal(set) var inputPause = Duration.zero

    public var card: ProtocolCard? { .feetech }

    /// Takes the torque of the servos that are in alert, which lets go of an overload. The next set-point that asks for
    /// torque arms them again where they stand; what is too hot or without voltage stays in alert.
    public mutating func clearAlerts() { alertsToClear = true }

    /// How long a cycle keeps the bus: question, answers and goals.
    public static func busTime(servos: Int, baudRate: Int) -> Duration {
        let ids = (0..<servos).map { UInt8(clamping: $0) }
        let block = FeetechFeedback.block
        let question = FeetechPacket.syncRead(address: block.address, length: block.length, ids: ids)
        let goals = FeetechPacket.syncWrite(STS.goalPosition, ids.map { ($0, 0) })
        let bytes = question.encoded.count + servos * (Int(block.length) + 6) + goals.encoded.count
        return .nanoseconds(Int64(bytes) * 10_000_000_000 / Int64(max(1, baudRate)))
    }

    /// How long `count` bytes take on the bus.
    func lineTime(_ count: Int) -> Duration { .nanoseconds(Int64(count) * 10_000_000_000 / Int64(baudRate)) }
}

extension FeetechDriver {
    /// What the driver knows of one servo besides how it moves.
    struct Facts: Sendable {
        var isPresent = false
        var model = 0
        var firmware = ""
        /// Its speed and acceleration registers are as they shall be.
        var hasProfile = false
    }

    /// How far the bus is.
    enum Mode: Sendable {
        case closed
        case handshake
        case running
    }

    /// A question on the bus; there is one at a time.
    struct Exchange: Sendable {
        /// What it is for.
        enum Purpose: Sendable, Hashable {
            case identity(Int)
            case configuration(Int)
            case state(Int)
            case feedback
            case verifyGoals([Int])
            case inspect(Int)
        }
        var purpose: Purpose
        var packet: FeetechPacket
        var attempt: Int
        /// When its answers are whole at the earliest.
        var earliest: Instant
        var deadline: Instant
        var heard = 0
        /// Who is to answer, and with how many bytes.
        var ids: [UInt8]
        var length: Int
        /// What has been answered so far.
        var answers: [FeetechPacket] = []
    }
}
