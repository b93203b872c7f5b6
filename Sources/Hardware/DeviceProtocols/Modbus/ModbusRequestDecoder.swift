public import RobotModel

/// One frame that a client put on the line.
public struct ModbusServerFrame: Hashable, Sendable {
    /// What the frame asks.
    public enum Content: Hashable, Sendable {
        /// A request that makes sense.
        case request(ModbusRequest)
        /// A function that the house does not use, or a count outside the protocol's limits: answer with the exception.
        case refused(ModbusException, function: UInt8)
    }

    /// The unit it is for; 0 is a broadcast, which nobody answers.
    public var unit: UInt8
    public var content: Content

    public init(unit: UInt8, content: Content) {
        self.unit = unit
        self.content = content
    }
}

/// Finds requests, for any unit, in the bytes on the line.
///
/// The server's side: a frame's length follows from its function, and from the silence after it where the function is
/// unknown. A wrong checksum slides the search by one byte; a silence drops what is left of a broken frame.
public struct ModbusRequestDecoder: Sendable {
    private var buffer: [UInt8] = []
    private var lastByte: Instant?
    /// The silence that ends a frame.
    private let silence: Duration

    /// Times a frame of the right length had a wrong checksum.
    public private(set) var checksumErrors = 0

    /// The largest frame of the protocol: 256 bytes.
    private static let frameLimit = 256

    /// `silence` is the pause that ends a frame: at least `ModbusTiming.frameGap` of the line.
    public init(silence: Duration) { self.silence = silence }

    /// Takes bytes that arrived at a moment and returns the frames that they complete.
    public mutating func receive(_ bytes: ArraySlice<UInt8>, at now: Instant) -> [ModbusServerFrame] {
        if let lastByte, now - lastByte > silence { buffer.removeAll(keepingCapacity: true) }
        if !bytes.isEmpty { lastByte = now }
        buffer.append(contentsOf: bytes)
        var frames: [ModbusServerFrame] = []
        var start = 0
        // Where a frame of a function unknown here may have begun; kept while nothing better is found behind it.
        var undecided: Int?
        search: while start < buffer.count {
            switch Self.match(buffer[start...]) {
            case .frame(let frame, let length):
                frames.append(frame)
                start += length
                undecided = nil
            case .more: break search
            case .undecided:
                if undecided == nil { undecided = start }
                start += 1
            case .wrongChecksum:
                checksumErrors += 1
                start += 1
            case .other:
                start += 1
            }
        }
        buffer.removeFirst(undecided ?? start)
        return frames
    }

    private enum Match {
        case frame(ModbusServerFrame, length: Int)
        case more, undecided, wrongChecksum, other
    }

    private static func match(_ bytes: ArraySlice<UInt8>) -> Match {
        let first = bytes.startIndex
        guard bytes.count >= 2 else { return .more }
        let unit = bytes[first]
        guard unit <= 247 else { return .other }
        guard let function = ModbusFunction(rawValue: bytes[first + 1]) else { return unknown(bytes) }
        var length = 8
        if function == .writeMultiple {
            guard bytes.count >= 7 else { return .more }
            length = 9 + Int(bytes[first + 6])
            guard length <= frameLimit else { return .other }
        }
        guard bytes.count >= length else { return .more }
        let frame = bytes.prefix(length)
        guard ModbusCRC.isValid(frame) else { return .wrongChecksum }
        return .frame(ModbusServerFrame(unit: unit, content: content(frame, function)), length: length)
    }

    private static func content(_ frame: ArraySlice<UInt8>, _ function: ModbusFunction) -> ModbusServerFrame.Content {
        let address = frame.word(at: 2)
        let count = Int(frame.word(at: 4))
        let refused = ModbusServerFrame.Content.refused(.illegalValue, function: function.rawValue)
        switch function {
        case .readHolding, .readInput:
            guard (1...ModbusRequest.readLimit).contains(count) else { return refused }
            return .request(
                function == .readHolding
                    ? .readHolding(address: address, count: count) : .readInput(address: address, count: count))
        case .writeSingle:
            return .request(.write(address: address, value: frame.word(at: 4)))
        case .writeMultiple:
            guard (1...ModbusRequest.writeLimit).contains(count), frame.count == 9 + 2 * count else { return refused }
            let values = (0..<count).map { frame.word(at: 7 + 2 * $0) }
            return .request(.writeMultiple(address: address, values: values))
        }
    }

    /// A function whose length is not known here: the shortest prefix whose checksum holds is the frame.
    private static func unknown(_ bytes: ArraySlice<UInt8>) -> Match {
        let first = bytes.startIndex
        guard bytes[first + 1] != 0, bytes[first + 1] < 0x80 else { return .other }
        var crc = ModbusCRC.initial
        var length = 0
        for byte in bytes.prefix(frameLimit) {
            crc = ModbusCRC.next(crc, byte)
            length += 1
            // The shortest frame is unit, function and checksum; over a frame with its checksum the checksum is zero.
            if length >= 4, crc == 0 {
                let content = ModbusServerFrame.Content.refused(.illegalFunction, function: bytes[first + 1])
                return .frame(ModbusServerFrame(unit: bytes[first], content: content), length: length)
            }
        }
        return bytes.count >= frameLimit ? .other : .undecided
    }
}
