/// Thirty-two samples of an express scan (answer 0x82), 84 bytes.
///
/// Layout: nibbles A and 5 with the XOR of bytes 2..<84 below them; start angle in 64ths of a degree with the restart
/// flag in bit 15; 16 cabins of {u16 distance 1, u16 distance 2, u8 offsets}. A distance holds quarters of a millimetre
/// in its upper 14 bits (so only whole ones) and the upper two bits of its angle offset below; the offset's lower four
/// bits are a nibble of the fifth byte, the first one's in the low half. A sample's angle is the even sweep between two
/// frames' starts, less its offset: what a triangulating head's parallax is at that distance.
public struct RPLIDARExpressFrame: Hashable, Sendable {
    /// Bytes on the line.
    public static let size = 84
    /// Samples in a frame.
    public static let sampleCount = 32

    /// One sample as it is sent.
    public struct Sample: Hashable, Sendable {
        /// 0..<16384; 0 when nothing came back.
        public var millimeters: UInt16
        /// To be taken off the sweep's angle, in eighths of a degree, 0...63.
        public var offsetQ3: UInt8

        public init(millimeters: UInt16, offsetQ3: UInt8) {
            self.millimeters = min(millimeters, 0x3FFF)
            self.offsetQ3 = min(offsetQ3, 63)
        }
    }

    /// The first frame after a start; it does not continue the frame before it.
    public var restarts: Bool
    /// Degrees clockwise at which the sweep starts, in 64ths.
    public var startAngleQ6: UInt16
    /// Thirty-two.
    public var samples: [Sample]

    public init(restarts: Bool, startAngleQ6: UInt16, samples: [Sample]) {
        precondition(samples.count == Self.sampleCount, "an express frame has 32 samples")
        self.restarts = restarts
        self.startAngleQ6 = startAngleQ6 & 0x7FFF
        self.samples = samples
    }

    /// Reads a frame; nil where that is none.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.size, RPLIDARFormat.express.isFrame(bytes, at: 0) else { return nil }
        let start = bytes.word(at: 2)
        self.init(
            restarts: start & 0x8000 != 0, startAngleQ6: start,
            samples: (0..<Self.sampleCount).map { Self.sample(bytes, $0) })
    }

    public var encoded: [UInt8] {
        var body = LittleEndian.bytes(startAngleQ6 | (restarts ? 0x8000 : 0))
        for cabin in 0..<Self.sampleCount / 2 {
            let (first, second) = (samples[2 * cabin], samples[2 * cabin + 1])
            for sample in [first, second] {
                body += LittleEndian.bytes(sample.millimeters << 2 | UInt16(sample.offsetQ3 >> 4))
            }
            body.append(first.offsetQ3 & 0x0F | second.offsetQ3 << 4)
        }
        return NibbleChecksum.sealed(body)
    }

    /// The sample of a place, out of a frame's bytes.
    @inline(__always)
    static func sample(_ bytes: Span<UInt8>, _ index: Int) -> Sample {
        let cabin = 4 + (index >> 1) * 5
        let word = bytes.word(at: cabin + 2 * (index & 1))
        let low = bytes[cabin + 4] >> UInt8(4 * (index & 1)) & 0x0F
        return Sample(millimeters: word >> 2, offsetQ3: low | UInt8(word & 3) << 4)
    }
}
