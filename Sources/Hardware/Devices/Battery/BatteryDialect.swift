import DeviceProtocols
import RobotModel

/// What the last answers of a battery said, whatever its protocol.
struct BatteryReading: Sendable {
    var voltage = 0.0
    var stateOfCharge = 0.0
    /// Ampere, positive while it is charged.
    var current = 0.0
    /// Degrees Celsius.
    var temperature: Double?
    /// Whether the battery detects a charger; nil where it cannot.
    var hasCharger: Bool?
    /// Protections that have acted, as bits and in words.
    var faults: UInt32 = 0
    var protections: [String] = []
    /// What may become one.
    var warnings: [String] = []
    var cells: Int?
    /// Of the cells, in words: what an alert is told with.
    var detail = ""
    /// Model, make-up, age.
    var identity = ""
}

/// What a dialect has found in the bytes.
enum BatteryUtterance: Hashable, Sendable {
    /// The answer to this question is in the reading; that many bytes of the chunk stand behind it.
    case answer(UInt8, remaining: Int)
    /// The battery refuses this question.
    case refusal(UInt8)
    /// A host's question: the line gives back what is sent.
    case echo
}

/// One battery protocol as the driver needs it: the questions, and what the answers mean.
protocol BatteryDialect: Sendable {
    /// For people: "Daly battery".
    var title: String { get }
    var card: ProtocolCard { get }
    /// Who it is, once; then the state, round and round. Questions are told apart by their command or register.
    var opening: [UInt8] { get }
    var round: [UInt8] { get }
    /// The question whose answer holds voltage and current: the state is as old as that.
    var measuring: UInt8 { get }
    /// Bytes of that answer.
    var measuringSize: Int { get }
    var counters: FrameCounters { get }
    var reading: BatteryReading { get }
    func bytes(of question: UInt8) -> [UInt8]
    func name(of question: UInt8) -> String
    /// Forgets half a frame.
    mutating func reset()
    mutating func decode(_ bytes: ArraySlice<UInt8>, _ body: (BatteryUtterance) -> Void)
}
