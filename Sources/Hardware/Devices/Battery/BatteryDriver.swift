public import DeviceProtocols
public import Realtime
public import RobotModel

/// Asks a smart battery over its serial line for what it measures, and says in words what it complains of.
///
/// The battery is left alone until it is quiet, asked who it is, and then asked round and round. A state is published
/// once a round. Protections that have acted and warnings of the battery make it degraded; the state goes on being
/// published, since nobody needs it more. A battery that does not answer three times is taken through the opening
/// again, and then its port is reopened. Nothing is ever written to the battery.
///
/// Delay model: a state is stamped with the end of the line's time before the answer that holds voltage and current:
/// its arrival less the line time of its own bytes and of those behind it. Batteries measure by themselves a few times
/// a second and do not say when, so the true age is up to about half a second more. Temperatures and charger, where
/// they are asked for apart, are up to one round older.
public struct BatteryDriver: DeviceDriver {
    /// Which protocol a battery speaks.
    public enum Kind: String, Hashable, Sendable, CaseIterable { case daly, jbd }

    public struct Configuration: Sendable {
        public var slot: SlotID
        public var kind: Kind
        /// Bits a second.
        public var baudRate: Int
        /// Rounds a second, at most 2; a Daly's round of six questions takes 0.6 s at 9600 bit/s, and then sets the
        /// pace.
        public var rate: Double
        /// Cells in series that the battery must have; nil takes any battery.
        public var cells: Int?

        public init(slot: SlotID, kind: Kind, baudRate: Int = 9600, rate: Double = 1, cells: Int? = nil) {
            self.slot = slot
            self.kind = kind
            self.baudRate = baudRate
            self.rate = rate
            self.cells = cells
        }
    }

    public internal(set) var status: DeviceStatus
    public var card: ProtocolCard? { dialect.card }
    public var serviceInterval: Duration { .milliseconds(10) }

    let configuration: Configuration
    let battery: LatestValue<Stamped<BatteryState>>
    var dialect: any BatteryDialect
    var cycle: QuestionCycle
    var charge = ChargeDetector()
    /// When the newest voltage and current were measured.
    var measured = Instant.zero
    /// Whether the port has been open before, and whether a round has ever come through.
    var hasBeenOpen = false
    var hasRun = false
    /// What the questions brought since the first of them: other than silence, an echo tells how the line is wired.
    var echoes = 0
    var answers = 0

    /// From a question to the end of its answer: 13 to 70 bytes each way, 100 ms of the battery's own, 16 of an
    /// adapter.
    static let answerTime = Duration.milliseconds(350)

    /// A driver that publishes into `battery`.
    public init(_ configuration: Configuration, battery: LatestValue<Stamped<BatteryState>>) {
        self.configuration = configuration
        self.battery = battery
        status = DeviceStatus(slot: configuration.slot)
        let dialect: any BatteryDialect =
            switch configuration.kind {
            case .daly: DalyDialect()
            case .jbd: JBDDialect()
            }
        self.dialect = dialect
        let rate = min(2, max(0.1, configuration.rate))
        cycle = QuestionCycle(
            opening: dialect.opening, round: dialect.round, period: .seconds(1 / rate), timeout: Self.answerTime)
    }

    /// How long `count` bytes take on the line.
    func lineTime(_ count: Int) -> Duration {
        .nanoseconds(Int64(count) * 10_000_000_000 / Int64(max(1, configuration.baudRate)))
    }

    /// Publishes what the round has brought.
    mutating func publish() {
        let reading = dialect.reading
        charge.take(reading.current, at: measured)
        // A battery may see no charger behind its common terminals: then its current tells.
        let isCharging = reading.hasCharger == true || charge.isCharging
        battery.store(
            Stamped(
                BatteryState(
                    voltage: reading.voltage, stateOfCharge: reading.stateOfCharge, current: reading.current,
                    temperature: reading.temperature, isCharging: isCharging, faults: reading.faults), at: measured))
        status.lastGood = measured
        status.identity = reading.identity
    }
}
