public import DeviceProtocols
public import Realtime
public import RobotModel

/// Drives a bus of ROBOTIS Dynamixel servos (XM430 and its kin, Protocol 2.0): an arm and, last, a gripper.
///
/// Every cycle it reads current, velocity, position, torque, alert and watchdog of all servos with one fast sync read,
/// publishes them, and writes goal positions with one sync write. What it reads lies side by side because it is mapped
/// into each servo's indirect block. Servos that hold torque, and so cannot be mapped, and old firmware are read at
/// registers 126...135 instead, with a close look at one servo every fifth cycle; a bus on which a fast sync read is not
/// answered by all is read with a plain one. When torque goes on, and how goals move, is `JointCycle`'s.
///
/// **Bus time of a cycle**, n servos: the question has 14 + n bytes, the fast answer 8 + 18 n, the goals 14 + 5 n; a byte is
/// 10 bits. At 1 Mbit/s 7 servos take 2.0 ms, 13 take 3.5 ms, 16 take 4.2 ms (5.2 ms with plain sync reads): 200 Hz with
/// all 16, as far as the adapter's latency and the service interval let it. At 57600 bit/s 16 servos take 73 ms.
///
/// **Time of a sample**: the servos measure when the question has reached them; that is the answer's arrival less its line
/// time, and not before the question was sent. Return delays are set to 0 once in a servo's life.
public struct DynamixelDriver: AlertClearing {
    public typealias Joint = BusJoint
    public typealias Gripper = BusGripper

    public internal(set) var status: DeviceStatus
    /// How often servos had stopped themselves because the bus was silent for too long.
    public internal(set) var watchdogTrips = 0

    let baudRate: Int
    let period: Duration
    /// In the servos' units of 20 ms; 0 is off.
    let watchdogUnits: Int32
    let watchdogTime: Duration
    /// In the registers' units; 0 is the servo's own maximum.
    let profileVelocity: Int32
    let profileAcceleration: Int32
    let chain: ChainLatency?

    var cycle: JointCycle
    /// By servo, in the cycle's order.
    var facts: [Facts]
    var decoder = DynamixelDecoder()
    var inbox: [DynamixelPacket] = []
    var exchange: Exchange?
    var mode = Mode.closed
    /// How the servos are read: through their maps, and with fast reads.
    var usesMap = false
    var usesFastReads = true
    var nextCycle = Instant.zero
    var cycles = 0
    /// The servo whose turn it is to be looked at closely.
    var inspectNext = 0
    /// What is to be done before the next cycle.
    var repairs: [Repair] = []
    var alertsToClear = false
    var hasBeenOpen = false
    /// Whether the bus has ever worked at this rate.
    var hasRun = false
    var lastSend = Instant.zero
    var cycleTime = Instant.zero

    /// - Parameters:
    ///   - baudRate: Of the bus, bits a second.
    ///   - rate: Cycles a second.
    ///   - joints: The arm, from its base outwards.
    ///   - gripper: The gripper, which comes last in states and set-points, in metres of opening.
    ///   - busWatchdog: Servos stop by themselves when the bus is silent for this long: 20 ms ... 2.54 s, or zero for never.
    ///   - maximumSpeed: The most by which a goal may run, in rad/s of the servo.
    ///   - profileVelocity: The most that a servo lets itself run at, rad/s; 0 is as fast as it can. When nothing is said,
    ///     a quarter more than `maximumSpeed`: it keeps up with its goal, and when goals were lost on their way it does not
    ///     leap after them.
    ///   - profileAcceleration: How fast it gains that speed, rad/s²; 0 is as fast as it can.
    ///   - states: Where what was measured goes.
    ///   - setpoints: Where set-points come from.
    public init(
        slot: SlotID, baudRate: Int, rate: Int, joints: [Joint], gripper: Gripper? = nil, busWatchdog: Duration,
        maximumSpeed: Double = 3.0, profileVelocity: Double? = nil, profileAcceleration: Double = 0,
        states: LatestValue<Stamped<JointState>>, setpoints: LatestValue<Stamped<JointSetpoint>>,
        chain: ChainLatency? = nil
    ) {
        status = DeviceStatus(slot: slot)
        self.baudRate = baudRate
        period = .nanoseconds(1_000_000_000 / Int64(max(rate, 1)))
        watchdogTime = busWatchdog
        watchdogUnits = Int32(clamping: min(127, max(0, busWatchdog.nanoseconds / 20_000_000)))
        self.profileVelocity = Self.units(profileVelocity ?? 1.25 * maximumSpeed, XM430.velocityUnit)
        self.profileAcceleration = Self.units(profileAcceleration, XM430.accelerationUnit)
        cycle = JointCycle(
            joints: joints, gripper: gripper,
            scale: ServoScale(radiansPerTick: XM430.radiansPerTick, centerTick: XM430.centerTick), limits: 0...4095,
            rate: rate, maximumSpeed: maximumSpeed, states: states, setpoints: setpoints)
        facts = [Facts](repeating: Facts(), count: cycle.servos.count)
        self.chain = chain
    }

