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

    /// Reads a frame; nil where that is none.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == Self.size, RPLIDARFormat.dense.isFrame(bytes, at: 0) else { return nil }
        let start = bytes.word(at: 2)
        self.init(
            restarts: start & 0x8000 != 0, startAngleQ6: start,
            distances: (0..<Self.sampleCount).map { bytes.word(at: 4 + 2 * $0) })
    }

    public var encoded: [UInt8] {
        var body = LittleEndian.bytes(startAngleQ6 | (restarts ? 0x8000 : 0))
        for distance in distances { body += LittleEndian.bytes(distance) }
        return NibbleChecksum.sealed(body)
    }
}
