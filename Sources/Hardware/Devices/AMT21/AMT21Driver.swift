public import DeviceProtocols
public import Realtime
public import RobotModel

/// Reads up to 15 absolute encoders of CUI's AMT21 series on one RS-485 bus.
///
/// Every cycle each encoder is asked for its angle, one after the other: a byte goes out, two come back. The state is
/// published when all have been asked; bits say who answered. An encoder's word has only two check bits, so a wrong one
/// passes one time in four: an angle that the shaft cannot have reached since the last one counts as a checksum error too,
/// unless the next one confirms it.
///
/// A bus on which the host hears its own bytes is found out while nobody moves yet: with the first answers the driver waits
/// until the line is quiet and counts what came.
///
/// **Bus time of a cycle**: 3 bytes and 3 µs an encoder: 15 encoders at 2 Mbit/s take 0.3 ms, at 115200 bit/s 3.9 ms. What
/// counts is the turnaround of the host: an adapter on USB with a latency timer of 1 ms takes 15 ms for 15 encoders, with
/// the usual 16 ms a quarter of a second.
///
/// **Time of a sample**: each encoder measures when its request arrives; the state's time is the middle between the first
/// request and the last answer.
///
/// It never sets an encoder's zero: where the joint's zero lies is the board file's `offset`.
public struct AMT21Driver: DeviceDriver {
    /// An encoder on a joint: encoder angle = sign × joint angle + offset.
    public struct Encoder: Hashable, Sendable {
        /// The joint's.
        public var name: String
        /// A multiple of 4; 0x54 from the factory.
        public var address: UInt8
        /// +1 or -1.
        public var sign: Double
        /// Radians.
        public var offset: Double
        /// 14 or 12.
        public var bits: Int
        /// Whether it counts turns; a single-turn encoder's joint angle lies within half a turn of 0.
        public var countsTurns: Bool

        public init(
            name: String, address: UInt8, sign: Double = 1, offset: Double = 0, bits: Int = 14,
            countsTurns: Bool = false
        ) {
            self.name = name
            self.address = address
            self.sign = sign
            self.offset = offset
            self.bits = bits
            self.countsTurns = countsTurns
        }
    }

    public internal(set) var status: DeviceStatus

    let baudRate: Int
    let period: Duration
    /// rad/s that a shaft can turn at.
    let maximumSpeed: Double
    let states: LatestValue<Stamped<EncoderState>>

    var shafts: [Shaft]
    var exchange: Exchange?
    var mode = Mode.closed
    /// Whether the host hears its own bytes; nil until the first answer.
    var echoes: Bool?
    /// Only its own bytes came back from a request.
    var hearsItself = false
    var nextCycle = Instant.zero
    var cycleStart = Instant.zero
    /// Encoders still to be asked in this cycle.
    var queue: [Int] = []
    /// After an answer that made no sense the line is left to settle until then.
    var quietUntil = Instant.zero
    var hasBeenOpen = false
    var hasRun = false

    /// - Parameters:
    ///   - baudRate: Of the bus, bits a second.
    ///   - rate: Cycles a second.
    ///   - encoders: 1 to 15, in the order of the state's angles.
    ///   - maximumSpeed: The most that a shaft can turn at, rad/s.
    ///   - states: Where what was measured goes.
    public init(
        slot: SlotID, baudRate: Int, rate: Int, encoders: [Encoder], maximumSpeed: Double = 12,
        states: LatestValue<Stamped<EncoderState>>
    ) {
        precondition((1...15).contains(encoders.count), "a bus has 1 to 15 encoders")
        status = DeviceStatus(slot: slot)
        self.baudRate = baudRate
        period = .nanoseconds(1_000_000_000 / Int64(max(rate, 1)))
        self.maximumSpeed = maximumSpeed
        self.states = states
        shafts = encoders.map { Shaft($0) }
    }

    public var serviceInterval: Duration { .milliseconds(1) }

    public var card: ProtocolCard? { .amt21 }

    /// How long `count` bytes take on the bus.
    func lineTime(_ count: Int) -> Duration { .nanoseconds(Int64(count) * 10_000_000_000 / Int64(baudRate)) }
}

extension AMT21Driver {
    enum Mode: Sendable {
        case closed
        case handshake
        case running
    }

    /// A request on the bus; there is one at a time.
    struct Exchange: Sendable {
        enum Purpose: Sendable, Hashable {
            /// The first angles of an encoder, which must agree; behind the first it may be asked for its turns.
            case firstAngle
            case turns
            case secondAngle
            case thirdAngle
            /// An angle of a cycle.
            case angle
        }
        var index: Int
        var purpose: Purpose
        var request: [UInt8]
        var attempt: Int
        var deadline: Instant
        var heard: [UInt8] = []
    }
}