    public internal(set) var serviceInterval = Duration.milliseconds(1)
    public internal(set) var inputPause = Duration.zero

    public var card: ProtocolCard? { .dynamixel }

    /// Restarts the servos that are in alert, which clears it. Their torque is off until the next set-point asks for it.
    public mutating func clearAlerts() { alertsToClear = true }

    /// How long a cycle keeps the bus: question, fast answer and goals.
    public static func busTime(servos: Int, baudRate: Int) -> Duration {
        let ids = (0..<servos).map { UInt8(clamping: $0) }
        let map = DynamixelFeedback.map
        let question = DynamixelPacket.fastSyncRead(
            address: DynamixelIndirectMap.firstData, length: UInt16(map.length), ids: ids)
        let goals = DynamixelPacket.syncWrite(XM430.goalPosition, ids.map { ($0, 0) })
        let bytes = question.encoded.count + 8 + servos * (map.length + 4) + goals.encoded.count
        return .nanoseconds(Int64(bytes) * 10_000_000_000 / Int64(max(1, baudRate)))
    }

    /// How long `count` bytes take on the bus.
    func lineTime(_ count: Int) -> Duration { .nanoseconds(Int64(count) * 10_000_000_000 / Int64(baudRate)) }

    private static func units(_ value: Double, _ unit: Double) -> Int32 {
        value > 0 ? Int32(min(32767, max(1, (value / unit).rounded()))) : 0
    }
}

extension DynamixelDriver {
    /// What the driver knows of one servo besides how it moves.
    struct Facts: Sendable {
        var answersToPing = false
        var model = 0
        var firmware = 0
        /// Ticks that the servo adds to its position.
        var homingOffset: Int32 = 0
        /// Its indirect block holds what a cycle reads.
        var isMapped = false
        /// Its profile registers are as they shall be.
        var hasProfile = false
    }

    /// How far the bus is.
    enum Mode: Sendable {
        case closed
        case handshake
        case running
        /// Servos have been restarted; they are pinged until they are back, or the deadline passes.
        case rebooting([Int], deadline: Instant)
    }

    /// What one servo needs between two cycles.
    enum Repair: Sendable, Hashable {
        /// A close look at its torque, alert and watchdog.
        case inspect(Int)
        /// Its watchdog has stopped it.
        case rearm(Int)
        /// It has restarted and forgotten its map.
        case remap(Int)
    }

    /// A question on the bus; there is one at a time.
    struct Exchange: Sendable {
        /// What it is for.
        enum Purpose: Sendable, Hashable {
            case ping(Int)
            case memory(Int)
            case clearWatchdog(Int)
            case configuration(Int)
            case returnDelay(Int)
            case goal(Int)
            case writeMap(Int)
            case readMap(Int)
            case trial
            case feedback
            case verifyGoals([Int])
            case inspect(Int)
            case rearm(Int)
            case remap(Int)
            case reboot(Int)
            case bootPing(Int)

            /// The one servo that is asked; nil when several are.
            var servo: Int? {
                switch self {
                case .ping(let index), .memory(let index), .clearWatchdog(let index), .configuration(let index),
                    .returnDelay(let index), .goal(let index), .writeMap(let index), .readMap(let index),
                    .inspect(let index), .rearm(let index), .remap(let index), .reboot(let index),
                    .bootPing(let index):
                    index
                case .trial, .feedback, .verifyGoals: nil
                }
            }
        }
        var purpose: Purpose
        var packet: DynamixelPacket
        var attempt: Int
        /// When its answers are whole at the earliest.
        var earliest: Instant
        var deadline: Instant
        var heard = 0
        /// What several servos have answered so far, one by one.
        var parts: [DynamixelFastAnswer.Part] = []
    }
}
