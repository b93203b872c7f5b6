/// Reads a dump of an ODrive's line: what it was asked, where both directions are in the dump, and what it answered.
public struct ODriveStreamDecoder: StreamDecoder {
    private var decoder = ODriveLineDecoder()
    /// The question before the answer.
    private var question: ODriveRequest?
    /// Understood without a checksum.
    private var bare = (lines: 0, bytes: 0)

    public init() {}

    /// Lines that are understood without a checksum count as frames, too; they prove nothing.
    public var counters: FrameCounters {
        var counters = decoder.counters
        counters.frames += bare.lines
        counters.unproven += bare.lines
        counters.skippedBytes -= bare.bytes
        return counters
    }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        var lines: [ODriveLine] = []
        decoder.decode(bytes) { lines.append($0) }
        for line in lines where line.seal != .wrong {
            guard let record = record(line) else { continue }
            if line.seal == .none {
                bare.lines += 1
                bare.bytes += line.text.utf8.count
            }
            emit(record)
        }
    }

    private mutating func record(_ line: ODriveLine) -> ODriveRecord? {
        var record = ODriveRecord(
            kind: .answer, text: line.text, hasChecksum: line.seal == .valid, asked: nil, position: nil, velocity: nil,
            value: nil)
        switch ODriveRequest(text: line.text) {
        case .other: break
        case let request:
            record.kind = .request
            if request.isQuestion { question = request }
            return record
        }
        let answer = ODriveAnswer(text: line.text)
        switch answer {
        case .feedback(let position, let velocity): (record.position, record.velocity) = (position, velocity)
        case .value(let value): record.value = value
        case .refusal: record.kind = .refusal
        // A line of text with a checksum is an information line; without one it may be anything.
        case .other: guard line.seal == .valid else { return nil }
        }
        record.asked = question?.text
        question = nil
        return record
    }
}

extension ODriveRequest {
    /// Whether it is always answered.
    fileprivate var isQuestion: Bool {
        switch self {
        case .feedback, .read: true
        default: false
        }
    }
}

/// One line of an ODrive's dump.
public struct ODriveRecord: DecodedRecord, Hashable {
    public enum Kind: String, Encodable, Hashable, Sendable { case request, answer, refusal }

    public var kind: Kind
    /// The line without its checksum.
    public var text: String
    public var hasChecksum: Bool
    /// What it answers, where the question is in the dump.
    public var asked: String?
    /// Turns and turns a second, of a feedback.
    public var position: Double?
    public var velocity: Double?
    /// A property's value.
    public var value: Double?

    public var summary: String {
        let line = asked.map { "\($0) → \(text)" } ?? text
        return kind == .answer ? line : "\(kind.rawValue) \(line)"
    }
}
