import DeviceProtocols
import RobotModel
import Testing

@Suite("Dumps of a Modbus line")
struct ModbusStreamDecoderTests {
    private func decode(_ bytes: [UInt8], cut: Int? = nil) -> (records: [ModbusRecord], counters: FrameCounters) {
        var decoder = ModbusStreamDecoder()
        var records: [ModbusRecord] = []
        for part in [bytes.prefix(cut ?? bytes.count), bytes.dropFirst(cut ?? bytes.count)] {
            decoder.decode(part) { if let record = $0 as? ModbusRecord { records.append(record) } }
        }
        return (records, decoder.counters)
    }

    private let talk: [UInt8] =
        ZLAC8015DFeedback.request.frame(unit: 1)
        + ModbusResponse.registers([0, 0, 1, 2, 3, 4, 5, 0xFFFF], function: .readHolding).frame(unit: 1)
        + ModbusRequest.write(address: 0x200E, value: 8).frame(unit: 1)
        + ModbusResponse.wrote(address: 0x200E, value: 8).frame(unit: 1)
        + ModbusRequest.writeMultiple(address: 0x2088, values: [10, 0xFFF6]).frame(unit: 1)
        + ModbusResponse.wroteMultiple(address: 0x2088, count: 2).frame(unit: 1)
        + ModbusRequest.readHolding(address: 0x9999, count: 1).frame(unit: 1)
        + ModbusResponse.exception(.illegalAddress, function: 3).frame(unit: 1)

    @Test("both directions are told apart, at whatever place the bytes are cut")
    func bothDirections() {
        for cut in 0...talk.count {
            let (records, counters) = decode(talk, cut: cut)
            #expect(
                records.map(\.kind) == [
                    .request, .answer, .request, .answer, .request, .answer, .request, .refusal,
                ], "cut \(cut)")
            #expect(counters == FrameCounters(frames: 8))
        }
        let records = decode(talk).records
        #expect(records[0].address == 0x20A5 && records[0].count == 8)
        #expect(records[1].registers == [0, 0, 1, 2, 3, 4, 5, 0xFFFF])
        #expect(records[4].registers == [10, 0xFFF6])
        #expect(records[7].exception == "illegal data address (2)")
    }

    @Test("answers alone are answers")
    func answersAlone() {
        let answer = ModbusResponse.registers([7], function: .readHolding).frame(unit: 1)
        #expect(decode(answer + answer).records.map(\.registers) == [[7], [7]])
    }

    @Test("noise in front of a frame, and a beginning that never ends, cost no frame behind them")
    func noise() {
        let answer = ModbusResponse.registers([7], function: .readHolding).frame(unit: 1)
        // 01 03 FA looks like an answer of 250 bytes, which this dump will never have.
        let (records, counters) = decode([0xFF, 0x55, 0x01, 0x03, 0xFA, 0x00] + answer + answer)
        #expect(records.map(\.registers) == [[7], [7]])
        #expect(counters.skippedBytes == 6)
    }

    @Test("a frame with a wrong bit is never shown", arguments: 0..<50)
    func wrongBit(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var bytes = ModbusResponse.registers([1, 2, 3], function: .readHolding).frame(unit: 1)
        bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << Int.random(in: 0..<8, using: &random)
        #expect(decode(bytes).records.isEmpty)
    }

    @Test("a unit that refuses the question is not recognised as the drive")
    func refusalIsNoProof() {
        var decoder = ProtocolCard.zlac8015d.decoder()
        decoder.decode(ModbusResponse.exception(.illegalAddress, function: 3).frame(unit: 1)[...]) { _ in }
        decoder.decode(ModbusResponse.registers([1, 2], function: .readHolding).frame(unit: 1)[...]) { _ in }
        #expect(!ProtocolCard.zlac8015d.recognises(decoder.counters))
        decoder.decode(ModbusResponse.registers([3], function: .readHolding).frame(unit: 1)[...]) { _ in }
        decoder.decode(
            ModbusResponse.registers([0, 0, 0, 0, 0, 0, 0, 0], function: .readHolding).frame(unit: 1)[...]
        ) { _ in }
        #expect(ProtocolCard.zlac8015d.recognises(decoder.counters))
    }
}
