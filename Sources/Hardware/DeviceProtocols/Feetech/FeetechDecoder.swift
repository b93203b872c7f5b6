/// Finds Feetech packets in a stream of bytes; both sides of the bus use it.
///
/// A packet that fails its checksum costs one byte and not what stands behind it. The checksum has 8 bits: whoever asks
/// also tests id and length of the answer.
public struct FeetechDecoder: Sendable {
    public private(set) var counters = FrameCounters()
    private var pending = PendingBytes()
    private var inGap = false

    public init() {}

    /// Forgets a packet that has begun; for the end of a wait.
    public mutating func reset() {
        pending.removeAll()
        inGap = false
    }

    /// Takes bytes in order and calls `body` for each packet.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (FeetechPacket) -> Void) {
        pending.append(bytes)
        while step(body) {}
        pending.compact()
    }

    private mutating func step(_ body: (FeetechPacket) -> Void) -> Bool {
        for index in 0..<min(2, pending.count) where pending[index] != 0xFF { return skip() }
        guard pending.count >= 4 else { return false }
        // Three FF in a row: the header begins one byte later.
        guard pending[2] <= FeetechPacket.broadcastID, (2...252).contains(pending[3]) else { return skip() }
        let total = Int(pending[3]) + 4
        guard pending.count >= total else { return false }
        var sum: UInt8 = 0
        for index in 2..<total - 1 { sum &+= pending[index] }
        guard ~sum == pending[total - 1] else {
            counters.checksumErrors += 1
            return skip()
        }
        let packet = FeetechPacket(id: pending[2], code: pending[4], pending.bytes(5..<total - 1))
        pending.drop(total)
        inGap = false
        counters.frames += 1
        body(packet)
        return true
    }

    private mutating func skip() -> Bool {
        if !inGap { counters.resyncs += 1 }
        inGap = true
        counters.skippedBytes += 1
        pending.drop(1)
        return true
    }
}
