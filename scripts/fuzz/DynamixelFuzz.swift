import DeviceProtocols

/// Any bytes into the decoders, in two cuts; what is found is packed and found again; and any write into a control table.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let first = bytes.first else { return 0 }
    let cut = min(Int(first), bytes.count)

    var decoder = DynamixelDecoder()
    var packets: [DynamixelPacket] = []
    for part in [bytes[..<cut], bytes[cut...]] { decoder.decode(part) { packets.append($0) } }
    _ = DynamixelFastAnswer(truncated: decoder.unfinished, dataLength: Int(first) % 12)
    _ = DynamixelFastAnswer(truncated: decoder.unfinished, dataLengths: bytes.prefix(6).map { Int($0) % 9 })
    var stream = DynamixelStreamDecoder()
    stream.decode(bytes[...]) { _ = $0.summary }
    // Checksums are rarely met by chance: the bytes as parameters reach what lies behind them.
    packets.append(DynamixelPacket(id: first % 253, .write, bytes))
    for packet in packets {
        _ = DynamixelFastAnswer(packet, dataLength: Int(first) % 12)
        _ = DynamixelFastAnswer(packet, dataLengths: bytes.prefix(6).map { Int($0) % 9 })
        for instruction in [DynamixelPacket.Instruction.fastSyncRead, .fastBulkRead, .status] {
            let group = DynamixelPacket(id: DynamixelPacket.broadcastID, instruction, packet.parameters)
            stream.decode(group.encoded[...]) { _ = $0.summary }
        }
        guard packet.id != DynamixelPacket.broadcastID, packet.encoded.count < DynamixelPacket.maximumLength else {
            continue
        }
        var found: [DynamixelPacket] = []
        var second = DynamixelDecoder()
        second.decode(packet.encoded) { found.append($0) }
        precondition(found == [packet])
    }
    var table = DynamixelControlTable(id: 1)
    if bytes.count > 3 {
        let address = Int(bytes[1]) | Int(bytes[2] & 3) << 8
        _ = table.write(
            address: address, Array(bytes[3...]), torqueOn: first & 1 == 1, goalsClosed: first & 2 == 2)
        _ = table.read(address: address, count: Int(first))
    }
    return 0
}
