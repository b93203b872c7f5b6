/// Reads a dump of a Hokuyo's line: each scan as a revolution, and the answers between them.
///
/// Angles are counter-clockwise from the front. Where the dump holds no answer to PP, the layout is guessed from the steps:
/// up to 768 that of the URG-04LX, beyond that of the UTM-30LX (C-42-03320B, section 5).
public struct HokuyoStreamDecoder: StreamDecoder {
    private var decoder = HokuyoDecoder()
    private var parameters: HokuyoParameters?
    private var revolutions = RevolutionCollector()

    public init() {}

    public var counters: FrameCounters { decoder.counters }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        var (parameters, revolutions) = (parameters, RevolutionCollector())
        swap(&revolutions, &self.revolutions)
        decoder.decode(bytes) { event, _ in
            switch event {
            case .scan(let scan): Self.take(scan, parameters ?? Self.guess(scan), &revolutions, emit)
            case .answer(let answer):
                if answer.command == .parameters, let found = HokuyoParameters(answer) { parameters = found }
                emit(HokuyoAnswerRecord(answer))
            case .gap: revolutions.markGap()
            }
        }
        swap(&revolutions, &self.revolutions)
        self.parameters = parameters
    }

    public mutating func finish(_ emit: (any DecodedRecord) -> Void) { revolutions.finish(emit) }

    private static func guess(_ scan: HokuyoScan) -> HokuyoParameters {
        scan.measurement.end > 768 ? .utm30LX : .urg04LX
    }

    private static func take(
        _ scan: HokuyoScan, _ parameters: HokuyoParameters, _ revolutions: inout RevolutionCollector,
        _ emit: (any DecodedRecord) -> Void
    ) {
        for (index, range) in scan.ranges.enumerated() {
            revolutions.take(
                LidarPoint(
                    degrees: parameters.degrees(ofStep: scan.step(of: index)), meters: parameters.meters(range),
                    intensity: 0, startsRevolution: index == 0), emit)
        }
    }
}

/// An answer of a Hokuyo in a dump.
struct HokuyoAnswerRecord: DecodedRecord {
    /// The command's characters.
    var answer: String
    var status: String
    var text: [String]

    init(_ answer: HokuyoAnswer) {
        self.answer = String(decoding: answer.command.characters, as: UTF8.self)
        status = answer.status.description
        text = answer.lines.map { String(decoding: $0, as: UTF8.self) }
    }

    var summary: String { "\(answer) \(status) \(text.joined(separator: " "))" }
}
