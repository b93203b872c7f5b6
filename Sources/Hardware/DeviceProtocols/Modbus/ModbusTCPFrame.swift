/// One Modbus frame on a TCP connection: a header in place of the serial line's checksum.
///
///     transaction (2 bytes) · protocol (2, always 0) · length of the rest (2) · unit (1) · function and data (1...253)
///
/// Source: MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 3.1.3 (MBAP header).
public struct ModbusTCPFrame: Hashable, Sendable {
    /// Chosen by the client; the answer bears the same.
    public var transaction: UInt16
    public var unit: UInt8
    /// Function code and data, without checksum.
    public var content: [UInt8]

    static let headerLength = 7
    /// MODBUS Application Protocol V1.1b3, section 4.1.
    public static let contentLimit = 253

    public init(transaction: UInt16, unit: UInt8, content: [UInt8]) {
        precondition((1...Self.contentLimit).contains(content.count), "a frame holds 1 to 253 bytes")
        self.transaction = transaction
        self.unit = unit
        self.content = content
    }

    /// The frame that carries what a serial line's frame (unit, content, checksum) carries.
    public init(transaction: UInt16, serialFrame: [UInt8]) {
        self.init(
            transaction: transaction, unit: serialFrame[0], content: Array(serialFrame[1..<serialFrame.count - 2]))
    }

    /// The same on a serial line, with checksum.
    public var serialFrame: [UInt8] { ModbusCRC.sealed([unit] + content) }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(word: transaction)
        bytes.append(word: 0)
        bytes.append(word: UInt16(content.count + 1))
        bytes.append(unit)
        return bytes + content
    }
}

/// Finds the frames in the bytes of a TCP connection.
///
/// Nothing marks a frame's beginning: after a header that makes no sense everything that has come is dropped, and the search
/// begins anew with what comes next.
public struct ModbusTCPDecoder: Sendable {
    private var buffer: [UInt8] = []
    /// Times a header made no sense.
    public private(set) var resyncs = 0

    public init() {}

    /// Forgets what has come in: another connection begins.
    public mutating func reset() { buffer.removeAll(keepingCapacity: true) }

    /// Takes bytes and returns the frames that they complete.
    public mutating func receive(_ bytes: ArraySlice<UInt8>) -> [ModbusTCPFrame] {
        buffer += bytes
        var frames: [ModbusTCPFrame] = []
        var start = 0
        while buffer.count - start >= ModbusTCPFrame.headerLength {
            let rest = buffer[start...]
            let length = Int(rest.word(at: 4))
            guard rest.word(at: 2) == 0, (2...ModbusTCPFrame.contentLimit + 1).contains(length) else {
                resyncs += 1
                reset()
                return frames
            }
            let end = start + 6 + length
            guard end <= buffer.count else { break }
            frames.append(
                ModbusTCPFrame(
                    transaction: rest.word(at: 0), unit: buffer[start + 6], content: Array(buffer[start + 7..<end])))
            start = end
        }
        buffer.removeFirst(start)
        return frames
    }
}
