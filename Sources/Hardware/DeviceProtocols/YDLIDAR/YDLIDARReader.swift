/// Knows a YDLIDAR's packets and answers, and finds out how wide the samples are.
struct YDLIDARReader: ChunkReader {
    typealias Event = YDLIDARDecoder.Event
    typealias Body = (Event, Span<UInt8>, Int) -> Void

    static var longestFrame: Int { YDLIDARPacket.headSize + YDLIDARPacket.maximumCount * 4 + 2 }

    private static let stampSize = 8
    /// Packets that must hold at another width before this one is given up.
    private static let contraryLimit = 3

    var counters = FrameCounters()
    /// Whether the bytes before were skipped; the first of them was reported.
    var inGap = false
    private(set) var format: YDLIDARSampleFormat?
    /// What three bytes mean here; the checksum does not tell.
    private let threeBytes: YDLIDARSampleFormat
    /// Packets in a row that held at another width, and that width.
    private var contrary = (width: 0, count: 0)

    init(format: YDLIDARSampleFormat?) {
        self.format = format
        threeBytes = format?.width == 3 ? format ?? .strength10 : .strength10
    }

    mutating func read(_ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body) -> Int {
        let left = bytes.count - offset
        let first = bytes[offset]
        guard first == 0xAA || first == 0xA5 else {
            var end = offset + 1
            while end < bytes.count, bytes[end] != 0xAA, bytes[end] != 0xA5 { end += 1 }
            return skip(end - offset, bytes, left + behind, body)
        }
        guard left >= 2 else { return 0 }
        switch (first, bytes[offset + 1]) {
        case (0xAA, 0x55): return packet(bytes, at: offset, behind: behind, body)
        case (0xAA, 0x66): return stamp(bytes, at: offset, behind: behind, body)
        case (0xA5, 0x5A): return answer(bytes, at: offset, behind: behind, body)
        default: return skip(1, bytes, left + behind, body)
        }
    }

    private mutating func packet(_ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body) -> Int {
        let left = bytes.count - offset
        guard left >= YDLIDARPacket.headSize else { return 0 }
        guard var packet = YDLIDARPacket(bytes, at: offset, format: format ?? .range) else {
            return skip(1, bytes, left + behind, body)
        }
        if let format {
            guard left >= size(packet, format.width) else { return 0 }
            if holds(packet, format.width, bytes, at: offset) {
                contrary.count = 0
                return deliver(packet, bytes, at: offset, behind: behind, body)
            }
        }
        guard let other = followedWidth(packet, bytes, at: offset) else {
            // All widths have to be in sight before none of them is right.
            guard left >= size(packet, 4) + 2 else { return 0 }
            counters.checksumErrors += 1
            return skip(1, bytes, left + behind, body)
        }
        contrary = (other, contrary.width == other ? contrary.count + 1 : 1)
        guard format == nil || contrary.count >= Self.contraryLimit else {
            counters.checksumErrors += 1
            return skip(1, bytes, left + behind, body)
        }
        contrary.count = 0
        format = other == 3 ? threeBytes : YDLIDARSampleFormat(width: other)
        packet.format = format ?? .range
        return deliver(packet, bytes, at: offset, behind: behind, body)
    }

    private func size(_ packet: YDLIDARPacket, _ width: Int) -> Int { YDLIDARPacket.headSize + packet.count * width }

    private func holds(_ packet: YDLIDARPacket, _ width: Int, _ bytes: Span<UInt8>, at offset: Int) -> Bool {
        YDLIDARPacket.checksum(bytes, at: offset, count: packet.count, width: width)
            == UInt16(bytes[offset + 8]) | UInt16(bytes[offset + 9]) << 8
    }

    /// The width, other than the present one, at which the checksum holds and behind which another start stands. The
    /// checksum alone does not do: behind a sample of zeros every width looks right.
    private func followedWidth(_ packet: YDLIDARPacket, _ bytes: Span<UInt8>, at offset: Int) -> Int? {
        for width in 2...4 where width != format?.width {
            let end = offset + size(packet, width)
            guard bytes.count >= end + 2 else { return nil }
            let isStart =
                switch (bytes[end], bytes[end + 1]) {
                case (0xAA, 0x55), (0xAA, 0x66), (0xA5, 0x5A): true
                default: false
                }
            if isStart, holds(packet, width, bytes, at: offset) { return width }
        }
        return nil
    }

    private mutating func deliver(
        _ packet: YDLIDARPacket, _ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body
    ) -> Int {
        let size = size(packet, packet.format.width)
        inGap = false
        counters.frames += 1
        body(
            .packet(packet), bytes.extracting(offset + YDLIDARPacket.headSize..<offset + size),
            bytes.count - offset - size + behind)
        return size
    }

    /// `AA 66`, XOR of the others u8, u32 ms, u8.
    private mutating func stamp(_ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body) -> Int {
        let left = bytes.count - offset
        guard left >= Self.stampSize else { return 0 }
        var sum: UInt8 = 0
        var milliseconds: UInt32 = 0
        for index in 0..<Self.stampSize { sum ^= bytes[offset + index] }
        guard sum == 0 else { return skip(1, bytes, left + behind, body) }
        for index in 0..<4 { milliseconds |= UInt32(bytes[offset + 3 + index]) << (8 * UInt32(index)) }
        inGap = false
        body(.stamp(milliseconds: milliseconds), bytes.extracting(offset..<offset), left - Self.stampSize + behind)
        return Self.stampSize
    }

    private mutating func answer(_ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body) -> Int {
        let left = bytes.count - offset
        let head = YDLIDARAnswer.headSize
        guard left >= head else { return 0 }
        let start = offset + head
        if (0..<head).allSatisfy({ bytes[offset + $0] == YDLIDARAnswer.scanGrant[$0] }) {
            inGap = false
            body(.scanBegins, bytes.extracting(start..<start), left - head + behind)
            return head
        }
        let (length, type) = (Int(bytes[offset + 2]), bytes[offset + 6])
        guard (3..<6).allSatisfy({ bytes[offset + $0] == 0 }), YDLIDARAnswer.isKnown(type: type, length: length) else {
            return skip(1, bytes, left + behind, body)
        }
        guard left >= head + length else { return 0 }
        inGap = false
        // Slamtec's answers look the same: only a model number of this maker proves the protocol.
        counters.frames += 1
        if length != 20 || YDLIDARModel.numbered(bytes[start]) == nil { counters.unproven += 1 }
        body(.answer(type: type), bytes.extracting(start..<start + length), left - head - length + behind)
        return head + length
    }

    private mutating func skip(_ count: Int, _ bytes: Span<UInt8>, _ remaining: Int, _ body: Body) -> Int {
        if !inGap {
            inGap = true
            counters.resyncs += 1
            body(.gap, bytes.extracting(0..<0), remaining)
        }
        counters.skippedBytes += count
        return count
    }
}
