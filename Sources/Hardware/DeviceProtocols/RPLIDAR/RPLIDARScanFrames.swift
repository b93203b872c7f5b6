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

    /// Reads five bytes; nil where the sync or check bits do not stand.
    init?(_ bytes: PendingBytes, at offset: Int) {
        let first = bytes[offset]
        guard (first ^ first >> 1) & 1 == 1, bytes[offset + 1] & 1 == 1 else { return nil }
        self.init(
            startsRevolution: first & 1 == 1, quality: first >> 2, angleQ6: bytes.word(at: offset + 1) >> 1,
            distanceQ2: bytes.word(at: offset + 3))
    }

    public var encoded: [UInt8] {
        [quality << 2 | (startsRevolution ? 0b01 : 0b10)] + LittleEndian.bytes(angleQ6 << 1 | 1)
            + LittleEndian.bytes(distanceQ2)
    }
}

/// Forty ranges of a dense express scan (answer 0x85), 84 bytes.
///
/// Layout: nibbles A and 5 with the XOR of bytes 2..<84 below them; start angle in 64ths of a degree with the restart
/// flag in bit 15; 40 ranges in millimetres. The angles between come from the next frame's start.
public struct RPLIDARDenseFrame: Hashable, Sendable {
    /// Bytes on the line.
    public static let size = 84
    /// Ranges in a frame.
    public static let sampleCount = 40

    /// The first frame after a start; it does not continue the frame before it.
    public var restarts: Bool
    /// Degrees clockwise of the first range, in 64ths.
    public var startAngleQ6: UInt16
    /// Forty ranges in millimetres; 0 where nothing came back.
    public var distances: [UInt16]

    public init(restarts: Bool, startAngleQ6: UInt16, distances: [UInt16]) {
        precondition(distances.count == Self.sampleCount, "a dense frame has 40 ranges")
        self.restarts = restarts
        self.startAngleQ6 = startAngleQ6 & 0x7FFF
        self.distances = distances
    }

    /// Reads the front 84 bytes, whose marks have been tested; nil where the checksum is wrong.
    init?(_ bytes: PendingBytes) {
        var checksum: UInt8 = 0
        for index in 2..<Self.size { checksum ^= bytes[index] }
        guard checksum == bytes[0] & 0x0F | bytes[1] << 4 else { return nil }
        let start = bytes.word(at: 2)
        self.init(
            restarts: start & 0x8000 != 0, startAngleQ6: start,
            distances: (0..<Self.sampleCount).map { bytes.word(at: 4 + 2 * $0) })
    }

    public var encoded: [UInt8] {
        var body = LittleEndian.bytes(startAngleQ6 | (restarts ? 0x8000 : 0))
        for distance in distances { body += LittleEndian.bytes(distance) }
        let checksum = body.reduce(0, ^)
        return [0xA0 | checksum & 0x0F, 0x50 | checksum >> 4] + body
    }
}

/// Turns dense frames into samples: a frame's angles are known when the next one has arrived.
public struct RPLIDARDenseUnpacker: Sendable {
    /// One sample of a frame.
    public struct Sample: Hashable, Sendable {
        /// Place in its frame, 0..<40.
        public var index: Int
        /// Degrees clockwise, 0..<360.
        public var degrees: Double
        /// Millimetres; 0 when nothing came back.
        public var distance: UInt16
        /// First sample past the device's zero angle.
        public var startsRevolution: Bool
    }

    /// The most that the head may turn from frame to frame, in degrees; more means that a frame is missing.
    public var maximumAdvance: Double
    /// Frames that could not be unpacked, because no neighbour came.
    public private(set) var droppedFrames = 0
    private var previous: RPLIDARDenseFrame?
    private var lastDegrees = 0.0

    public init(maximumAdvance: Double = 180) { self.maximumAdvance = maximumAdvance }

    /// Forgets the frame that waits for its neighbour: bytes between were lost.
    public mutating func breakSequence() {
        if previous != nil { droppedFrames += 1 }
        previous = nil
    }

    /// Takes the next frame and calls `body` for each sample of the frame *before* it.
    public mutating func unpack(_ frame: RPLIDARDenseFrame, _ body: (Sample) -> Void) {
        defer { previous = frame }
        if frame.restarts { breakSequence() }
        guard let previous else { return }
        let start = Double(previous.startAngleQ6) / 64
        var advance = Double(frame.startAngleQ6) / 64 - start
        if advance < 0 { advance += 360 }
        guard start < 360, advance >= 0, advance <= maximumAdvance else {
            droppedFrames += 1
            return
        }
        for index in 0..<RPLIDARDenseFrame.sampleCount {
            var degrees = start + advance * Double(index) / Double(RPLIDARDenseFrame.sampleCount)
            if degrees >= 360 { degrees -= 360 }
            // A step back of more than half a turn is the zero mark; a small one is the motor's unsteadiness.
            let wrapped = lastDegrees - degrees > 180
            lastDegrees = degrees
            body(
                Sample(
                    index: index, degrees: degrees, distance: previous.distances[index], startsRevolution: wrapped))
        }
    }
}
