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
        read(bytes, emit)
    }

    /// Where one packet is all that there is, its end is the place of the next one's start: that tells how wide samples are.
    public mutating func finish(_ emit: (any DecodedRecord) -> Void) {
        if decoder.sampleWidth == nil { read([0xAA, 0x55], emit) }
        revolutions.finish(emit)
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
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
}

/// An answer of a YDLIDAR in a dump.
struct YDLIDARAnswerRecord: DecodedRecord {
    /// The answer's type byte.
    var answer: UInt8
    var payload: [UInt8]
    /// What it says, in words, where that is known.
    var text: String?

    init(answer: UInt8, payload: [UInt8]) {
        self.answer = answer
        self.payload = payload
        text = answer == YDLIDARAnswer.info ? YDLIDARInfo(payload: payload)?.summary : nil
    }

    var summary: String { text ?? "answer \(answer): \(payload.count) bytes" }
}
