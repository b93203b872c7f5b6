import DeviceProtocols
import RobotModel
import Testing

@Suite("A dump of a Feetech bus")
struct FeetechStreamDecoderTests {
    private func records(_ packets: [FeetechPacket]) -> [FeetechRecord] {
        var decoder = FeetechStreamDecoder()
        var records: [FeetechRecord] = []
        for packet in packets {
            decoder.decode(packet.encoded[...]) { if let record = $0 as? FeetechRecord { records.append(record) } }
        }
        return records
    }

    @Test("questions and answers are told apart, and an angle is read from the standard block")
    func both() {
        let block = hex("000c 0000 0000 7b 29 00 00 00 0000 0a00")
        let found = records([
            .syncRead(address: 56, length: 15, ids: [1, 2]), .status(1, [], block), .status(2, .overload, block),
            .read(1, STS.lock), .status(1, .voltage, [1]), .ping(3), .status(3, []),
            .syncWrite(STS.torqueEnable, [(1, 1)]),
        ])
        #expect(
            found.map(\.kind) == [
                "syncRead", "status", "status", "read", "status", "ping", "status", "syncWrite",
            ])
        #expect(abs((found[1].position ?? 0) - .pi / 2) < 1e-9 && found[1].volts == 12.3)
        #expect(found[2].alerts == ["overload"] && found[4].alerts == ["input voltage"] && found[4].position == nil)
    }

    @Test("answers alone are read as far as nobody is in alert")
    func answersAlone() {
        let found = records([.status(1, [], hex("0008 0000 0000 7b 29 00 00 00 0000 0000")), .status(2, [])])
        #expect(found.map(\.kind) == ["status", "status"] && found[0].position == 0)
    }
}
