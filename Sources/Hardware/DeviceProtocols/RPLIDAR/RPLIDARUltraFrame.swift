/// Ninety-six samples of an ultra ("boost") scan (answer 0x84), 132 bytes.
///
/// Layout: nibbles A and 5 with the XOR of bytes 2..<132 below them; start angle in 64ths of a degree with the restart
/// flag in bit 15; 32 cabins of u32 = {major:12, signed difference 1:10, signed difference 2:10}, three samples each. The
/// first sample is the major; the second one stands off from it, the third one from the *next* cabin's major, so the last
/// third of a frame is known when the next frame has come. Majors and differences are coarser the farther (`Scale`).
///
/// A sample's angle is the even sweep between two frames' starts, less the parallax at its distance (`parallax`).
public struct RPLIDARUltraFrame: Hashable, Sendable {
    /// Bytes on the line.
    public static let size = 132
    /// Samples in a frame.
    public static let sampleCount = 96
    /// Cabins in a frame.
    public static let cabinCount = 32

    /// The first frame after a start; it does not continue the frame before it.
    public var restarts: Bool
    /// Degrees clockwise at which the sweep starts, in 64ths.
    public var startAngleQ6: UInt16
    /// Thirty-two.
    public var cabins: [UInt32]

    public init(restarts: Bool, startAngleQ6: UInt16, cabins: [UInt32]) {
        precondition(cabins.count == Self.cabinCount, "an ultra frame has 32 cabins")
        self.restarts = restarts
        self.startAngleQ6 = startAngleQ6 & 0x7FFF
        self.cabins = cabins
    }

    /// Packs ranges as a device does.
    ///
    /// - Parameters:
    ///   - millimeters: Ninety-six; 0 where nothing came back. A range that stands too far off from its major leaves as 0.
    ///   - next: The first range of the next frame.
    public init(restarts: Bool, startAngleQ6: UInt16, millimeters: [Int], next: Int) {
        precondition(millimeters.count == Self.sampleCount, "an ultra frame has 96 ranges")
        let majors = (stride(from: 0, to: Self.sampleCount, by: 3).map { millimeters[$0] } + [next]).map(Scale.packed)
        let ranges = majors.map(Scale.unpacked)
        self.init(
            restarts: restarts, startAngleQ6: startAngleQ6,
            cabins: (0..<Self.cabinCount).map { index in
                let bases = Bases(major: ranges[index], next: ranges[index + 1])
                let first = Scale.difference(millimeters[3 * index + 1], from: bases.first, level: bases.firstLevel)
                let second = Scale.difference(millimeters[3 * index + 2], from: bases.second, level: bases.secondLevel)
                return majors[index] | first << 12 | second << 22
            })
    }

