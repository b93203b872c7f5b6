/// Reads a dump of an RPLIDAR's line: revolutions, and the answers before them.
public struct RPLIDARStreamDecoder: StreamDecoder {
    private var decoder = RPLIDARDecoder()
    private var unpacker = RPLIDARDenseUnpacker()
    private var revolutions = RevolutionCollector()

    public init() {}

    public var counters: FrameCounters { decoder.counters }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        var events: [RPLIDARDecoder.Event] = []
        decoder.decode(bytes) { event, _ in events.append(event) }
        for event in events {
            switch event {
            case .answer(let type, let payload): emit(RPLIDARAnswerRecord(answer: type, payload: payload))
            case .standard(let sample):
                revolutions.take(
                    LidarPoint(
                        degrees: Double(sample.angleQ6) / 64, meters: Double(sample.distanceQ2) / 4000,
                        intensity: sample.quality << 2, startsRevolution: sample.startsRevolution), emit)
            case .dense(let frame):
                unpacker.unpack(frame) { sample in
                    revolutions.take(
                        LidarPoint(
                            degrees: sample.degrees, meters: Double(sample.distance) / 1000, intensity: 0,
                            startsRevolution: sample.startsRevolution), emit)
                }
            case .gap, .restarted:
                unpacker.breakSequence()
                revolutions.markGap()
            case .scanBegins: break
            }
        }
    }

    public mutating func finish(_ emit: (any DecodedRecord) -> Void) { revolutions.finish(emit) }
}

/// An answer of an RPLIDAR in a dump.
struct RPLIDARAnswerRecord: DecodedRecord {
    /// The answer's type byte.
    var answer: UInt8
    var payload: [UInt8]

    var summary: String { "answer \(answer): \(payload.count) bytes" }
}
