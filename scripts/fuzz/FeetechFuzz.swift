import DeviceProtocols

/// Any bytes into the decoder, in two cuts; what it finds is packed and found again; and any write into a memory.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)

    var decoder = FeetechDecoder()
    var packets: [FeetechPacket] = []
    for part in [bytes[..<cut], bytes[cut...]] { decoder.decode(part) { packets.append($0) } }
    // Checksums are not often met by chance: the bytes as parameters reach what lies behind them.
    packets.append(FeetechPacket(id: first % 254, code: first, Array(bytes.prefix(FeetechPacket.maximumParameters))))
    var stream = FeetechStreamDecoder()
    stream.decode(bytes[...]) { _ = $0.summary }
    for packet in packets {
        _ = FeetechFeedback(packet.parameters)
        stream.decode(packet.encoded[...]) { _ = $0.summary }
        var found: [FeetechPacket] = []
        var second = FeetechDecoder()
        second.decode(packet.encoded) { found.append($0) }
        precondition(found == [packet])
    }
    var memory = FeetechMemory(id: 1)
    memory.write(address: Int(first), bytes)
    _ = memory.read(address: Int(first), count: cut)
    for register in STS.all {
        precondition(register.value(in: register.bytes(memory[register])) == memory[register])
    }
    return 0
}
