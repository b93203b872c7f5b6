/// Finds answers and scan data in the bytes that an RPLIDAR sends; the host's side of the line.
///
/// The protocol has no way out of a scan but the host's word, so the owner calls `reset()` before every request that has
/// an answer. A frame that fails its test costs itself: the one behind it is taken from its place if it stands there, and
/// otherwise the search goes on byte by byte. The text that a device sends after its own restart is recognised in the
/// middle of scan data, and so is the announcement of another scan.
///
/// Frames are read where they lie in the caller's bytes; only what a chunk ends in the middle of is copied. Nothing is
/// allocated once that has happened for the first time, but for the payloads of answers.
public struct RPLIDARDecoder: Sendable {
    /// What was found.
    public enum Event: Hashable, Sendable {
        /// The answer to a question.
        case answer(type: UInt8, payload: [UInt8])
        /// Scan data of this kind begins.
        case scanBegins(RPLIDARFormat)
        /// A frame of scan data, whose bytes come with it; in the standard format a single sample.
        case frame(RPLIDARFormat)
        /// Bytes were skipped: what follows does not continue what came before.
        case gap
        /// The device has started anew, by itself.
        case restarted
    }

    /// Takes an event; the bytes of the frame, where it is one; and how many of the bytes that have been given so far
    /// stand behind it.
    public typealias Body = (_ event: Event, _ frame: Span<UInt8>, _ remaining: Int) -> Void

    /// What has been found so far: whole answers, samples and frames; frames of the right shape with a wrong checksum, one
    /// for each time that the place was lost; bytes that belonged to no frame.
    public internal(set) var counters = FrameCounters()

    enum Mode: Sendable, Hashable {
        case searching
        case answer(RPLIDARDescriptor)
        case scan(RPLIDARFormat)
    }

    var mode = Mode.searching
    /// Whether the next frame of a scan begins with the next byte.
    var isLocked = false
    /// Bytes since the place was lost; nil where it was never known.
    var offPlace: Int?
    /// Whether the bytes before were skipped; the first of them was reported.
    var inGap = false
    /// The bytes that were skipped last, for the boot text.
    var skipped: UInt64 = 0
    /// Of a standard scan, in 64ths of a degree.
    var lastAngle: UInt16 = 0
    /// Samples in a row without a turn.
    var stalled = 0

    /// What the last chunk ended in the middle of.
    private var tail: [UInt8] = []
    /// How much of it was looked through for a boot text.
    private var lookedThrough = 0

    /// What is looked at before a decision, at the most: a frame, the one behind it, and the start of a third one.
    private static let longestLook = 2 * RPLIDARFormat.longestFrame + 2

    public init() {}

    /// Forgets everything but the counters; called before a request.
    public mutating func reset() {
        mode = .searching
        isLocked = false
        offPlace = nil
        inGap = false
        skipped = 0
        tail.removeAll(keepingCapacity: true)
        lookedThrough = 0
    }

    /// Takes what follows for a scan in this format that has begun before.
    public mutating func join(_ format: RPLIDARFormat) {
        reset()
        mode = .scan(format)
    }

    /// Takes bytes in order and calls `body` for each event.
    public mutating func decode(_ bytes: Span<UInt8>, _ body: Body) {
        var offset = 0
        if !tail.isEmpty {
            // What was begun is ended in a copy; as soon as that is past the old bytes, the chunk is read where it lies.
            var joined: [UInt8] = []
            swap(&joined, &tail)
            let old = joined.count
            let added = min(bytes.count, Self.longestLook)
            Self.append(bytes.extracting(0..<added), to: &joined)
            let used = scan(joined.span, behind: bytes.count - added, until: old, body)
            if used < old {
                joined.removeFirst(used)
                swap(&joined, &tail)
                lookedThrough = max(0, lookedThrough - used)
                lookThroughTail(body)
                return
            }
            joined.removeAll(keepingCapacity: true)
            swap(&joined, &tail)
            offset = used - old
        }
        lookedThrough = 0
        let rest = bytes.extracting(offset..<bytes.count)
        let used = scan(rest, behind: 0, until: rest.count, body)
        guard used < rest.count else { return }
        if tail.capacity == 0 { tail.reserveCapacity(2 * Self.longestLook) }
        Self.append(rest.extracting(used..<rest.count), to: &tail)
        lookThroughTail(body)
    }

    /// The bytes have ended, as those of a dump do: what waited to see what stands behind it is judged by itself.
    public mutating func finish(_ body: Body) {
        guard case .scan(let format) = mode else { return }
        var rest: [UInt8] = []
        swap(&rest, &tail)
        lookedThrough = 0
        let bytes = rest.span
        var offset = 0
        while offset < bytes.count {
            offset +=
                format == .standard
                ? lastSample(bytes, at: offset, body) : lastFrame(format, bytes, at: offset, body)
        }
    }

