/// Finds the packets of a JT16 and the answers to commands in the bytes of its RS-485 line; commands as well, for the
/// device's side.
///
/// Every frame is guarded by 32 bits; what is none costs one byte at a time.
public struct HesaiJTDecoder: Sendable {
    /// What was found. Points are lent for the call: keeping them keeps the whole chunk.
    public enum Event: Sendable {
        /// Points, and how many packets of points are missing before them.
        case points(HesaiJTPacket, lost: Int)
        case inertial(HesaiJTInertial)
        case command(HesaiJTCommand)
    }

    public private(set) var counters = FrameCounters()
    /// Packets of points that are missing by their numbers.
    public private(set) var lostPackets = 0

    /// A longer jump of the numbers is a device that started anew, and no loss.
    private static let longestLoss: UInt16 = 20_000
    private var carry: [UInt8] = []
    private var inGap = false
    private var sequence: UInt16?

    public init() {}

    /// Forgets everything but the counters.
    public mutating func reset() {
        carry.removeAll(keepingCapacity: true)
        inGap = false
        sequence = nil
    }

    /// Takes bytes in order and calls `body` for each event, with how many bytes of this chunk stand behind it.
    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ body: (Event, _ remaining: Int) -> Void) {
        guard carry.isEmpty else {
            carry.append(contentsOf: bytes)
            let rest = find(in: carry[...], body)
            carry.removeFirst(carry.count - rest)
            return
        }
        let rest = find(in: bytes, body)
        carry.append(contentsOf: bytes.suffix(rest))
    }

    /// Goes through bytes; returns how many at the end may be the beginning of a frame.
    private mutating func find(in bytes: ArraySlice<UInt8>, _ body: (Event, Int) -> Void) -> Int {
        let span = bytes.span
        var start = 0
        while start < span.count {
            let size = Self.size(span, at: start)
            if size == 0 { break }
            guard size > 0 else {
                skip()
                start += 1
                continue
            }
            guard start + size <= span.count else { break }
            guard Self.isWhole(span, at: start, size: size) else {
                // Counted once per lost place: inside foreign bytes many places look like a start.
                if !inGap { counters.checksumErrors += 1 }
                skip()
                start += 1
                continue
            }
            counters.frames += 1
            inGap = false
            let first = bytes.startIndex + start
            let remaining = span.count - start - size
            if span[start] == 0x24 {
                body(.command(Self.command(span, at: start, size: size)), remaining)
            } else if size == HesaiJTPacket.size {
                let packet = HesaiJTPacket(bytes: bytes[first..<first + size])
                body(.points(packet, lost: missing(before: packet.sequence)), remaining)
            } else {
                body(.inertial(HesaiJTInertial(span, at: start)), remaining)
            }
            start += size
        }
        return span.count - start
    }

    /// The size of the frame that seems to begin here: 0 where more bytes must tell, -1 where none does.
    private static func size(_ span: Span<UInt8>, at start: Int) -> Int {
        let count = span.count - start
        if span[start] == 0xEE {
            if count < 6 { return count > 1 && span[start + 1] != 0xFF ? -1 : 0 }
            guard span[start + 1] == 0xFF, span[start + 2] == 1, span[start + 3] == 8 else { return -1 }
            return span[start + 5] == 0 ? HesaiJTPacket.size : span[start + 5] == 1 ? HesaiJTInertial.size : -1
        }
        guard span[start] == 0x24 else { return -1 }
        var (isCommand, isAnswer) = (true, true)
        for index in 0..<min(count, 7) {
            isCommand = isCommand && span[start + index] == HesaiJTCommand.command[index]
            isAnswer = isAnswer && span[start + index] == HesaiJTCommand.answer[index]
        }
        guard isCommand || isAnswer else { return -1 }
        guard count >= 8 else { return 0 }
        return span[start + 7] > 0 ? 18 + Int(span[start + 7]) : -1
    }

    private static func isWhole(_ span: Span<UInt8>, at start: Int, size: Int) -> Bool {
        guard span[start] == 0x24 else {
            return CRC32MPEG2.padded(span, from: start, count: size - 4) == span.littleEndian32(at: start + size - 4)
        }
        return span[start + size - 2] == 0xEE && span[start + size - 1] == 0xFF
            && CRC32MPEG2.padded(span, from: start + 7, count: size - 13) == span.littleEndian32(at: start + size - 6)
    }

    private static func command(_ span: Span<UInt8>, at start: Int, size: Int) -> HesaiJTCommand {
        HesaiJTCommand(
            span[start + 3] == 0x43 ? .command : .answer, command: span[start + 8],
            payload: (start + 9..<start + size - 10).map { span[$0] },
            random: span.littleEndian32(at: start + size - 10))
    }

    private mutating func skip() {
        if !inGap { counters.resyncs += 1 }
        inGap = true
        counters.skippedBytes += 1
    }

    private mutating func missing(before number: UInt16) -> Int {
        defer { sequence = number }
        guard let sequence else { return 0 }
        let step = number &- sequence
        guard step > 1, step <= Self.longestLoss else { return 0 }
        lostPackets += Int(step) - 1
        return Int(step) - 1
    }
}
