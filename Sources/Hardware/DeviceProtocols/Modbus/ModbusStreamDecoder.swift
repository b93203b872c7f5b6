/// Reads a dump of a Modbus RTU line: requests and answers where both directions are in the dump, answers alone
/// otherwise.
///
/// A dump has no silences, so a frame is found by its shape and its checksum. A write of one register reads the same in
/// both directions: its second appearance in a row is the answer.
public struct ModbusStreamDecoder: StreamDecoder {
    /// A frame proves something only when it answers one of these; empty lets every frame do.
    private let questions: [ModbusRequest]
    private var pending = PendingBytes()
    private var isInStep = true
    private var lastWrite: [UInt8] = []
    public private(set) var counters = FrameCounters()

    /// A decoder that recognises any Modbus line, or with `questions` only a unit that knows their answers: another unit
    /// on the line refuses them, and a refusal proves nothing.
    public init(answersTo questions: [ModbusRequest] = []) { self.questions = questions }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        pending.append(bytes)
        while pending.count >= 4 {
            switch match(at: 0) {
            case .frame(let record, let length): take(record, length, emit)
            case .more:
                // What begins here is not whole yet, or only looks like a beginning: then a whole frame lies behind it.
                guard let next = nextWhole() else {
                    pending.compact()
                    return
                }
                for _ in 0..<next { skip() }
            case .wrongChecksum:
                counters.checksumErrors += isInStep ? 1 : 0
                skip()
            case .other: skip()
            }
        }
        pending.compact()
    }

    /// Where the first whole frame behind the front begins.
    private func nextWhole() -> Int? {
        guard pending.count > 4 else { return nil }
        return (1...pending.count - 4).first { offset in
            if case .frame = match(at: offset) { true } else { false }
        }
    }

    private mutating func take(_ record: ModbusRecord, _ length: Int, _ emit: (any DecodedRecord) -> Void) {
        let frame = pending.bytes(0..<length)
        lastWrite = record.function == 6 && record.kind == .request ? frame : []
        counters.frames += 1
        if !questions.isEmpty, !isAnswer(record) { counters.unproven += 1 }
        isInStep = true
        pending.drop(length)
        emit(record)
    }

    private mutating func skip() {
        if isInStep { counters.resyncs += 1 }
        isInStep = false
        counters.skippedBytes += 1
        pending.drop(1)
    }

    private func isAnswer(_ record: ModbusRecord) -> Bool {
        guard record.kind == .answer, let registers = record.registers else { return false }
        return questions.contains { question in
            switch question {
            case .readHolding(_, let count), .readInput(_, let count):
                question.function.rawValue == record.function && count == registers.count
            case .write, .writeMultiple: false
            }
        }
    }

    // MARK: - Shapes

    private enum Match {
        case frame(ModbusRecord, length: Int)
        case more, wrongChecksum, other
    }

    /// What begins at an offset of at least four pending bytes: the shapes that the function allows, the shorter first.
    private func match(at start: Int) -> Match {
        let unit = pending[start]
        let code = pending[start + 1]
        guard unit <= 247 else { return .other }
        var record = ModbusRecord(unit: unit, kind: .request, function: code & 0x7F)
        guard let function = ModbusFunction(rawValue: record.function) else { return .other }
        if code & 0x80 != 0 {
            record.kind = .refusal
            record.exception = ModbusException(rawValue: pending[start + 2]).description
            return shapes(at: start, [5]) { _ in record }
        }
        switch function {
        case .readHolding, .readInput:
            let count = Int(pending[start + 2])
            let canAnswer = count > 0 && count % 2 == 0 && count <= 2 * ModbusRequest.readLimit
            return shapes(at: start, canAnswer ? [8, 5 + count].sorted() : [8]) { bytes in
                guard bytes.count == 8 else { return Self.answer(record, bytes) }
                record.address = bytes[...].word(at: 2)
                record.count = Int(bytes[...].word(at: 4))
                return record
            }
        case .writeSingle:
            return shapes(at: start, [8]) { bytes in
                record.kind = bytes == lastWrite ? .answer : .request
                record.address = bytes[...].word(at: 2)
                record.registers = [bytes[...].word(at: 4)]
                return record
            }
        case .writeMultiple:
            guard pending.count >= start + 7 else { return .more }
            let count = Int(pending[start + 6])
            let canAsk = count > 0 && count % 2 == 0 && count <= 2 * ModbusRequest.writeLimit
            return shapes(at: start, canAsk ? [8, 9 + count] : [8]) { bytes in
                record.kind = bytes.count == 8 ? .answer : .request
                record.address = bytes[...].word(at: 2)
                record.count = Int(bytes[...].word(at: 4))
                if bytes.count > 8 { record.registers = (0..<count / 2).map { bytes[...].word(at: 7 + 2 * $0) } }
                return record
            }
        }
    }

    private static func answer(_ record: ModbusRecord, _ bytes: [UInt8]) -> ModbusRecord {
        var record = record
        record.kind = .answer
        record.registers = (0..<Int(bytes[2]) / 2).map { bytes[...].word(at: 3 + 2 * $0) }
        return record
    }

    /// The first of these lengths at which the checksum holds.
    private func shapes(at start: Int, _ lengths: [Int], _ record: ([UInt8]) -> ModbusRecord) -> Match {
        for length in lengths {
            guard pending.count >= start + length else { return .more }
            let bytes = pending.bytes(start..<start + length)
            if ModbusCRC.isValid(bytes[...]) { return .frame(record(bytes), length: length) }
        }
        return .wrongChecksum
    }
}

/// One frame of a Modbus dump.
public struct ModbusRecord: DecodedRecord, Hashable {
    public enum Kind: String, Encodable, Hashable, Sendable { case request, answer, refusal }

    public var unit: UInt8
    public var kind: Kind
    public var function: UInt8
    /// First register, where the frame names it.
    public var address: UInt16?
    /// How many registers are asked for or were written.
    public var count: Int?
    public var registers: [UInt16]?
    public var exception: String?

    public init(unit: UInt8, kind: Kind, function: UInt8) {
        self.unit = unit
        self.kind = kind
        self.function = function
    }

    public var summary: String {
        var words = ["unit \(unit)", kind.rawValue, "function \(function)"]
        if let address { words.append("at 0x" + String(address, radix: 16)) }
        if let count { words.append("\(count) registers") }
        if let registers { words.append(registers.map(String.init).joined(separator: " ")) }
        if let exception { words.append(exception) }
        return words.joined(separator: " ")
    }
}
