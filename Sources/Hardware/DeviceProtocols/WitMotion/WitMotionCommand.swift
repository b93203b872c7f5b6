/// A write to a WitMotion unit's register.
///
///     FF  AA  register  low  high
///
/// A write counts only within ten seconds after `unlock`. It holds until the unit is switched off, unless `save`
/// follows. Source: the maker's SDK (REG.h) and "WT901 Datasheet v20-0702", section 5.2.
public struct WitMotionCommand: Hashable, Sendable {
    /// A register.
    public struct Register: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let save = Register(rawValue: 0x00)
        /// Which frames are sent: bit 0 for type 50, bit 1 for 51 and so on.
        public static let content = Register(rawValue: 0x02)
        /// How often they are sent, as `rateCode` gives it.
        public static let rate = Register(rawValue: 0x03)
        public static let key = Register(rawValue: 0x69)
    }

    public static let size = 5

    public var register: Register
    public var value: UInt16

    public init(_ register: Register, _ value: UInt16) {
        self.register = register
        self.value = value
    }

    public static let unlock = WitMotionCommand(.key, 0xB588)
    public static let save = WitMotionCommand(.save, 0)

    /// Which frames are to be sent.
    public static func content(_ kinds: [WitMotionFrame.Kind]) -> WitMotionCommand {
        WitMotionCommand(.content, kinds.reduce(0) { $0 | 1 << UInt16($1.rawValue & 0xF) })
    }

    /// How many times a second they are to be sent; nil for a rate that the unit does not know.
    public static func rate(_ hertz: Double) -> WitMotionCommand? {
        rates.first { $0.hertz == hertz }.map { WitMotionCommand(.rate, $0.code) }
    }

    /// The rate that a code of the rate register stands for.
    public static func hertz(code: UInt16) -> Double? { rates.first { $0.code == code }?.hertz }

    private static let rates: [(code: UInt16, hertz: Double)] = [
        (1, 0.2), (2, 0.5), (3, 1), (4, 2), (5, 5), (6, 10), (7, 20), (8, 50), (9, 100), (0xB, 200),
    ]

    public var encoded: [UInt8] {
        [0xFF, 0xAA, register.rawValue, UInt8(truncatingIfNeeded: value), UInt8(value >> 8)]
    }

    /// The command in five bytes; nil where they are none.
    public init?(_ bytes: some Collection<UInt8>) {
        let bytes = Array(bytes)
        guard bytes.count == Self.size, bytes[0] == 0xFF, bytes[1] == 0xAA else { return nil }
        self.init(Register(rawValue: bytes[2]), UInt16(bytes[3]) | UInt16(bytes[4]) << 8)
    }
}

/// Finds a host's commands in the bytes of a line; the unit's side. They have no checksum.
public struct WitMotionCommandDecoder: Sendable {
    private var pending = PendingBytes()

    public init() {}

    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (WitMotionCommand) -> Void) {
        pending.append(bytes)
        while pending.count >= WitMotionCommand.size {
            if let command = WitMotionCommand(pending.bytes(0..<WitMotionCommand.size)) {
                pending.drop(WitMotionCommand.size)
                body(command)
            } else {
                pending.drop(1)
            }
        }
        pending.compact()
    }
}
