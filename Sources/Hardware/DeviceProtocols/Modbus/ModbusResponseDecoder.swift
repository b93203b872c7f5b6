/// Finds the answer to one request in the bytes that arrive, whatever lies around it.
///
/// The client's side of the line: it knows which unit it asked what, so it knows the answer's length and never waits for
/// a silence to find a frame's end. Bytes that cannot begin the answer (noise, an echo of the own request, a late answer
/// to an older request) are skipped and counted.
public struct ModbusResponseDecoder: Sendable {
    private var buffer: [UInt8] = []
    private var expected: (unit: UInt8, request: ModbusRequest)?

    /// Bytes skipped since the request was expected.
    public private(set) var skippedBytes = 0
    /// Frames of the right shape with a wrong checksum, since the start.
    public private(set) var checksumErrors = 0
    /// Whether anything has arrived since the request was expected.
    public private(set) var hasHeard = false

    public init() {}

    /// Forgets what came before and looks for the answer to this request.
    public mutating func expect(_ request: ModbusRequest, from unit: UInt8) {
        buffer.removeAll(keepingCapacity: true)
        expected = (unit, request)
        skippedBytes = 0
        hasHeard = false
    }

    /// Stops looking; later bytes are noise.
    public mutating func cancel() {
        expected = nil
        buffer.removeAll(keepingCapacity: true)
    }

    /// Takes bytes and returns the answer once it is complete and its checksum holds.
    public mutating func receive(_ bytes: ArraySlice<UInt8>) -> ModbusResponse? {
        guard let (unit, request) = expected, !bytes.isEmpty else { return nil }
        hasHeard = true
        buffer.append(contentsOf: bytes)
        var start = 0
        var answer: ModbusResponse?
        search: while start < buffer.count {
            switch Self.match(buffer[start...], unit: unit, request: request) {
            case .answer(let response):
                answer = response
                break search
            case .more:
                break search
            case .wrongChecksum:
                checksumErrors += 1
                start += 1
            case .other:
                start += 1
            }
        }
        skippedBytes += start
        if answer != nil {
            cancel()
        } else {
            buffer.removeFirst(start)
        }
        return answer
    }

    private enum Match {
        case answer(ModbusResponse)
        case more, wrongChecksum, other
    }

    private static func match(_ bytes: ArraySlice<UInt8>, unit: UInt8, request: ModbusRequest) -> Match {
        let first = bytes.startIndex
        guard bytes[first] == unit else { return .other }
        guard bytes.count >= 2 else { return .more }
        let function = request.function
        if bytes[first + 1] == function.rawValue | 0x80 {
            guard bytes.count >= 5 else { return .more }
            let frame = bytes.prefix(5)
            guard ModbusCRC.isValid(frame) else { return .wrongChecksum }
            let exception = ModbusException(rawValue: frame[first + 2])
            return .answer(.exception(exception, function: function.rawValue))
        }
        guard bytes[first + 1] == function.rawValue else { return .other }
        let length = request.answerLength
        switch request {
        case .readHolding(_, let count), .readInput(_, let count):
            guard bytes.count >= 3 else { return .more }
            guard Int(bytes[first + 2]) == 2 * count else { return .other }
            guard bytes.count >= length else { return .more }
            let frame = bytes.prefix(length)
            guard ModbusCRC.isValid(frame) else { return .wrongChecksum }
            return .answer(.registers((0..<count).map { frame.word(at: 3 + 2 * $0) }, function: function))
        case .write(let address, let value):
            guard bytes.count >= length else { return .more }
            let frame = bytes.prefix(length)
            guard frame.word(at: 2) == address, frame.word(at: 4) == value else { return .other }
            guard ModbusCRC.isValid(frame) else { return .wrongChecksum }
            return .answer(.wrote(address: address, value: value))
        case .writeMultiple(let address, let values):
            guard bytes.count >= length else { return .more }
            let frame = bytes.prefix(length)
            guard frame.word(at: 2) == address, frame.word(at: 4) == UInt16(values.count) else { return .other }
            guard ModbusCRC.isValid(frame) else { return .wrongChecksum }
            return .answer(.wroteMultiple(address: address, count: values.count))
        }
    }
}
