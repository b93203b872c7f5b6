public import DeviceIO
public import DeviceProtocols
public import Realtime
public import RobotModel

/// The wheel drive: an ODrive 3.x with an axis for each wheel, over its text protocol with checksums in both directions.
///
/// The first word to a drive is always "both speeds zero". Then it is asked for its firmware and its axes, set up (speed
/// control, its own watchdog), and cycled at `rate`: one line pair with both speeds, which also feeds the watchdog, one
/// question for each wheel, one for the drive's health. It enters closed loop only while a fresh set-point asks for
/// power, from a standstill that was measured, and the speeds grow from zero. A set-point that withdraws power drops what
/// waits to be sent and puts zero speeds on the line at once, without waiting for the answer under way; the axes go idle
/// when the wheels stand. A set-point older than 100 ms drives at zero, one older than 1 s is taken as withdrawn. When
/// the robot falls silent, the drive disarms by its own watchdog.
///
/// An error takes the power away from both wheels. It stands until a person has it cleared (`clearAlerts`) or a
/// set-point asks for power anew; only an expired watchdog is cleared without being asked.
///
/// Each wheel's sample was acquired when the drive had the whole question (the line time of its bytes; the estimate is
/// at most one control period of 125 µs older); the left one is brought to the right one's moment with its own speed.
/// The protocol gives positions in single precision: after 16 000 turns of a wheel (8 km) a step is 0.7°.
public struct ODriveDriver: AlertClearing {
    /// How the drive is wired and set.
    public struct Configuration: Sendable {
        public var slot: SlotID
        public var line: SerialLine
        /// Cycles a second.
        public var rate: Int
        public var leftInverted: Bool
        public var rightInverted: Bool
        /// Which axis turns which wheel.
        public var leftAxis: Int = 0
        public var rightAxis: Int = 1
        /// Discharge curve of the battery: volts and state of charge, rising.
        public var batteryCurve: [(voltage: Double, stateOfCharge: Double)]
        /// A set-point older than this drives at zero.
        public var setpointTimeout: Duration = .milliseconds(100)
        /// A set-point older than this counts as withdrawn.
        public var setpointLoss: Duration = .seconds(1)
        /// The drive disarms by itself when it is not fed for this long.
        public var watchdogTimeout: Duration = .milliseconds(200)
        /// How fast speeds may grow, rad/s²: more than the robot's own limits, so that it shows only in a jump.
        public var acceleration = 30.0
        /// Below this speed a wheel stands, rad/s.
        public var standstill = 0.15
        /// How long the drive may take to begin its answer: its own millisecond and 16 of a USB adapter.
        public var answerTimeout: Duration = .milliseconds(25)

        public init(
            slot: SlotID, line: SerialLine, rate: Int, leftInverted: Bool, rightInverted: Bool,
            batteryCurve: [(voltage: Double, stateOfCharge: Double)]
        ) {
            self.slot = slot
            self.line = line
            self.rate = rate
            self.leftInverted = leftInverted
            self.rightInverted = rightInverted
            self.batteryCurve = batteryCurve
        }
    }

    /// What a question under way is for; wheels are 0 left and 1 right.
    enum Job: Hashable, Sendable {
        case firmware(Int)
        case presence(wheel: Int)
        /// Whether the drive still has our settings.
        case memory
        case setting(Int)
        case feedback(wheel: Int)
        case axisState(wheel: Int)
        case errors(wheel: Int, ODriveErrors.Word)
        case voltage
    }

    /// How far the drive is known.
    enum Stage: Hashable, Sendable {
        case closed
        /// Told to stop; whatever is still on the line runs out.
        case draining(since: Instant)
        case probing(Job)
        case configuring(Int)
        case running
    }

    /// How far the motors have power.
    enum Power: Hashable, Sendable {
        case off
        /// Errors are cleared and the wheels are waited for.
        case clearing(since: Instant)
        /// Asked to enter closed loop.
        case arming(since: Instant)
        case on
        /// At zero speed until the wheels stand.
        case braking(since: Instant)
    }

