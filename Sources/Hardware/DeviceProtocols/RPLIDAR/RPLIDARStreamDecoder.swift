/// Reads a dump of an RPLIDAR's line: revolutions, and the answers before them.
///
/// A dump with its handshake says in which format it is. One that begins in the middle of a scan is gathered until the
/// format can be told from the frames themselves (`RPLIDARFormatFinder`), and from there read from its beginning; the
/// format is doubted again when nothing has been found for long. A format that is given is not doubted.
public struct RPLIDARStreamDecoder: StreamDecoder {
    /// Bytes in a row without a frame after which the format is doubted: 0.3 s of a line of 1 Mbaud.
    private static let patience = 32 * 1024
    /// Bytes that are gathered while the format is not known; the older half goes when they are full.
    private static let mostGathered = 16 * 1024
    /// The format is looked for anew when so many more have come, and a quarter of those that were looked through before.
    private static let lookEvery = 512

    private var decoder: RPLIDARPointDecoder
    private var revolutions = RevolutionCollector()
    /// Whether the format was given.
    private let isForced: Bool
    /// What was counted before the format was found.
    private var earlier = FrameCounters()
    /// Bytes whose format is not known; nil while it is.
    private var gathered: [UInt8]?
    private var looked = 0
    /// Bytes since the last frame.
    private var fruitless = 0

    public init() {
        decoder = RPLIDARPointDecoder()
        isForced = false
        gathered = []
    }

    /// A dump in this format, whatever else it says.
    public init(format: RPLIDARFormat) {
        decoder = RPLIDARPointDecoder(joining: format)
        isForced = true
    }

    public var counters: FrameCounters {
        var sum = decoder.counters
        sum.frames += earlier.frames
        sum.checksumErrors += earlier.checksumErrors
        sum.resyncs += earlier.resyncs
        sum.skippedBytes += earlier.skippedBytes
        return sum
    }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        read(bytes.span, emit)
        if gathered != nil {
            gathered! += bytes
            if gathered!.count - looked >= max(Self.lookEvery, looked / 4) { lookForFormat(emit, isLast: false) }
        } else if fruitless >= Self.patience, !isForced {
            decoder.reset()
            revolutions.markGap()
            gathered = []
            looked = 0
        }
    }

    public mutating func finish(_ emit: (any DecodedRecord) -> Void) {
        if gathered != nil { lookForFormat(emit, isLast: true) }
        decoder.finish {
            if case .gap = $0 { revolutions.markGap() }
        } _: { _, points in
            for index in points.indices { revolutions.take(points[index], emit) }
        }
        revolutions.finish(emit)
    }

    private mutating func read(_ bytes: Span<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        fruitless += bytes.count
        decoder.decode(bytes) { event in
            switch event {
            case .answer(let type, let payload):
                emit(RPLIDARAnswerRecord(answer: type, payload: payload))
                // What came before is an older matter.
                if gathered != nil { gathered = [] }
                looked = 0
            case .scanBegins:
                gathered = nil
                fruitless = 0
            case .gap, .restarted: revolutions.markGap()
            case .frame: break
            }
        } _: { frame, points in
            fruitless = min(fruitless, frame.remaining)
            for index in points.indices { revolutions.take(points[index], emit) }
        }
    }

    private mutating func lookForFormat(_ emit: (any DecodedRecord) -> Void, isLast: Bool) {
        guard let bytes = gathered else { return }
        looked = bytes.count
        guard
            let format = RPLIDARFormatFinder.find(in: bytes.span)
                ?? (isLast ? RPLIDARFormatFinder.findStandard(in: bytes.span) : nil)
        else {
            if bytes.count > Self.mostGathered {
                gathered!.removeFirst(Self.mostGathered / 2)
                looked = gathered!.count
            }
            return
        }
        // What the search for answers skipped is read again.
        earlier = counters
        earlier.skippedBytes = max(0, earlier.skippedBytes - bytes.count)
        if earlier.skippedBytes == 0 { earlier.resyncs = 0 }
        decoder = RPLIDARPointDecoder(joining: format)
        gathered = nil
        fruitless = 0
        read(bytes.span, emit)
    }
}

/// An answer of an RPLIDAR in a dump.
struct RPLIDARAnswerRecord: DecodedRecord {
    /// The answer's type byte.
    var answer: UInt8
    var payload: [UInt8]
    /// What it says, in words, where that is known.
    var text: String?

    init(answer: UInt8, payload: [UInt8]) {
        self.answer = answer
        self.payload = payload
        typealias Kind = RPLIDARDescriptor.AnswerType
        switch answer {
        case Kind.info: text = RPLIDARInfo(payload: payload)?.summary
        case Kind.health: text = RPLIDARHealth(payload: payload).map { "health \($0.status), code \($0.code)" }
        case Kind.sampleRate:
            text = RPLIDARSampleRate(payload: payload).map {
                "\($0.standard) µs a standard sample, \($0.express) µs an express one"
            }
        default: break
        }
    }

    var summary: String { text ?? "answer \(answer): \(payload.count) bytes" }
}
