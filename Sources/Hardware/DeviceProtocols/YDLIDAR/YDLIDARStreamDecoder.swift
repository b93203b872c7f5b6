/// Reads a dump of a YDLIDAR's line: revolutions, and the answers before them.
///
/// What a range means it takes from the model number of an answer in the dump; without one, samples of four bytes are
/// taken for time of flight, all others for triangulation.
public struct YDLIDARStreamDecoder: StreamDecoder {
    private var decoder: YDLIDARDecoder
    private var ranging: YDLIDARModel.Ranging?
    private var revolutions = RevolutionCollector()

    /// - Parameter model: Whose line it is, where that is known.
    public init(model: YDLIDARModel? = nil) {
        decoder = YDLIDARDecoder(format: model?.format)
        ranging = model?.ranging
    }

    public var counters: FrameCounters { decoder.counters }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        decoder.decode(bytes) { event, payload, _ in
            switch event {
            case .packet(let packet):
                let fallback: YDLIDARModel.Ranging = packet.format == .strength16 ? .timeOfFlight : .triangle
                packet.unpack(payload, ranging: ranging ?? fallback) { point, _ in revolutions.take(point, emit) }
            case .answer(let type):
                var bytes: [UInt8] = []
                for index in 0..<payload.count { bytes.append(payload[index]) }
                let info = type == YDLIDARAnswer.info ? YDLIDARInfo(payload: bytes) : nil
                if let model = info.flatMap({ YDLIDARModel.numbered($0.model) }) { ranging = model.ranging }
                emit(YDLIDARAnswerRecord(answer: type, payload: bytes))
            case .gap: revolutions.markGap()
            case .scanBegins, .stamp: break
            }
        }
    }

    public mutating func finish(_ emit: (any DecodedRecord) -> Void) { revolutions.finish(emit) }
}

/// An answer of a YDLIDAR in a dump.
struct YDLIDARAnswerRecord: DecodedRecord {
    /// The answer's type byte.
    var answer: UInt8
    var payload: [UInt8]

    var summary: String {
        YDLIDARInfo(payload: payload)?.summary ?? "answer \(answer): \(payload.count) bytes"
    }
}
