/// One frame of a Daly battery's serial protocol, 13 bytes long in both directions.
///
///     A5  address  command  08  d0 … d7  sum        sum: low byte of the sum of all before it
///
/// A host asks with its own address (0x40 over RS-485 and USB, 0x80 over UART) and eight zeros; the battery answers
/// with address 0x01 and the command asked for. Numbers are big-endian.
///
/// Source: "Part 4: Daly RS485+UART Protocol"; its layouts were held against three public implementations that agree
/// (dreadnought/python-daly-bms, Louisvdw/dbus-serialbattery, maland16/daly-bms-uart) and a line dump (tests).
public struct DalyFrame: Hashable, Sendable {
    /// What a frame is about.
    public struct Command: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Pack voltage, current, state of charge.
        public static let pack = Command(rawValue: 0x90)
        /// The highest and the lowest cell.
        public static let cellExtremes = Command(rawValue: 0x91)
        /// The warmest and the coldest sensor.
        public static let temperatures = Command(rawValue: 0x92)
        /// Charging or discharging, the two switches, remaining capacity.
        public static let switches = Command(rawValue: 0x93)
        /// Cells, sensors, charger and load, cycles.
        public static let status = Command(rawValue: 0x94)
        /// Faults and warnings, a bit each.
        public static let faults = Command(rawValue: 0x98)
    }

    public static let size = 13
    static let start: UInt8 = 0xA5
    static let dataSize: UInt8 = 8
    /// The battery's own address in its answers.
    public static let batteryAddress: UInt8 = 0x01
    /// A host on RS-485 or USB.
    public static let hostAddress: UInt8 = 0x40

    public var address: UInt8
    public var command: Command
    /// Eight bytes.
    public var data: [UInt8]

    /// Shorter data is filled up with zeros, longer data cut to eight bytes.
    public init(address: UInt8, _ command: Command, data: [UInt8] = []) {
        self.address = address
        self.command = command
        self.data = Array((data + Array(repeating: 0, count: 8)).prefix(8))
    }

    /// A host's question.
    public static func question(_ command: Command) -> DalyFrame { DalyFrame(address: hostAddress, command) }

    /// A battery's answer.
    public static func answer(_ command: Command, _ data: [UInt8]) -> DalyFrame {
        DalyFrame(address: batteryAddress, command, data: data)
    }

    /// Whether a battery said it; everything else on the line is a host, or a host's echo.
    public var isAnswer: Bool { address < Self.hostAddress }

    public var encoded: [UInt8] {
        let body = [Self.start, address, command.rawValue, Self.dataSize] + data
        return body + [body.reduce(0, &+)]
    }
}

/// Finds Daly frames in the bytes of a line, whichever side sent them.
///
/// A frame that fails costs one byte. The sum has eight bits only, but the start, the length and the sum together are
/// met by chance once in 16 million places.
public struct DalyDecoder: Sendable {
    public private(set) var counters = FrameCounters()
    private var pending = PendingBytes()
    private var inGap = false

    public init() {}

    /// Forgets everything but the counters.
    public mutating func reset() {
        pending.removeAll()
        inGap = false
    }

    /// Takes bytes in order and calls `body` for each frame, with how many bytes of this chunk stand behind it.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (DalyFrame, _ remaining: Int) -> Void) {
        pending.append(bytes)
        while pending.count > 0 {
            guard pending[0] == DalyFrame.start else {
                skip()
                continue
            }
            guard pending.count >= 4 else { break }
            guard pending[3] == DalyFrame.dataSize else {
                skip()
                continue
            }
            guard pending.count >= DalyFrame.size else { break }
            let sum = (0..<12).reduce(UInt8(0)) { $0 &+ pending[$1] }
            guard sum == pending[12] else {
                // Counted once per lost place.
                if !inGap { counters.checksumErrors += 1 }
                skip()
                continue
            }
            let frame = DalyFrame(
                address: pending[1], DalyFrame.Command(rawValue: pending[2]), data: pending.bytes(4..<12))
            pending.drop(DalyFrame.size)
            inGap = false
            counters.frames += 1
            body(frame, pending.count)
        }
        pending.compact()
    }

    private mutating func skip() {
        if !inGap {
            inGap = true
            counters.resyncs += 1
        }
        counters.skippedBytes += 1
        pending.drop(1)
    }
}
