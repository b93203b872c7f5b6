/// Finds Dynamixel packets in a stream of bytes; both sides of the bus use it.
///
/// A packet that fails its checksum costs one byte and not what stands behind it. Parameters come without stuffing, but
/// the answer to a fast sync read as it is, for it is never stuffed.
public struct DynamixelDecoder: Sendable {
    /// Packets whose checksum was wrong.
    public private(set) var checksumErrors = 0
    /// How often the place of the next packet had to be searched for.
    public private(set) var resyncs = 0
    /// Bytes that belonged to no packet.
    public private(set) var skippedBytes = 0
    /// Whole packets.
    public private(set) var frames = 0

    private var pending = PendingBytes()
    private var inGap = false

    public init() {}

    /// Forgets a packet that has begun; for the end of a wait.
    public mutating func reset() {
        pending.removeAll()
        inGap = false
    }

    /// The bytes of a packet that has begun and not ended.
    public var unfinished: [UInt8] { pending.bytes(0..<pending.count) }

    /// Takes bytes in order and calls `body` for each packet.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (DynamixelPacket) -> Void) {
        pending.append(bytes)
        while step(body) {}
        pending.compact()
    }

    private mutating func step(_ body: (DynamixelPacket) -> Void) -> Bool {
        let header: [UInt8] = [0xFF, 0xFF, 0xFD, 0x00]
        for index in 0..<min(4, pending.count) where pending[index] != header[index] { return skip() }
        guard pending.count >= 7 else { return false }
        let length = Int(pending.word(at: 5))
        guard length >= 3, length <= DynamixelPacket.maximumLength, pending[4] != 0xFF, pending[4] != 0xFD else {
            return skip()
        }
        let total = length + 7
        guard pending.count >= total else { return false }
        var crc = CRC16UMTS()
        for index in 0..<total - 2 { crc.update(pending[index]) }
        guard crc.value == pending.word(at: total - 2) else {
            checksumErrors += 1
            return skip()
        }
        let id = pending[4]
        let instruction = DynamixelPacket.Instruction(rawValue: pending[7])
        let raw = pending.bytes(8..<total - 2)
        let fast = instruction == .status && id == DynamixelPacket.broadcastID
        pending.drop(total)
        inGap = false
        frames += 1
        body(DynamixelPacket(id: id, instruction, fast ? raw : DynamixelPacket.unstuffed(raw)))
        return true
    }

    private mutating func skip() -> Bool {
        if !inGap { resyncs += 1 }
        inGap = true
        skippedBytes += 1
        pending.drop(1)
        return true
    }
}
