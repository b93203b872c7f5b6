import DeviceProtocols
import RobotModel
import Testing

@Suite("Dynamixel decoder")
struct DynamixelDecoderTests {
    private func packet(_ random: inout SeededRandom) -> DynamixelPacket {
        let count = Int.random(in: 1...12, using: &random)
        let parameters = (0..<count).map { _ in
            Bool.random(using: &random) ? 0xFF : UInt8.random(in: 0...255, using: &random)
        }
        return DynamixelPacket(id: UInt8.random(in: 1...7, using: &random), .status, parameters)
    }

    @Test("it does not matter how the bytes are cut")
    func chunks() {
        var random = SeededRandom(seed: 11)
        let sent = (0..<200).map { _ in packet(&random) }
        var bytes = sent.flatMap(\.encoded)[...]
        var decoder = DynamixelDecoder()
        var found: [DynamixelPacket] = []
        while !bytes.isEmpty {
            let count = Int.random(in: 1...40, using: &random)
            decoder.decode(bytes.prefix(count)) { found.append($0) }
            bytes = bytes.dropFirst(count)
        }
        #expect(found == sent)
        #expect(decoder.checksumErrors == 0 && decoder.skippedBytes == 0 && decoder.frames == 200)
    }

    @Test("a damaged packet costs itself and no other")
    func damage() {
        var random = SeededRandom(seed: 12)
        for _ in 0..<300 {
            let first = packet(&random)
            let second = packet(&random)
            let third = packet(&random)
            var bytes = second.encoded
            // Anything but the length, whose damage hides what follows until as many bytes have come.
            var place = Int.random(in: 0..<bytes.count, using: &random)
            while place == 5 || place == 6 { place = Int.random(in: 0..<bytes.count, using: &random) }
            bytes[place] ^= UInt8.random(in: 1...255, using: &random)
            let found = dynamixelPackets(first.encoded + bytes + third.encoded)
            #expect(found.first == first && found.last == third && !found.contains(second))
        }
    }

    @Test("a packet cut short does not take the next one with it once its length has come")
    func truncated() {
        var random = SeededRandom(seed: 13)
        for _ in 0..<300 {
            let cut = packet(&random).encoded
            let keep = Int.random(in: 1..<cut.count, using: &random)
            let following = (0..<6).map { _ in packet(&random) }
            let found = dynamixelPackets(Array(cut.prefix(keep)) + following.flatMap(\.encoded))
            #expect(found.suffix(6) == following[...])
        }
    }

    @Test("header bytes before a header are tested again")
    func repeatedHeader() {
        let packet = DynamixelPacket.ping(3)
        for prefix in [[0xFF], [0xFF, 0xFF], [0xFF, 0xFF, 0xFD], [0xFF, 0xFF, 0xFD, 0xFF, 0xFF]] as [[UInt8]] {
            #expect(dynamixelPackets(prefix + packet.encoded) == [packet])
        }
    }

    @Test("noise is skipped, counted, and never crashes")
    func noise() {
        var random = SeededRandom(seed: 14)
        var decoder = DynamixelDecoder()
        let mean: [UInt8] = [0xFF, 0xFF, 0xFD, 0x00, 0x03]
        for _ in 0..<20_000 {
            let byte =
                Bool.random(using: &random)
                ? mean[Int.random(in: 0..<5, using: &random)] : UInt8.random(in: 0...255, using: &random)
            decoder.decode([byte]) { _ in }
        }
        #expect(decoder.skippedBytes > 10_000)
        decoder.reset()
        var found: [DynamixelPacket] = []
        decoder.decode(DynamixelPacket.ping(1).encoded) { found.append($0) }
        #expect(found == [.ping(1)])
    }
}