    /// Steps over `bytes` until it stands at `end` or more bytes are needed; says how far it came.
    private mutating func scan(_ bytes: Span<UInt8>, behind: Int, until end: Int, _ body: Body) -> Int {
        var offset = 0
        while offset < end {
            let done =
                switch mode {
                case .searching: search(bytes, at: offset, behind: behind, body)
                case .answer(let descriptor): answer(descriptor, bytes, at: offset, behind: behind, body)
                case .scan(.standard): standard(bytes, at: offset, until: end, behind: behind, body)
                case .scan(let format): frames(format, bytes, at: offset, until: end, behind: behind, body)
                }
            if done == 0 { break }
            offset += done
        }
        return offset
    }

    private static func append(_ bytes: Span<UInt8>, to array: inout [UInt8]) {
        bytes.withUnsafeBufferPointer { array.append(contentsOf: $0) }
    }
}

// What all modes share. They answer how many bytes they are done with; 0 when more have to come.
extension RPLIDARDecoder {
    /// "RP LIDAR", which every model's boot text begins with.
    private static let bootText: UInt64 = 0x5250_204C_4944_4152

    /// Answers of a kind that is not known are believed up to this length.
    private static let maximumAnswer = 512

    /// Skips one byte.
    mutating func skip(_ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body) -> Int {
        let remaining = bytes.count - offset - 1 + behind
        markGap(remaining + 1, body)
        counters.skippedBytes += 1
        offPlace = offPlace.map { $0 + 1 }
        skipped = skipped << 8 | UInt64(bytes[offset])
        if skipped == Self.bootText { body(.restarted, Span(), remaining) }
        return 1
    }

    /// Says once that bytes are lost.
    mutating func markGap(_ remaining: Int, _ body: Body) {
        guard !inGap else { return }
        inGap = true
        counters.resyncs += 1
        body(.gap, Span(), remaining)
    }

    /// A device that has restarted says no more than its text: that may stand in what waits for the rest of a frame.
    private mutating func lookThroughTail(_ body: Body) {
        var index = max(0, lookedThrough - 7)
        while index + 8 <= tail.count {
            if tail[index] == 0x52, (0..<8).reduce(UInt64(0), { $0 << 8 | UInt64(tail[index + $1]) }) == Self.bootText {
                let end = index + 8
                markGap(tail.count, body)
                counters.skippedBytes += end
                isLocked = false
                offPlace = nil
                tail.removeFirst(end)
                lookedThrough = 0
                body(.restarted, Span(), tail.count)
                return
            }
            index += 1
        }
        lookedThrough = tail.count
    }

    private mutating func search(_ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body) -> Int {
        let left = bytes.count - offset
        guard bytes[offset] == 0xA5 else { return skip(bytes, at: offset, behind: behind, body) }
        guard left >= 2 else { return 0 }
        guard bytes[offset + 1] == 0x5A else { return skip(bytes, at: offset, behind: behind, body) }
        guard left >= RPLIDARDescriptor.size else { return 0 }
        guard let descriptor = RPLIDARDescriptor(bytes, at: offset),
            descriptor.isScan || (!descriptor.loops && descriptor.length <= Self.maximumAnswer)
        else { return skip(bytes, at: offset, behind: behind, body) }
        take(descriptor, remaining: left - RPLIDARDescriptor.size + behind, body)
        return RPLIDARDescriptor.size
    }

    /// Goes on with what a descriptor announces.
    private mutating func take(_ descriptor: RPLIDARDescriptor, remaining: Int, _ body: Body) {
        inGap = false
        skipped = 0
        if descriptor.loops, let format = RPLIDARFormat(rawValue: descriptor.type) {
            mode = .scan(format)
            isLocked = format != .standard
            offPlace = nil
            body(.scanBegins(format), Span(), remaining)
        } else {
            mode = .answer(descriptor)
        }
    }

    /// Where no frame stands, the device may be answering by now: a descriptor whose type and length are both known.
    ///
    /// Nil where none begins here; 0 where more bytes must tell.
    mutating func announcement(_ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body) -> Int? {
        let left = bytes.count - offset
        guard bytes[offset] == 0xA5, left < 2 || bytes[offset + 1] == 0x5A else { return nil }
        guard left >= RPLIDARDescriptor.size else { return 0 }
        guard let descriptor = RPLIDARDescriptor(bytes, at: offset), descriptor.isScan || descriptor.isKnownAnswer
        else {
            return nil
        }
        take(descriptor, remaining: left - RPLIDARDescriptor.size + behind, body)
        return RPLIDARDescriptor.size
    }

    private mutating func answer(
        _ descriptor: RPLIDARDescriptor, _ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body
    ) -> Int {
        let left = bytes.count - offset
        guard left >= descriptor.length else { return 0 }
        var payload: [UInt8] = []
        Self.append(bytes.extracting(offset..<offset + descriptor.length), to: &payload)
        mode = .searching
        counters.frames += 1
        body(.answer(type: descriptor.type, payload: payload), Span(), left - descriptor.length + behind)
        return descriptor.length
    }
}
