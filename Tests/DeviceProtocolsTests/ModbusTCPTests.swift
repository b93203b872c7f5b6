import DeviceProtocols
import RobotModel
import Testing

@Suite("Modbus TCP")
struct ModbusTCPTests {
    /// MODBUS Messaging on TCP/IP Implementation Guide V1.0b, section 4.4.2.1: reading register 5 of unit 0xFF in
    /// transaction 0x1501, with the answer that holds the value 5.
    private let question: [UInt8] = [0x15, 0x01, 0x00, 0x00, 0x00, 0x06, 0xFF, 0x03, 0x00, 0x04, 0x00, 0x01]
    private let answer: [UInt8] = [0x15, 0x01, 0x00, 0x00, 0x00, 0x05, 0xFF, 0x03, 0x02, 0x00, 0x05]

    @Test("the specification's example of a request has its bytes")
    func request() {
        let request = ModbusRequest.readHolding(address: 4, count: 1)
        #expect(ModbusTCPFrame(transaction: 0x1501, serialFrame: request.frame(unit: 0xFF)).bytes == question)
    }

    @Test("the specification's example of an answer is found, with its transaction")
    func response() throws {
        var decoder = ModbusTCPDecoder()
        let frame = try #require(decoder.receive(answer[...]).first)
        #expect(frame.transaction == 0x1501)
        var client = ModbusResponseDecoder()
        client.expect(.readHolding(address: 4, count: 1), from: 0xFF)
        #expect(client.receive(frame.serialFrame[...]) == .registers([5], function: .readHolding))
    }

    @Test("frames are found however the connection cuts them")
    func pieces() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<300 {
            let frames = (0..<5).map { _ in
                ModbusTCPFrame(
                    transaction: UInt16.random(in: .min ... .max, using: &random),
                    unit: UInt8.random(in: 0...255, using: &random),
                    content: (0..<Int.random(in: 1...253, using: &random)).map { _ in
                        UInt8.random(in: 0...255, using: &random)
                    })
            }
            var rest = frames.flatMap(\.bytes)[...]
            var decoder = ModbusTCPDecoder()
            var found: [ModbusTCPFrame] = []
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...300, using: &random))
                rest = rest.dropFirst(piece.count)
                found += decoder.receive(piece)
            }
            #expect(found == frames)
        }
    }

    @Test(
        "a header of another protocol or of an impossible length drops what has come, and the next frame is found",
        arguments: [
            [0x15, 0x01, 0x00, 0x01, 0x00, 0x06, 0xFF], [0x15, 0x01, 0x00, 0x00, 0x00, 0x01, 0xFF],
            [0, 0, 0, 0, 1, 0, 9],
        ])
    func broken(header: [UInt8]) {
        var decoder = ModbusTCPDecoder()
        #expect(decoder.receive(header[...]).isEmpty)
        #expect(decoder.resyncs == 1)
        #expect(decoder.receive(answer[...]).count == 1)
    }
}
