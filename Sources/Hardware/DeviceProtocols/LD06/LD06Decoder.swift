/// Finds frames in the bytes that an LDROBOT LiDAR sends.
///
/// A place that is no frame costs one byte and not what stands behind it, so "54 54 2C…" loses nothing, and a start of a
/// frame inside a damaged one is found. Reads where the bytes lie; allocates nothing per frame.
public struct LD06Decoder: Sendable {
    /// What was found.
    public enum Event: Hashable, Sendable {
        case frame(LD06Frame)
        /// Bytes were skipped: what follows does not continue what came before.
        case gap
    }

    /// What has been found so far.
    public var counters: FrameCounters { scanner.reader.counters }
    /// Frames whose checksum held although no head turns as they say.
    public var implausibleFrames: Int { scanner.reader.implausibleFrames }

    private var scanner: ChunkScanner<LD06Reader>

    /// - Parameter pointsPerSecond: Of the device; what is not known is judged as the slowest of the family.
    public init(pointsPerSecond: Int = LD06Model.slowestRate) {
        scanner = ChunkScanner(LD06Reader(pointsPerSecond: pointsPerSecond))
    }

    /// Forgets everything but the counters: the port was opened anew.
    public mutating func reset() {
        scanner.removeAll()
        scanner.reader.inGap = false
    }

    /// Takes bytes in order and calls `body` for each event, with how many bytes of this chunk stand behind it.
    public mutating func decode(_ bytes: Span<UInt8>, _ body: (Event, _ remaining: Int) -> Void) {
        scanner.scan(bytes) { event, _, remaining in body(event, remaining) }
    }

    /// Takes bytes in order and calls `body` for each event, with how many bytes of this chunk stand behind it.
    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ body: (Event, _ remaining: Int) -> Void) {
        decode(bytes.span, body)
    }
}

/// Knows the family's frames.
private struct LD06Reader: ChunkReader {
    static var longestFrame: Int { LD06Frame.size }

    var counters = FrameCounters()
    var implausibleFrames = 0
    /// Whether the bytes before were skipped; the first of them was reported.
    var inGap = false
    let pointsPerSecond: Int

    init(pointsPerSecond: Int) { self.pointsPerSecond = pointsPerSecond }

    mutating func read(
        _ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: (LD06Decoder.Event, Span<UInt8>, Int) -> Void
    ) -> Int {
        let left = bytes.count - offset
        guard bytes[offset] == 0x54 else {
            var end = offset + 1
            while end < bytes.count, bytes[end] != 0x54 { end += 1 }
            return skip(end - offset, bytes, left + behind, body)
        }
        guard left >= 2 else { return 0 }
        guard bytes[offset + 1] == 0x2C else { return skip(1, bytes, left + behind, body) }
        guard left >= LD06Frame.size else { return 0 }
        guard let frame = LD06Frame(bytes, at: offset) else {
            counters.checksumErrors += 1
            return skip(1, bytes, left + behind, body)
        }
        guard frame.isPlausible(pointsPerSecond: pointsPerSecond) else {
            implausibleFrames += 1
            return skip(1, bytes, left + behind, body)
        }
        inGap = false
        counters.frames += 1
        body(.frame(frame), bytes, left - LD06Frame.size + behind)
        return LD06Frame.size
    }

    private mutating func skip(
        _ count: Int, _ bytes: Span<UInt8>, _ remaining: Int, _ body: (LD06Decoder.Event, Span<UInt8>, Int) -> Void
    ) -> Int {
        if !inGap {
            inGap = true
            counters.resyncs += 1
            body(.gap, bytes, remaining)
        }
        counters.skippedBytes += count
        return count
    }
}
