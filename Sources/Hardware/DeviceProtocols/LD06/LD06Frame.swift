/// Twelve ranges of an LDROBOT LiDAR, as they travel: 47 bytes.
///
///     54 2C | speed u16 °/s | start u16 0.01° | 12 x { range u16 mm, strength u8 } | end u16 0.01° | stamp u16 ms | CRC-8
///
/// Little-endian. The first point was taken at `start`, the last at `end`, the others evenly between. Bearings count
/// clockwise. Source: LDROBOT, "LD06 development manual" and "LD19 development manual", section 3.
public struct LD06Frame: Hashable, Sendable {
    /// Bytes of a frame.
    public static let size = 47
    /// Points of a frame.
    public static let pointCount = 12
    /// The device's clock begins anew after this many milliseconds.
    public static let stampPeriod = 30_000

    /// How fast the head turns, degrees a second.
    public var speed: UInt16
    /// Bearing of the first point, hundredths of a degree.
    public var startAngle: UInt16
    /// Bearing of the last point, hundredths of a degree.
    public var endAngle: UInt16
    /// Milliseconds of the device's own clock.
    public var stamp: UInt16
    /// Ranges in millimetres, 0 where nothing came back; twelve of the sixteen lanes are used.
    public var ranges: SIMD16<UInt16>
    /// Echo strengths; twelve of the sixteen lanes are used.
    public var strengths: SIMD16<UInt8>

    public init(
        speed: UInt16, startAngle: UInt16, endAngle: UInt16, stamp: UInt16, ranges: SIMD16<UInt16>,
        strengths: SIMD16<UInt8>
    ) {
        self.speed = speed
        self.startAngle = startAngle
        self.endAngle = endAngle
        self.stamp = stamp
        self.ranges = ranges
        self.strengths = strengths
    }

    /// How far the head turned from the first point to the last, hundredths of a degree.
    public var turn: Int { (Int(endAngle) % 36_000 - Int(startAngle) % 36_000 + 36_000) % 36_000 }

    /// The bearing of a point in degrees, 0..<360, between the ends without rounding.
    public func degrees(of index: Int) -> Double {
        let elevenths = Int(startAngle) % 36_000 * 11 + turn * index
        return Double(elevenths < 396_000 ? elevenths : elevenths - 396_000) / 1100
    }

    /// Whether the head could turn as far as the frame says at the speed that it says: the maker's rule, half as much
    /// again as twelve points take, and one degree for its rounding. What an eight-bit checksum lets through falls here.
    public func isPlausible(pointsPerSecond: Int) -> Bool {
        (turn - 100) * pointsPerSecond * 2 <= Int(speed) * 100 * Self.pointCount * 3
    }

    /// The bytes on the line.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = [0x54, 0x2C]
        bytes.reserveCapacity(Self.size)
        bytes += LittleEndian.bytes(speed) + LittleEndian.bytes(startAngle)
        for index in 0..<Self.pointCount { bytes += LittleEndian.bytes(ranges[index]) + [strengths[index]] }
        bytes += LittleEndian.bytes(endAngle) + LittleEndian.bytes(stamp)
        bytes.append(LD06CRC.checksum(bytes.span, from: 0, count: Self.size - 1))
        return bytes
    }

    /// Reads the frame that begins at `offset`; the caller has seen its first two bytes. Nil when the checksum is wrong.
    init?(_ bytes: Span<UInt8>, at offset: Int) {
        guard LD06CRC.checksum(bytes, from: offset, count: Self.size - 1) == bytes[offset + Self.size - 1] else {
            return nil
        }
        func word(_ place: Int) -> UInt16 { UInt16(bytes[offset + place]) | UInt16(bytes[offset + place + 1]) << 8 }
        var ranges = SIMD16<UInt16>()
        var strengths = SIMD16<UInt8>()
        for index in 0..<Self.pointCount {
            ranges[index] = word(6 + 3 * index)
            strengths[index] = bytes[offset + 8 + 3 * index]
        }
        self.init(
            speed: word(2), startAngle: word(4), endAngle: word(42), stamp: word(44), ranges: ranges,
            strengths: strengths)
    }
}
