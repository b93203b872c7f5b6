/// A YDLIDAR's line as points. What a range means no packet says: it is taken for a model's that triangulates, unless samples
/// have four bytes.
public struct YDLIDARPointDecoder: PointDecoder {
    private var decoder = YDLIDARDecoder()
    private var points = [LidarPoint](
        repeating: LidarPoint(degrees: 0, meters: 0, intensity: 0, startsRevolution: false),
        count: YDLIDARPacket.maximumCount)

    public var counters: FrameCounters { decoder.counters }

    public init() {}

    public mutating func decode(_ bytes: Span<UInt8>, _ body: (FramePlace, Span<LidarPoint>) -> Void) {
        decoder.decode(bytes) { event, payload, remaining in Self.take(event, payload, remaining, &points, body) }
    }

    private static func take(
        _ event: YDLIDARDecoder.Event, _ payload: Span<UInt8>, _ remaining: Int, _ points: inout [LidarPoint],
        _ body: (FramePlace, Span<LidarPoint>) -> Void
    ) {
        guard case .packet(let packet) = event else { return }
        let ranging: YDLIDARModel.Ranging = packet.format == .strength16 ? .timeOfFlight : .triangle
        packet.unpack(payload, ranging: ranging) { point, index in points[index] = point }
        body(
            FramePlace(size: YDLIDARPacket.headSize + payload.count, remaining: remaining),
            points.span.extracting(0..<packet.count))
    }
}
