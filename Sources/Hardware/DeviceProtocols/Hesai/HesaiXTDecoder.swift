/// Finds the packets of an XT in bytes: datagrams one behind the other, whole or cut, with anything between them.
///
/// What is no packet costs one byte at a time. A packet's number tells how many are missing before it.
public struct HesaiXTDecoder: Sendable {
    public private(set) var counters = FrameCounters()
    /// Packets that are missing by their numbers.
    public private(set) var lostPackets = 0

    /// The protocol version of packets that begin as Hesai's do and are no XT's: another model sends here.
    public private(set) var foreignVersion: (major: UInt8, minor: UInt8)?

    /// A longer jump of the numbers is a device that started anew, and no loss.
    private static let longestLoss: UInt32 = 100_000
    private var carry: [UInt8] = []
    private var inGap = false
    private var sequence: UInt32?

    public init() {}

    /// Forgets everything but the counters.
    public mutating func reset() {
        carry.removeAll(keepingCapacity: true)
        inGap = false
        sequence = nil
        foreignVersion = nil
    }

    /// Takes bytes in order and calls `body` for each packet, with how many are missing before it and how many bytes of
    /// this chunk stand behind it. The packet is lent for the call: keeping it keeps the whole chunk.
    public mutating func decode(
        _ bytes: ArraySlice<UInt8>, _ body: (HesaiXTPacket, _ lost: Int, _ remaining: Int) -> Void
    ) {
        guard carry.isEmpty else {
            carry.append(contentsOf: bytes)
            let rest = find(in: carry[...], body)
            carry.removeFirst(carry.count - rest)
            return
        }
        let rest = find(in: bytes, body)
        carry.append(contentsOf: bytes.suffix(rest))
    }

    /// Goes through bytes; returns how many at the end may be the beginning of a packet.
    private mutating func find(
        in bytes: ArraySlice<UInt8>, _ body: (HesaiXTPacket, Int, Int) -> Void
    ) -> Int {
        let span = bytes.span
        var start = 0
        while start < span.count {
            guard span[start] == 0xEE else {
                skip(1)
                start += 1
                continue
            }
            guard span.count - start >= HesaiXTPacket.headerSize else { break }
            guard let layout = HesaiXTPacket.layout(span, at: start) else {
                if span[start + 1] == 0xFF { foreignVersion = (span[start + 2], span[start + 3]) }
                skip(1)
                start += 1
                continue
            }
            let end = start + layout.size
            guard end <= span.count else { break }
            let first = bytes.startIndex + start
            guard !Self.isCut(span, end: end),
                let packet = HesaiXTPacket(bytes[first..<first + layout.size], layout)
            else {
                skip(1)
                start += 1
                continue
            }
            counters.frames += 1
            inGap = false
            body(packet, missing(before: packet.sequence), span.count - end)
            start = end
        }
        return span.count - start
    }

    /// Whether a next packet begins within the last bytes of this one and none behind it: some bytes of its number, which
    /// nothing else guards, are missing.
    private static func isCut(_ span: Span<UInt8>, end: Int) -> Bool {
        if end + 1 < span.count, span[end] == 0xEE, span[end + 1] == 0xFF { return false }
        for start in end - 4..<end where start + 4 <= span.count && span[start] == 0xEE {
            if span[start + 1] == 0xFF, span[start + 2] == 6, span[start + 3] == 1 { return true }
        }
        return false
    }

    private mutating func skip(_ count: Int) {
        if !inGap { counters.resyncs += 1 }
        inGap = true
        counters.skippedBytes += count
    }

    private mutating func missing(before number: UInt32?) -> Int {
        guard let number else { return 0 }
        defer { sequence = number }
        guard let sequence else { return 0 }
        let step = number &- sequence
        guard step > 1, step <= Self.longestLoss else { return 0 }
        lostPackets += Int(step - 1)
        return Int(step - 1)
    }
}
