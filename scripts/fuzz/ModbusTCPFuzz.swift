import DeviceProtocols
import RobotModel

/// Any bytes as what a connection brings, in pieces whose lengths the input chooses: what is found in them must be the same
/// when it is packed and found again, and must do no harm to what reads on.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    var decoder = ModbusTCPDecoder()
    var rest = bytes[...]
    while let length = rest.first {
        let piece = rest.dropFirst().prefix(Int(length))
        rest = rest.dropFirst(1 + piece.count)
        for frame in decoder.receive(piece) {
            var again = ModbusTCPDecoder()
            precondition(again.receive(frame.bytes[...]) == [frame])
            precondition(ModbusTCPFrame(transaction: frame.transaction, serialFrame: frame.serialFrame) == frame)
            var server = ModbusRequestDecoder(silence: .zero)
            for asked in server.receive(frame.serialFrame[...], at: .zero) {
                guard case .request(let request) = asked.content else { continue }
                _ = RelayBoxMap.command(request)
                var client = ModbusResponseDecoder()
                client.expect(request, from: asked.unit)
                _ = client.receive(frame.serialFrame[...])
            }
        }
    }
    precondition(decoder.resyncs <= bytes.count)
    return 0
}
