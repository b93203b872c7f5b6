/// An RPLIDAR's line as points: its decoder and its unpacker together.
public struct RPLIDARPointDecoder: PointDecoder {
    private var decoder = RPLIDARDecoder()
    private var unpacker = RPLIDARUnpacker(format: .standard)

    public var counters: FrameCounters { decoder.counters }

    /// Reads a line from its handshake on; without one it finds no points.
    public init() {}

    /// Joins a scan that runs in this format.
    public init(joining format: RPLIDARFormat) { join(format) }

    /// Takes what follows for a scan in this format that has begun before.
    public mutating func join(_ format: RPLIDARFormat) {
        decoder.join(format)
        unpacker = RPLIDARUnpacker(format: format)
    }

    /// Waits for answers and for the next scan's announcement; the counters go on.
    public mutating func reset() { decoder.reset() }

    public mutating func decode(_ bytes: Span<UInt8>, _ body: (FramePlace, Span<LidarPoint>) -> Void) {
        decode(bytes, event: { _ in }, body)
    }

    /// Takes the next bytes; `event` is called for whatever is no frame.
    public mutating func decode(
        _ bytes: Span<UInt8>, event: (RPLIDARDecoder.Event) -> Void, _ body: (FramePlace, Span<LidarPoint>) -> Void
    ) {
        decoder.decode(bytes) { found, frame, remaining in
            Self.take(found, frame, remaining, &unpacker, event, body)
        }
    }

    /// The bytes have ended.
    public mutating func finish(
        event: (RPLIDARDecoder.Event) -> Void, _ body: (FramePlace, Span<LidarPoint>) -> Void
    ) {
        decoder.finish { found, frame, remaining in
            Self.take(found, frame, remaining, &unpacker, event, body)
        }
    }

    private static func take(
        _ found: RPLIDARDecoder.Event, _ frame: Span<UInt8>, _ remaining: Int, _ unpacker: inout RPLIDARUnpacker,
        _ event: (RPLIDARDecoder.Event) -> Void, _ body: (FramePlace, Span<LidarPoint>) -> Void
    ) {
        switch found {
        case .frame:
            let count = unpacker.unpack(frame)
            let place = FramePlace(size: frame.count, remaining: remaining)
            body(place, unpacker.points.span.extracting(0..<count))
        case .scanBegins(let format):
            unpacker = RPLIDARUnpacker(format: format)
            event(found)
        case .gap, .restarted:
            unpacker.breakSequence()
            event(found)
        case .answer: event(found)
        }
    }
}
