/// An LDROBOT LiDAR's line as points: its decoder and its unpacker together.
public struct LD06PointDecoder: PointDecoder {
    private var decoder = LD06Decoder()
    private var unpacker = LD06Unpacker()
    private var points = [LidarPoint](
        repeating: LidarPoint(degrees: 0, meters: 0, intensity: 0, startsRevolution: false), count: LD06Frame.pointCount
    )

    public var counters: FrameCounters { decoder.counters }

    public init() {}

    public mutating func decode(_ bytes: Span<UInt8>, _ body: (FramePlace, Span<LidarPoint>) -> Void) {
        decoder.decode(bytes) { event, remaining in Self.take(event, remaining, &unpacker, &points, body) }
    }

    private static func take(
        _ event: LD06Decoder.Event, _ remaining: Int, _ unpacker: inout LD06Unpacker, _ points: inout [LidarPoint],
        _ body: (FramePlace, Span<LidarPoint>) -> Void
    ) {
        switch event {
        case .frame(let frame):
            unpacker.unpack(frame) { point, index in points[index] = point }
            body(FramePlace(size: LD06Frame.size, remaining: remaining), points.span)
        case .gap: unpacker.breakSequence()
        }
    }
}
