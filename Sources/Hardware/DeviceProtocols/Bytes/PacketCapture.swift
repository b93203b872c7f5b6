/// Reads the UDP payloads out of a packet capture (classic pcap, either byte order, micro- or nanoseconds), piece by piece.
///
/// Ethernet (with VLAN tags), Linux "cooked" and raw IPv4 are understood; everything that is not whole, unfragmented IPv4
/// UDP is passed over. Source: the pcap file format (draft-ietf-opsawg-pcap).
struct PacketCapture: Sendable {
    /// Bytes that tell whether a dump is a capture.
    static let magicSize = 4
    /// No sensible record is longer; a length beyond it is damage, and the capture is over.
    private static let longestRecord = 1 << 20

    private let isBigEndian: Bool
    private var link: UInt32?
    private var pending = PendingBytes()
    /// The file is damaged: nothing more can be found in it.
    private(set) var isBroken = false

    /// Nil where a dump does not begin as a capture does.
    init?(magic bytes: ArraySlice<UInt8>) {
        guard bytes.count >= 4 else { return nil }
        let magic = bytes.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        switch magic {
        case 0xA1B2_C3D4, 0xA1B2_3C4D: isBigEndian = true
        case 0xD4C3_B2A1, 0x4D3C_B2A1: isBigEndian = false
        default: return nil
        }
    }

    /// Takes the file's bytes in order, its first ones included, and calls `body` for each payload.
    mutating func decode(_ bytes: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) -> Void) {
        guard !isBroken else { return }
        pending.append(bytes)
        if link == nil {
            guard pending.count >= 24 else { return }
            link = number(at: 20) & 0xFFFF
            pending.drop(24)
        }
        while pending.count >= 16 {
            let length = Int(number(at: 8))
            guard length <= Self.longestRecord else {
                isBroken = true
                break
            }
            guard pending.count >= 16 + length else { break }
            let record = pending.bytes(16..<16 + length)
            pending.drop(16 + length)
            if let payload = payload(of: record) { body(payload) }
        }
        pending.compact()
    }

    private func number(at offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 << 8 | UInt32(pending[offset + (isBigEndian ? $1 : 3 - $1)]) }
    }

    private func payload(of record: [UInt8]) -> ArraySlice<UInt8>? {
        func word(_ offset: Int) -> Int? {
            offset + 1 < record.count ? Int(record[offset]) << 8 | Int(record[offset + 1]) : nil
        }
        var start: Int
        switch link {
        case 1:
            start = 14
            while word(start - 2) == 0x8100 || word(start - 2) == 0x88A8 { start += 4 }
            guard word(start - 2) == 0x0800 else { return nil }
        case 113:
            guard word(14) == 0x0800 else { return nil }
            start = 16
        case 101, 228: start = 0
        default: return nil
        }
        guard start + 20 <= record.count, record[start] >> 4 == 4, record[start + 9] == 17,
            let total = word(start + 2), let fragment = word(start + 6), fragment & 0x3FFF == 0
        else { return nil }
        let udp = start + Int(record[start] & 0xF) * 4
        guard let length = word(udp + 4), length >= 8, udp + length <= min(record.count, start + total) else {
            return nil
        }
        return record[udp + 8..<udp + length]
    }
}
