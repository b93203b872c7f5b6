import DeviceProtocols
public import Realtime
public import RobotModel

/// Drives a bus of ROBOTIS Dynamixel servos (XM430 and its kin, Protocol 2.0): an arm and, last, a gripper.
///
/// Every cycle it reads current, velocity and position of all servos with one fast sync read, publishes them, and writes
/// goal positions with one sync write. Torque is switched on only when a set-point asks for it, and only after the goal
/// has been set to where each servo stands and read back; goals then move towards the set-point no faster than
/// `maximumSpeed`. So no joint ever jumps. Set-points older than 200 ms are not followed: the last goal is held.
public struct DynamixelDriver: AlertClearing {
    /// A joint of the arm: servo angle = sign × joint angle + offset.
    public struct Joint: Hashable, Sendable {
        public var name: String
        /// The servo's id on the bus.
        public var id: UInt8
        /// +1 or -1.
        public var sign: Double
        /// Radians.
        public var offset: Double

        public init(name: String, id: UInt8, sign: Double = 1, offset: Double = 0) {
            self.name = name
            self.id = id
            self.sign = sign
            self.offset = offset
        }
    }

    /// A parallel gripper: opening = closedWidth + widthPerRadian × servo angle.
    public struct Gripper: Hashable, Sendable {
        public var id: UInt8
        /// Metres at 0 rad.
        public var closedWidth: Double
        /// Metres a radian; not 0.
        public var widthPerRadian: Double

        public init(id: UInt8, closedWidth: Double, widthPerRadian: Double) {
            self.id = id
            self.closedWidth = closedWidth
            self.widthPerRadian = widthPerRadian
        }
    }

    public internal(set) var status: DeviceStatus
    /// How often servos had stopped themselves because the bus was silent for too long.
    public internal(set) var watchdogTrips = 0

    let baudRate: Int
    let period: Duration
    /// In the servos' units of 20 ms; 0 is off.
    let watchdogUnits: Int32
    let watchdogTime: Duration
    /// Servo rad/s.
    let maximumSpeed: Double
    let states: LatestValue<Stamped<JointState>>
    let setpoints: LatestValue<Stamped<JointSetpoint>>
    let chain: ChainLatency?

    var servos: [Servo]
    var decoder = DynamixelDecoder()
    var inbox: [DynamixelPacket] = []
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
    /// Set-points from before this moment are not followed.
    var openedAt = Instant.zero
    var lastSend = Instant.zero
    var lastGoals: Instant?
    var publishedTorque: UInt16 = 0
    var cycleTime = Instant.zero

    /// - Parameters:
    ///   - baudRate: Of the bus, bits a second.
    ///   - rate: Cycles a second.
    ///   - joints: The arm, from its base outwards.
    ///   - gripper: The gripper, which comes last in states and set-points, in metres of opening.
    ///   - busWatchdog: Servos stop by themselves when the bus is silent for this long: 20 ms ... 2.54 s, or zero for never.
    ///   - maximumSpeed: The most by which a goal may run, in rad/s of the servo.
    ///   - states: Where what was measured goes.
    ///   - setpoints: Where set-points come from.
    public init(
        slot: SlotID, baudRate: Int, rate: Int, joints: [Joint], gripper: Gripper? = nil, busWatchdog: Duration,
        maximumSpeed: Double = 3.0, states: LatestValue<Stamped<JointState>>,
        setpoints: LatestValue<Stamped<JointSetpoint>>, chain: ChainLatency? = nil
    ) {
        status = DeviceStatus(slot: slot)
        self.baudRate = baudRate
        period = .nanoseconds(1_000_000_000 / Int64(max(rate, 1)))
        watchdogTime = busWatchdog
        watchdogUnits = Int32(clamping: min(127, max(0, busWatchdog.nanoseconds / 20_000_000)))
        self.maximumSpeed = maximumSpeed
        self.states = states
        self.setpoints = setpoints
        self.chain = chain
        servos = joints.map { Servo(id: $0.id, name: $0.name, scale: $0.sign, base: 0, offset: $0.offset) }
        if let gripper {
            servos.append(
                Servo(
                    id: gripper.id, name: "gripper", scale: gripper.widthPerRadian, base: gripper.closedWidth,
                    offset: 0))
        }
        precondition(!servos.isEmpty && servos.count <= JointVector.capacity, "a bus has 1 to 16 servos")
    }

    public internal(set) var serviceInterval = Duration.milliseconds(1)

    /// Restarts the servos that are in alert, which clears it. Their torque is off until the next set-point asks for it.
    public mutating func clearAlerts() { alertsToClear = true }

    /// How long `count` bytes take on the bus.
    func lineTime(_ count: Int) -> Duration { .nanoseconds(Int64(count) * 10_000_000_000 / Int64(baudRate)) }
}

extension DynamixelDriver {
    /// What the driver knows of one servo.
    struct Servo: Sendable {
        let id: UInt8
        let name: String
        /// value = (angle - offset) × scale + base; metres for the gripper.
        let scale: Double
        let base: Double
        let offset: Double

        var model = 0
        var firmware = 0
        var answersToPing = false
        /// As last seen in the servo.
        var torque = false
        var alert = false
        /// Which alert it is, has been read since it came.
        var isAlertRead = false
        var hardwareErrors: UInt8 = 0
        /// As last read.
        var ticks: Int32?
        var velocity = 0.0
        var current = 0.0
        /// Where the goal stands now, in ticks; nil until torque has been on.
        var goal: Double?
        /// It kept another goal than it was given.
        var refusesGoal = false
        /// When it last answered in a cycle.
        var answeredAt = Instant.zero

        init(id: UInt8, name: String, scale: Double, base: Double, offset: Double) {
            self.id = id
            self.name = name
            self.scale = scale
            self.base = base
            self.offset = offset
        }

        /// "elbow_pitch (servo 3)".
        var title: String { "\(name) (servo \(id))" }

        func value(ticks: Int32) -> Double {
            let angle = Double(ticks - XM430.centerTick) * XM430.radiansPerTick
            return (angle - offset) * scale + base
        }

        /// The position register's value for a joint's value, inside the register's range; nil for what is no number.
        func ticks(value: Double) -> Double? {
            let angle = (value - base) / scale + offset
            let ticks = angle / XM430.radiansPerTick + Double(XM430.centerTick)
            return ticks.isFinite ? min(4095, max(0, ticks)) : nil
        }
    }

    /// How far the bus is.
    enum Mode: Sendable {
        case closed
        case handshake
        case running
        /// Servos have been restarted; they are pinged until they are back, or the deadline passes.
        case rebooting([Int], deadline: Instant)
    }

    /// A question on the bus; there is one at a time.
    struct Exchange: Sendable {
        /// What it is for.
        enum Purpose: Sendable, Hashable {
            case ping(Int)
            case configuration(Int)
            case memory(Int)
            case goal(Int)
            case returnDelay(Int)
            case clearWatchdog(Int)
            case feedback
            case verifyGoals([Int])
            case inspect(Int)
            case rearm(Int)
            case reboot(Int)
            case bootPing(Int)
        }
        var purpose: Purpose
        var packet: DynamixelPacket
        var attempt: Int
        var deadline: Instant
        var heard = 0
    }
}
