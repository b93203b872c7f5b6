/// One line of an ODrive's ASCII protocol without its end and its checksum.
///
/// A line is "command *42 ; comment" and an end (CR, LF or "!"): the number behind the first asterisk is the exclusive or
/// of all characters before it, in decimal. A device that was asked with a checksum answers with one, and ignores a line
/// whose checksum is wrong. Eight bits of checksum let one spoilt line in 256 pass; what a line says is therefore also
/// read strictly (`ODriveAnswer`).
///
/// Source: odriverobotics/ODrive docs/ascii-protocol, "Command Format"; its example is `r vbus_voltage *93`.
public struct ODriveLine: Hashable, Sendable {
    /// What became of the checksum.
    public enum Seal: Hashable, Sendable { case none, valid, wrong }

    public var text: String
    public var seal: Seal

    public init(text: String, seal: Seal) {
        self.text = text
        self.seal = seal
    }

    /// The exclusive or of all characters.
    public static func checksum(_ bytes: some Sequence<UInt8>) -> UInt8 { bytes.reduce(0, ^) }

    /// A line with its checksum, as the house always sends it; the end is one LF to a device and CR LF from it.
    public static func sealed(_ text: String, end: String = "\n") -> [UInt8] {
        Array("\(text)*\(checksum(text.utf8))\(end)".utf8)
    }

    /// Reads the bytes between two line ends; nil where they are no text.
    init?(_ bytes: ArraySlice<UInt8>) {
        let line = bytes.prefix { $0 != UInt8(ascii: ";") }
        guard line.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 0x09 }) else { return nil }
        let command = line.prefix { $0 != UInt8(ascii: "*") }
        text = String(decoding: command, as: UTF8.self)
        guard command.count < line.count else {
            seal = .none
            return
        }
        seal = Self.number(line.dropFirst(command.count + 1)) == Int(Self.checksum(command)) ? .valid : .wrong
    }

    /// A number of one to three digits, with blanks around it.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        let blank = UInt8(ascii: " ")
        let digits = bytes.drop { $0 == blank }.reversed().drop { $0 == blank }.reversed()
        guard (1...3).contains(digits.count) else { return nil }
        var number = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            number = number * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return number
    }
}

/// Cuts what arrives into lines; for either side of the wire.
///
/// Bytes that are no text spoil the one line that they are in: the next line's end begins anew.
public struct ODriveLineDecoder: Sendable {
    /// The longest line that the firmware takes; a longer one is dropped up to its end.
    private static let limit = 256

    private var pending: [UInt8] = []
    private var isTooLong = false
    /// Frames are lines whose checksum held; a line without one belongs to none.
    public private(set) var counters = FrameCounters()

    public init() {}

    /// Whether a line has begun and not ended.
    public var isInLine: Bool { !pending.isEmpty || isTooLong }

    /// Forgets a line that has begun.
    public mutating func reset() {
        pending.removeAll(keepingCapacity: true)
        isTooLong = false
    }

    /// Takes bytes and hands out each line that they end; empty lines are passed over.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ emit: (ODriveLine) -> Void) {
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "!") else {
                if pending.count < Self.limit, !isTooLong {
                    pending.append(byte)
                } else {
                    counters.skippedBytes += pending.count + 1
                    pending.removeAll(keepingCapacity: true)
                    isTooLong = true
                }
                continue
            }
            if isTooLong { counters.resyncs += 1 }
            if !pending.isEmpty, !isTooLong { take(emit) }
            reset()
        }
    }

    private mutating func take(_ emit: (ODriveLine) -> Void) {
        guard let line = ODriveLine(pending[...]) else {
            counters.resyncs += 1
            counters.skippedBytes += pending.count
            return
        }
        switch line.seal {
        case .valid: counters.frames += 1
        case .wrong: counters.checksumErrors += 1
        case .none: counters.skippedBytes += pending.count
        }
        emit(line)
    }
}
