/// Tells from bytes in the middle of a scan in which format they are.
///
/// A format is believed when three frames stand one behind the other (two where a CRC-32 guards them, 32 samples that
/// agree in the standard format, which has no checksum). Express and dense frames have the same length, sync and
/// checksum, and are told apart by what they would mean: ranges that lie beside each other in a room are mostly alike,
/// and numbers that were cut in the wrong places are not.
enum RPLIDARFormatFinder {
    /// Bytes without a checksummed format in them that are worth a try as a standard scan: three HQ frames.
    static let enough = 3 * RPLIDARHQFrame.size

    /// The format, if it can be told.
    static func find(in bytes: Span<UInt8>) -> RPLIDARFormat? {
        for format in [RPLIDARFormat.hq, .ultraDense, .ultra] where firstRun(format, bytes) != nil { return format }
        if let start = firstRun(.dense, bytes) { return denseOrExpress(bytes, from: start) }
        guard bytes.count >= enough else { return nil }
        return findStandard(in: bytes)
    }

    /// A standard scan, which chance resembles more easily.
    static func findStandard(in bytes: Span<UInt8>) -> RPLIDARFormat? {
        (0..<max(0, bytes.count)).contains { RPLIDARDecoder.run(bytes, at: $0, count: 32) != nil } ? .standard : nil
    }

    private static func firstRun(_ format: RPLIDARFormat, _ bytes: Span<UInt8>) -> Int? {
        let frames = format == .hq ? 2 : 3
        let size = format.frameSize
        var offset = 0
        while offset + frames * size <= bytes.count {
            if (0..<frames).allSatisfy({ format.isFrame(bytes, at: offset + $0 * size) }) { return offset }
            offset += 1
        }
        return nil
    }

    private static func denseOrExpress(_ bytes: Span<UInt8>, from start: Int) -> RPLIDARFormat {
        var dense = Likeness()
        var express = Likeness()
        var offset = start
        while offset + RPLIDARDenseFrame.size <= bytes.count, RPLIDARFormat.dense.isFrame(bytes, at: offset) {
            let frame = bytes.extracting(offset..<offset + RPLIDARDenseFrame.size)
            for index in 0..<RPLIDARDenseFrame.sampleCount { dense.take(Int(frame.word(at: 4 + 2 * index))) }
            for index in 0..<RPLIDARExpressFrame.sampleCount {
                express.take(Int(RPLIDARExpressFrame.sample(frame, index).millimeters))
            }
            offset += RPLIDARDenseFrame.size
        }
        return express.share > dense.share ? .express : .dense
    }

    /// How many of the neighbours that both saw something are within a sixteenth of each other.
    private struct Likeness {
        private var last = 0
        private var pairs = 0
        private var alike = 0

        var share: Double { pairs == 0 ? 0 : Double(alike) / Double(pairs) }

        mutating func take(_ range: Int) {
            if last > 0, range > 0 {
                pairs += 1
                alike += abs(range - last) * 16 <= max(range, last) ? 1 : 0
            }
            last = range
        }
    }
}
