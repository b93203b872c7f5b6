/// The one packet in which several servos answer a fast sync read or a fast bulk read: `error id data crc` from each, the
/// checksum being that of everything on the line so far. It is never stuffed.
///
/// Source: ROBOTIS e-manual, "Fast Sync Read (0x8A)", "Fast Bulk Read (0x9A)"; ROBOTIS DynamixelSDK.
public struct DynamixelFastAnswer: Hashable, Sendable {
    /// One servo's part.
    public struct Part: Hashable, Sendable {
        public var id: UInt8
        public var error: DynamixelStatusError
        public var data: [UInt8]

        public init(id: UInt8, error: DynamixelStatusError, data: [UInt8]) {
            self.id = id
            self.error = error
            self.data = data
        }
    }

    /// In the order of the question.
    public var parts: [Part]

    public init(parts: [Part]) { self.parts = parts }

    /// The bytes on the line, when every servo answers.
    public var encoded: [UInt8] { encoded(announcing: parts.map(\.data.count)) }

    /// The bytes on the line when `count` servos were asked for as much as the first, and only these answer: the rest of
    /// the packet is missing.
    public func encoded(announcing count: Int) -> [UInt8] {
        encoded(announcing: [Int](repeating: parts.first?.data.count ?? 0, count: count))
    }

    /// The bytes on the line when so many bytes were asked of each servo, and only these answer.
    public func encoded(announcing lengths: [Int]) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xFF, 0xFD, 0x00, DynamixelPacket.broadcastID]
        bytes += LittleEndian.bytes(UInt16(clamping: 1 + lengths.reduce(0) { $0 + $1 + 4 }))
        bytes.append(DynamixelPacket.Instruction.status.rawValue)
        for part in parts {
            bytes += [part.error.rawValue, part.id] + part.data
            bytes += LittleEndian.bytes(CRC16UMTS(bytes).value)
        }
        return bytes
    }

    /// Reads a whole packet that the decoder found (its last checksum has been tested); every servo was asked for as much.
    public init?(_ packet: DynamixelPacket, dataLength: Int) {
        let size = dataLength + 4
        guard dataLength >= 0, !packet.parameters.isEmpty, (packet.parameters.count + 2) % size == 0 else { return nil }
        self.init(
            packet, dataLengths: [Int](repeating: dataLength, count: (packet.parameters.count + 2) / size))
    }

    /// Reads a whole packet that the decoder found, of servos that were asked for so many bytes each.
    public init?(_ packet: DynamixelPacket, dataLengths: [Int]) {
        guard packet.id == DynamixelPacket.broadcastID, packet.instruction == .status else { return nil }
        // The decoder took the last checksum off.
        let bytes = packet.parameters
        guard !dataLengths.isEmpty, dataLengths.reduce(0, { $0 + $1 + 4 }) == bytes.count + 2 else { return nil }
        parts = []
        var start = 0
        for length in dataLengths {
            parts.append(
                Part(
                    id: bytes[start + 1], error: DynamixelStatusError(rawValue: bytes[start]),
                    data: Array(bytes[start + 2..<start + 2 + length])))
            start += length + 4
        }
    }

    /// Reads as many parts as are whole from bytes that end too early: a servo in the row did not answer, and those
    /// behind it wait for it in vain. Each part's own checksum is tested.
    public init(truncated bytes: [UInt8], dataLength: Int) {
        self.init(truncated: bytes) { _ in dataLength }
    }

    /// The same for servos that were asked for so many bytes each.
    public init(truncated bytes: [UInt8], dataLengths: [Int]) {
        self.init(truncated: bytes) { $0 < dataLengths.count ? dataLengths[$0] : nil }
    }

    private init(truncated bytes: [UInt8], length: (Int) -> Int?) {
        parts = []
        let head: [UInt8] = [0xFF, 0xFF, 0xFD, 0x00, DynamixelPacket.broadcastID]
        guard bytes.count > 8, Array(bytes.prefix(5)) == head,
            bytes[7] == DynamixelPacket.Instruction.status.rawValue
        else { return }
        var crc = CRC16UMTS(bytes.prefix(8))
        var start = 8
        while let dataLength = length(parts.count), dataLength >= 0, start + dataLength + 4 <= bytes.count {
            let end = start + 2 + dataLength
            for byte in bytes[start..<end] { crc.update(byte) }
            guard LittleEndian.number(UInt16.self, in: bytes, at: end) == crc.value else { return }
            for byte in bytes[end..<end + 2] { crc.update(byte) }
            parts.append(
                Part(
                    id: bytes[start + 1], error: DynamixelStatusError(rawValue: bytes[start]),
                    data: Array(bytes[start + 2..<end])))
            start = end + 2
        }
    }
}