    let configuration: Configuration
    let setpoint: LatestValue<Stamped<WheelSetpoint>>
    let state: LatestValue<Stamped<WheelState>>
    let battery: LatestValue<Stamped<BatteryState>>
    let chain: ChainLatency?

    var transactor: ODriveTransactor
    var stage = Stage.closed
    var power = Power.off
    var job: Job?
    var health: DeviceStatus
    var odometer: TurnOdometer

    /// What each wheel's axis last said.
    struct Wheel: Sendable {
        /// Turns and turns a second, in the motor's own direction.
        var position = 0.0
        var velocity = 0.0
        var measured: Instant?
        var axisState: Int?
        var errors: [ODriveErrors.Word: UInt64] = [:]
        /// Since when its error words are as they are said to be; nil: to be asked.
        var checked: Instant?
        /// The speed that it was last given, rad/s forward.
        var commanded = 0.0
    }
    var wheels = [Wheel(), Wheel()]
    var version = [0, 0, 0]
    var hasFaults = false
    /// An error took the power away: it comes back only after the set-point was withdrawn once.
    var waitsForWithdrawal = false
    /// An axis left closed loop, and is being asked why.
    var droppedOut = false
    var clearIsAsked = false
    var isSlow = false
    var wasConfigured = false
    /// Why arming failed, until power is asked for anew.
    var refusal: RobotError?

    var nextCycle = Instant.zero
    var lastCycle: Instant?
    var feedbackDue: [Int] = []
    var healthDue = 0
    /// Where the round of health questions stands.
    var healthTurn = 0
    /// Error words to read now, since something is wrong.
    var details: [Job] = []
    var nextVoltage = Instant.zero
    var nextClearing = Instant.zero
    var nextProbe = Instant.zero
    /// After a refusal nothing but the stop is sent before this.
    var settleUntil = Instant.zero
    var quietSince = Instant.zero
    var recoveringSince: Instant?
    var cyclesInWindow = 0
    var lateInWindow = 0
    var windowEnd = Instant.zero
    /// Both wheels have been measured since anything else was asked.
    var owesTurn = false

    /// A driver that takes its set-points from `setpoint` and publishes into `state` and `battery`; `chain` gets to know
    /// how long it takes from feedback to set-point.
    public init(
        _ configuration: Configuration, setpoint: LatestValue<Stamped<WheelSetpoint>>,
        state: LatestValue<Stamped<WheelState>>, battery: LatestValue<Stamped<BatteryState>>,
        chain: ChainLatency? = nil
    ) {
        self.configuration = configuration
        self.setpoint = setpoint
        self.state = state
        self.battery = battery
        self.chain = chain
        transactor = ODriveTransactor(line: configuration.line, timeout: configuration.answerTimeout)
        odometer = TurnOdometer(coastTime: configuration.watchdogTimeout + .milliseconds(500))
        health = DeviceStatus(slot: configuration.slot)
    }

    public var status: DeviceStatus {
        var status = health
        transactor.count(into: &status.counters)
        return status
    }

    public var card: ProtocolCard? { .odrive }

    /// Clears the drive's errors as soon as its motors have no power.
    public mutating func clearAlerts() { clearIsAsked = hasFaults }

    public var serviceInterval: Duration { transactor.isWaiting ? .milliseconds(4) : .milliseconds(1) }

    var firmware: ODriveFirmware { ODriveFirmware(version[0], version[1], version[2]) }

    func axis(_ wheel: Int) -> Int { wheel == 0 ? configuration.leftAxis : configuration.rightAxis }

    /// Turns of the motor for a radian forward of the wheel.
    func turnsPerRadian(_ wheel: Int) -> Double {
        (wheel == 0 ? configuration.leftInverted : configuration.rightInverted) ? -1 / (2 * .pi) : 1 / (2 * .pi)
    }
}
