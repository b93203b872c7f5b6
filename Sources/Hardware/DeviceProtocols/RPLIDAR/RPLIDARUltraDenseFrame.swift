/// Sixty-four samples of an ultra-dense scan (answer 0x86), 170 bytes.
///
/// Layout: nibbles A and 5 with the XOR of bytes 2..<170 below them; u32 time stamp; u16 device status; start angle in
/// 64ths of a degree with the restart flag in bit 15; 32 cabins of {u16 a, u16 b, u8 high}, in which a sample is 20 bits:
/// its word, and a nibble of the fifth byte on top (a's is the low one). The lowest two bits choose a scale, above them
/// stand 10 to 13 bits of distance and 8 to 5 bits of echo strength.
///
/// The time stamp is the device's own count, of no documented origin or rate; the vendor's client does not use it
/// either, and moments come from the bytes' arrival, as in every other format.
public struct RPLIDARUltraDenseFrame: Hashable, Sendable {
    /// Bytes on the line.
    public static let size = 170
    /// Samples in a frame.
    public static let sampleCount = 64

    /// One sample as it is sent: 20 bits.
    public struct Sample: Hashable, Sendable {
        public var bits: UInt32

        public init(bits: UInt32) { self.bits = bits & 0xFFFFF }

        /// The nearest that can be sent: to 2 mm up to 2 m, to 3, 4 and 5 mm farther away.
        ///
        /// - Parameters:
        ///   - millimeters: 0...65522; 0 when nothing came back.
        ///   - strength: The echo's; its lowest bits are lost to far ranges.
        public init(millimeters: Int, strength: UInt8) {
            let (scale, start, step) =
                switch millimeters {
                case ..<2046: (UInt32(0), 0, 2)
                case ..<8187: (1, 2046, 3)
                case ..<24567: (2, 8187, 4)
                default: (3, 24567, 5)
                }
            let places = UInt32(10 + scale)
            let count = min(UInt32(max(0, millimeters - start) / step), 1 << places - 1)
            bits = (UInt32(strength) >> scale) << (places + 2) | count << 2 | scale
        }

        /// 0 when nothing came back.
        @inline(__always)
        public var millimeters: Int {
            let scale = bits & 3
            let count = Int(bits >> 2 & (1 << (10 + scale) - 1))
            // Where each scale begins: 0, 2046, 8187, 24567 mm; 16 bits each.
            let starts: UInt64 = 0x5FF7_1FFB_07FE_0000
            let start = Int(truncatingIfNeeded: starts >> UInt64(16 * scale) & 0xFFFF)
            return count * Int(2 + scale) + start
        }

        /// 0...255.
        @inline(__always)
        public var strength: UInt8 {
            let scale = bits & 3
            return UInt8(truncatingIfNeeded: (bits >> (12 + scale)) << scale)
        }
    }

    public var timeStamp: UInt32
    public var status: UInt16
    /// The first frame after a start; it does not continue the frame before it.
    public var restarts: Bool
    /// Degrees clockwise of the first sample, in 64ths.
    public var startAngleQ6: UInt16
    /// Sixty-four.
    public var samples: [Sample]

    public init(timeStamp: UInt32, status: UInt16 = 0, restarts: Bool, startAngleQ6: UInt16, samples: [Sample]) {
        precondition(samples.count == Self.sampleCount, "an ultra-dense frame has 64 samples")
        self.timeStamp = timeStamp
        self.status = status
        self.restarts = restarts
        self.startAngleQ6 = startAngleQ6 & 0x7FFF
        self.samples = samples
    }

    /// Reads a frame; nil where that is none.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.size, RPLIDARFormat.ultraDense.isFrame(bytes, at: 0) else { return nil }
        let start = bytes.word(at: 8)
        self.init(
            timeStamp: bytes.long(at: 2), status: bytes.word(at: 6), restarts: start & 0x8000 != 0,
            startAngleQ6: start, samples: (0..<Self.sampleCount).map { Self.sample(bytes, $0) })
    }

    public var encoded: [UInt8] {
        var body = LittleEndian.bytes(timeStamp) + LittleEndian.bytes(status)
        body += LittleEndian.bytes(startAngleQ6 | (restarts ? 0x8000 : 0))
        for cabin in 0..<Self.sampleCount / 2 {
            let (a, b) = (samples[2 * cabin].bits, samples[2 * cabin + 1].bits)
            body +=
                LittleEndian.bytes(UInt16(truncatingIfNeeded: a)) + LittleEndian.bytes(UInt16(truncatingIfNeeded: b))
            body.append(UInt8(a >> 16) | UInt8(b >> 16) << 4)
        }
        return NibbleChecksum.sealed(body)
    }

    /// The sample of a place, out of a frame's bytes.
    @inline(__always)
    static func sample(_ bytes: Span<UInt8>, _ index: Int) -> Sample {
        let cabin = 10 + (index >> 1) * 5
        let high = UInt32(bytes[cabin + 4] >> UInt8(4 * (index & 1)) & 0x0F)
        return Sample(bits: UInt32(bytes.word(at: cabin + 2 * (index & 1))) | high << 16)
    }
}
