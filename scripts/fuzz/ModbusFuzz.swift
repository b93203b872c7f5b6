import DeviceProtocols
import RobotModel

/// Any bytes into the decoders of both sides, in pieces whose lengths the input chooses: what is found in them must be
/// the same when it is packed and found again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    guard let shape = bytes.first else { return 0 }
    let request: ModbusRequest =
        switch shape & 3 {
        case 0: .readHolding(address: 0x20A5, count: 1 + Int(shape >> 2))
        case 1: .readInput(address: 0, count: 1 + Int(shape >> 2))
        case 2: .write(address: 0x200E, value: UInt16(shape))
        default: .writeMultiple(address: 0x2088, values: [UInt16(shape), 0])
        }
    var client = ModbusResponseDecoder()
    client.expect(request, from: 1)
    var server = ModbusRequestDecoder(silence: .milliseconds(3))
    var now = Instant.zero
    var rest = bytes.dropFirst()
    while let length = rest.first {
        let piece = rest.dropFirst().prefix(Int(length))
        rest = rest.dropFirst(1 + piece.count)
        // Checksums are rarely met by chance: every other piece gets one, so that what lies behind them is reached.
        let frame = length & 1 == 0 ? Array(piece) : sealed(piece)
        if let response = client.receive(frame[...]) {
            var again = ModbusResponseDecoder()
            again.expect(request, from: 1)
            precondition(again.receive(response.frame(unit: 1)[...]) == response)
            client.expect(request, from: 1)
        }
        for found in server.receive(frame[...], at: now) {
            guard case .request(let request) = found.content else { continue }
            var again = ModbusRequestDecoder(silence: .milliseconds(3))
            precondition(again.receive(request.frame(unit: found.unit)[...], at: .zero) == [found])
            _ = RelayBoxMap.command(request)
            _ = BoxRadioMap.command(request)
            if case .writeMultiple(_, let registers) = request {
                _ = RelayBoxMap.report(registers)
                _ = BoxRadioMap.state(registers, reported: now)
                _ = ZLAC8015DFeedback(registers: registers)
            }
        }
        now += .milliseconds(Int64(length & 7))
    }
    // A dump of the same bytes, in whole and in halves.
    let cut = min(Int(shape), bytes.count)
    var whole = ModbusStreamDecoder()
    var halves = ModbusStreamDecoder(answersTo: [request])
    whole.decode(bytes[...]) { _ in }
    for part in [bytes[..<cut], bytes[cut...]] { halves.decode(part) { precondition(!$0.summary.isEmpty) } }
    precondition(whole.counters.skippedBytes <= bytes.count)
    return 0
}

private func sealed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let crc = ModbusCRC.checksum(bytes)
    return bytes + [UInt8(truncatingIfNeeded: crc), UInt8(crc >> 8)]
}
