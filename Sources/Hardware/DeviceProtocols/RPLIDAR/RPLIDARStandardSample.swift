/// One sample of a standard scan (answer 0x81), five bytes.
///
/// Layout: quality:6, !S, S; angle_q6:15 with the check bit C = 1 below; distance_q2:16. There is no checksum: a quarter
/// of all byte pairs passes for a start, so a decoder must not trust a single one.
public struct RPLIDARStandardSample: Hashable, Sendable {
    /// Bytes on the line.
    public static let size = 5

    /// First sample of a revolution.
    public var startsRevolution: Bool
    /// 0...63.
    public var quality: UInt8
    /// Degrees clockwise, in 64ths.
    public var angleQ6: UInt16
    /// Millimetres, in quarters; 0 when nothing came back.
    public var distanceQ2: UInt16

    public init(startsRevolution: Bool, quality: UInt8, angleQ6: UInt16, distanceQ2: UInt16) {
        self.startsRevolution = startsRevolution
        self.quality = quality & 0x3F
        self.angleQ6 = angleQ6 & 0x7FFF
        self.distanceQ2 = distanceQ2
    }

    /// Reads five bytes; nil where the sync or check bits do not stand, or the bytes end.
    public init?(_ bytes: Span<UInt8>, at offset: Int = 0) {
        guard offset >= 0, offset + Self.size <= bytes.count else { return nil }
        let first = bytes[offset]
        guard (first ^ first >> 1) & bytes[offset + 1] & 1 == 1 else { return nil }
        self.init(
            startsRevolution: first & 1 == 1, quality: first >> 2, angleQ6: bytes.word(at: offset + 1) >> 1,
            distanceQ2: bytes.word(at: offset + 3))
    }

    public var encoded: [UInt8] {
        [quality << 2 | (startsRevolution ? 0b01 : 0b10)] + LittleEndian.bytes(angleQ6 << 1 | 1)
            + LittleEndian.bytes(distanceQ2)
    }
}