    /// Reads a frame; nil where that is none.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.size, RPLIDARFormat.ultra.isFrame(bytes, at: 0) else { return nil }
        let start = bytes.word(at: 2)
        self.init(
            restarts: start & 0x8000 != 0, startAngleQ6: start,
            cabins: (0..<Self.cabinCount).map { bytes.long(at: 4 + 4 * $0) })
    }

    public var encoded: [UInt8] {
        var body = LittleEndian.bytes(startAngleQ6 | (restarts ? 0x8000 : 0))
        for cabin in cabins { body += LittleEndian.bytes(cabin) }
        return NibbleChecksum.sealed(body)
    }

    /// The three ranges of a cabin in millimetres; 0 where nothing came back.
    @inline(__always)
    static func ranges(cabin: UInt32, major: Scale.Major, next: Scale.Major) -> (Int32, Int32, Int32) {
        let bases = Bases(major: major, next: next)
        let signed = Int32(bitPattern: cabin)
        return (
            major.millimeters, Scale.range((signed << 10) >> 22, from: bases.first, level: bases.firstLevel),
            Scale.range(signed >> 22, from: bases.second, level: bases.secondLevel)
        )
    }

    /// How far off the sweep's angle the beam of a range stands, in degrees.
    ///
    /// The vendor's formula for the heads that scan so: in 65536ths of a radian 8°·π/180 less k2·64 less k2³/98304, with
    /// k2 = 98361 / (quarters of a millimetre) without its fraction; 7.5° below 50 mm and where nothing came back.
    @inline(__always)
    public static func parallax(millimeters: Int32) -> Double {
        // Single precision is exact here: the quotient is below 492, and off a whole number by 1/114000 at least.
        let k2 = Int32(98361 / Float(4 &* max(millimeters, 50)))
        let near = Int32(7.5 * .pi / 180 * 65536)
        let far = Int32(8.0 * .pi / 180 * 65536) &- k2 &<< 6 &- k2 &* k2 &* k2 / 98304
        return Double(millimeters >= 50 ? far : near) * (180 / .pi / 65536)
    }

    /// What a cabin's differences stand off from, and how coarse they are.
    private struct Bases {
        let first: Int32
        let firstLevel: UInt32
        let second: Int32
        let secondLevel: UInt32

        @inline(__always)
        init(major: Scale.Major, next: Scale.Major) {
            // Where the first one saw nothing, the second one stands off from the next cabin's.
            let borrows = major.millimeters == 0
            first = borrows ? next.millimeters : major.millimeters
            firstLevel = borrows ? next.level : major.level
            second = next.millimeters
            secondLevel = next.level
        }
    }

    /// Twelve bits for up to 28 m: 1 mm to 0.5 m, 2 mm to 2 m, 4 mm to 4 m, 8 mm to 16 m, 16 mm beyond.
    enum Scale {
        /// Where each level begins in the twelve bits: 0, 512, 1280, 1792, 3328; 12 bits each.
        private static var starts: UInt64 { 0xD00_700_500_200_000 }
        /// What that stands for, from the second level on: 512, 2048, 4096, 16384 mm; 16 bits each.
        private static var targets: UInt64 { 0x4000_1000_0800_0200 }

        /// A cabin's first range, and how coarse it is: to 2 to the power of `level` millimetres.
        typealias Major = (millimeters: Int32, level: UInt32)

        @inline(__always)
        static func unpacked(_ packed: UInt32) -> Major {
            let value = Int32(packed)
            let beyond = (value >= 512, value >= 1280, value >= 1792, value >= 3328)
            let level: Int32 =
                (beyond.0 ? 1 : 0) + (beyond.1 ? 1 : 0) + (beyond.2 ? 1 : 0) + (beyond.3 ? 1 : 0)
            let start = Int32(truncatingIfNeeded: starts >> UInt64(12 * level) & 0xFFF)
            let target = level > 0 ? Int32(truncatingIfNeeded: targets >> UInt64(16 * (level - 1)) & 0xFFFF) : 0
            return (target &+ (value &- start) &<< level, UInt32(truncatingIfNeeded: level))
        }

        /// The nearest below that can be sent.
        static func packed(_ millimeters: Int) -> UInt32 {
            switch millimeters {
            case ..<512: UInt32(max(0, millimeters))
            case ..<2048: UInt32(512 + (millimeters - 512) >> 1)
            case ..<4096: UInt32(1280 + (millimeters - 2048) >> 2)
            case ..<16384: UInt32(1792 + (millimeters - 4096) >> 3)
            default: UInt32(min(4095, 3328 + (millimeters - 16384) >> 4))
            }
        }

        /// The ten bits of a difference; "nothing" where the range is none or stands too far off.
        static func difference(_ millimeters: Int, from base: Int32, level: UInt32) -> UInt32 {
            let difference = (millimeters - Int(base)) >> Int(level)
            guard millimeters > 0, difference > -512, difference < 511 else { return 0x200 }
            return UInt32(truncatingIfNeeded: difference) & 0x3FF
        }

        /// The range of a difference.
        @inline(__always)
        static func range(_ difference: Int32, from base: Int32, level: UInt32) -> Int32 {
            // A difference may lead below nothing only in bytes that no device sent.
            let isNothing = difference == -512 || difference == 511
            return isNothing ? 0 : max(0, base &+ difference &<< Int32(truncatingIfNeeded: level))
        }
    }
}
