/// The head of a packet of samples of a YDLIDAR, ten bytes, before its samples:
///
///     AA 55 | CT u8 | LSN u8 | FSA u16 | LSA u16 | CS u16 | LSN samples of 2, 3 or 4 bytes
///
/// Little-endian. CT bit 0: this packet starts a ring, and the bits above it are its frequency in tenths of a hertz. FSA and
/// LSA are the bearings of the first and the last sample, degrees times 64, shifted left once, bit 0 set; clockwise. CS is
/// the XOR of all other 16-bit words, CT and LSN as one; the lone byte of a three-byte sample counts by itself. Source:
/// YDLidar-SDK communication protocol, "Package Format".
public struct YDLIDARPacket: Hashable, Sendable {
    /// Bytes before the samples.
    public static let headSize = 10
    /// More samples than any model packs.
    public static let maximumCount = 128
    /// A whole turn, in the packet's units.
    private static let turn = 360 * 64

    /// Whether a ring starts with this packet.
    public var startsRing: Bool
    /// Revolutions a second times ten, in a packet that starts a ring; 0 where the device does not say.
    public var tenthsOfHertz: UInt8
    /// How many samples follow.
    public var count: Int
    /// Bearing of the first sample, degrees times 64.
    public var startAngle: UInt16
    /// Bearing of the last sample, degrees times 64.
    public var endAngle: UInt16
    public var format: YDLIDARSampleFormat

    public init(
        startsRing: Bool, tenthsOfHertz: UInt8 = 0, count: Int, startAngle: UInt16, endAngle: UInt16,
        format: YDLIDARSampleFormat
    ) {
        self.startsRing = startsRing
        self.tenthsOfHertz = tenthsOfHertz
        self.count = count
        self.startAngle = startAngle
        self.endAngle = endAngle
        self.format = format
    }

    /// The bytes on the line; `samples` must be `count`.
    public func encoded(_ samples: [YDLIDARSample]) -> [UInt8] {
        precondition(samples.count == count && (1...Self.maximumCount).contains(count), "no such packet")
        let type = (startsRing ? 1 : 0) | tenthsOfHertz << 1
        var bytes: [UInt8] = [0xAA, 0x55, type, UInt8(count)]
        bytes += LittleEndian.bytes(startAngle << 1 | 1) + LittleEndian.bytes(endAngle << 1 | 1) + [0, 0]
        for sample in samples { bytes += sample.encoded(format) }
        let checksum = LittleEndian.bytes(Self.checksum(bytes.span, at: 0, count: count, width: format.width))
        bytes.replaceSubrange(8..<10, with: checksum)
        return bytes
    }

    /// Reads a head of which the caller has seen the first two bytes; nil when it can be none.
    init?(_ bytes: Span<UInt8>, at offset: Int, format: YDLIDARSampleFormat) {
        func word(_ place: Int) -> UInt16 { UInt16(bytes[offset + place]) | UInt16(bytes[offset + place + 1]) << 8 }
        let (type, count, first, last) = (bytes[offset + 2], Int(bytes[offset + 3]), word(4), word(6))
        // A rounding may reach 360°.
        guard first & 1 == 1, last & 1 == 1, first >> 1 <= Self.turn, last >> 1 <= Self.turn,
            count >= 1, count <= Self.maximumCount
        else { return nil }
        let startsRing = type & 1 == 1
        self.init(
            startsRing: startsRing, tenthsOfHertz: startsRing ? type >> 1 : 0, count: count, startAngle: first >> 1,
            endAngle: last >> 1, format: format)
    }

    /// The checksum of a packet whose samples have this width.
    static func checksum(_ bytes: Span<UInt8>, at offset: Int, count: Int, width: Int) -> UInt16 {
        func word(_ place: Int) -> UInt16 { UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8 }
        var sum = 0x55AA ^ word(offset + 2) ^ word(offset + 4) ^ word(offset + 6)
        var place = offset + headSize
        let end = place + count * width
        if width == 3 {
            while place < end {
                sum ^= UInt16(bytes[place]) ^ word(place + 1)
                place += 3
            }
        } else {
            while place < end {
                sum ^= word(place)
                place += 2
            }
        }
        return sum
    }

    /// Calls `body` for each sample with its index.
    ///
    /// The bearings lie evenly between first and last; a last one behind the first (a head that trembles) is the first's.
    ///
    /// - Parameters:
    ///   - samples: The packet's payload.
    ///   - ranging: What a range means, and how bearings are corrected.
    public func unpack(
        _ samples: Span<UInt8>, ranging: YDLIDARModel.Ranging, _ body: (LidarPoint, _ index: Int) -> Void
    ) {
        var advance = Int(endAngle) - Int(startAngle)
        if advance < 0 { advance += Self.turn }
        if advance > Self.turn / 2 || count == 1 { advance = 0 }
        let step = count > 1 ? Double(advance) / Double((count - 1) * 64) : 0
        let start = Double(startAngle) / 64
        for index in 0..<count {
            let sample = YDLIDARSample(samples, at: index * format.width, format: format)
            let millimeters = Double(sample.range) / ranging.unitsPerMillimeter
            var degrees = start + step * Double(index) + ranging.bearingCorrection(millimeters: millimeters)
            if degrees < 0 { degrees += 360 }
            if degrees >= 360 { degrees -= 360 }
            body(
                LidarPoint(
                    degrees: degrees, meters: millimeters / 1000, intensity: sample.scaledStrength(format),
                    startsRevolution: startsRing && index == 0), index)
        }
    }
}
