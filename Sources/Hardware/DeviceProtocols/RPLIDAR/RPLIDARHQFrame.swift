/// Ninety-six whole samples (answer 0x83), 781 bytes.
///
/// Layout: A5; u64 time stamp; 96 nodes of {u16 angle, 16384 to a right angle; u32 quarters of a millimetre; u8 echo
/// strength; u8 flag, whose lowest bit begins a revolution and whose next one is its opposite}; CRC-32 over the 777 bytes
/// before it, which are lengthened with zeros (`RPLIDARCRC32`).
///
/// The time stamp is the device's own count, of no documented origin or rate; the vendor's client does not use it
/// either, and moments come from the bytes' arrival, as in every other format.
public struct RPLIDARHQFrame: Hashable, Sendable {
    /// Bytes on the line.
    public static let size = 781
    /// Samples in a frame.
    public static let sampleCount = 96
    /// The byte that a frame starts with.
    static let sync: UInt8 = 0xA5

    /// One sample as it is sent.
    public struct Sample: Hashable, Sendable {
        /// Degrees clockwise, 16384 to 90 of them.
        public var angleQ14: UInt16
        /// Millimetres, in quarters; 0 when nothing came back.
        public var distanceQ2: UInt32
        public var strength: UInt8
        /// First sample of a revolution.
        public var startsRevolution: Bool

        public init(angleQ14: UInt16, distanceQ2: UInt32, strength: UInt8, startsRevolution: Bool) {
            self.angleQ14 = angleQ14
            self.distanceQ2 = distanceQ2
            self.strength = strength
            self.startsRevolution = startsRevolution
        }
    }

    public var timeStamp: UInt64
    /// Ninety-six.
    public var samples: [Sample]

    public init(timeStamp: UInt64, samples: [Sample]) {
        precondition(samples.count == Self.sampleCount, "an HQ frame has 96 samples")
        self.timeStamp = timeStamp
        self.samples = samples
    }

    /// Reads a frame; nil where that is none.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.size, RPLIDARFormat.hq.isFrame(bytes, at: 0) else { return nil }
        self.init(
            timeStamp: UInt64(bytes.long(at: 1)) | UInt64(bytes.long(at: 5)) << 32,
            samples: (0..<Self.sampleCount).map { Self.sample(bytes, $0) })
    }

    public var encoded: [UInt8] {
        var bytes = [Self.sync] + LittleEndian.bytes(timeStamp)
        for sample in samples {
            bytes += LittleEndian.bytes(sample.angleQ14) + LittleEndian.bytes(sample.distanceQ2)
            bytes += [sample.strength, sample.startsRevolution ? 0b01 : 0b10]
        }
        return bytes + LittleEndian.bytes(RPLIDARCRC32.checksum(bytes.span))
    }

    /// Whether the checksum of the frame at `offset` is right.
    static func holds(_ bytes: Span<UInt8>, at offset: Int) -> Bool {
        let end = offset + size - 4
        return RPLIDARCRC32.checksum(bytes.extracting(offset..<end)) == bytes.long(at: end)
    }

    /// The sample of a place, out of a frame's bytes.
    @inline(__always)
    static func sample(_ bytes: Span<UInt8>, _ index: Int) -> Sample {
        let node = 9 + 8 * index
        return Sample(
            angleQ14: bytes.word(at: node), distanceQ2: bytes.long(at: node + 2), strength: bytes[node + 6],
            startsRevolution: bytes[node + 7] & 1 == 1)
    }
}
