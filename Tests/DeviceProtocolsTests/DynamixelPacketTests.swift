import DeviceProtocols
import RobotModel
import Testing

/// Bytes from their hexadecimal text.
func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }
    var bytes: [UInt8] = []
    var index = digits.startIndex
    while index < digits.endIndex {
        let next = digits.index(index, offsetBy: 2)
        bytes.append(UInt8(digits[index..<next], radix: 16) ?? 0)
        index = next
    }
    return bytes
}

/// What a decoder finds in bytes.
func dynamixelPackets(_ bytes: [UInt8]) -> [DynamixelPacket] {
    var decoder = DynamixelDecoder()
    var packets: [DynamixelPacket] = []
    decoder.decode(bytes) { packets.append($0) }
    return packets
}

@Suite("Dynamixel packets")
struct DynamixelPacketTests {
    @Test(
        "packets are the bytes that the vendor's SDK exchanges",
        arguments: [
            (DynamixelPacket.ping(1), "fffffd0001030001194e"),
            (.status(1, .init(rawValue: 0), [0xFC, 0x03, 0x2E]), "fffffd000107005500fc032e1d43"),
            (.ping(DynamixelPacket.broadcastID), "fffffd00fe0300013142"),
            (.write(1, XM430.torqueEnable, 1), "fffffd0001060003400001db66"),
            (.status(1, .init(rawValue: 0)), "fffffd000104005500a10c"),
            (.status(1, .init(.access)), "fffffd000104005507b08c"),
            (.status(1, .init(.dataLimit)), "fffffd000104005506b50c"),
            (.write(1, XM430.goalPosition, 1234), "fffffd00010900037400d20400009561"),
            (.read(1, XM430.presentPosition), "fffffd0001070002840004001d15"),
            (.status(1, .init(rawValue: 0), [0xD2, 0x04, 0, 0]), "fffffd000108005500d2040000cbd0"),
            (.syncRead(address: 132, length: 4, ids: [1, 2, 3]), "fffffd00fe0a0082840004000102032a6c"),
            (.fastSyncRead(address: 132, length: 4, ids: [1, 3]), "fffffd00fe09008a84000400010348f2"),
            (.status(2, .init(rawValue: 0), [0xFF, 0xFF, 0xFD, 0xFF]), "fffffd000209005500fffffdfdffe63e"),
        ])
    func vectors(packet: DynamixelPacket, text: String) {
        #expect(packet.encoded == hex(text))
        #expect(dynamixelPackets(hex(text)) == [packet])
    }

    @Test("a sync write of FF FF FD is stuffed as the vendor's C++ SDK stuffs it")
    func stuffedSyncWrite() {
        let packet = DynamixelPacket.syncWrite(XM430.goalPosition, [(1, 0x00FD_FFFF)])
        #expect(packet.encoded == hex("fffffd00fe0d00837400040001fffffdfd006286"))
        #expect(dynamixelPackets(packet.encoded) == [packet])
    }

    @Test("a packet that a peer forgot to stuff is read as it was meant")
    func unstuffedPeer() throws {
        let bytes = hex("fffffd00fe1100837400040001fffffd00030102000074fa")
        let packet = try #require(dynamixelPackets(bytes).first)
        #expect(packet.parameters == hex("7400040001fffffd000301020000"))
    }

    @Test("a fast sync read's one packet gives each servo's part")
    func fastAnswer() throws {
        let bytes = hex("fffffd00fe1100550001d2040000332b000303080000fea5")
        let packet = try #require(dynamixelPackets(bytes).first)
        let answer = try #require(DynamixelFastAnswer(packet, dataLength: 4))
        #expect(answer.parts.map(\.id) == [1, 3])
        #expect(answer.parts.map { XM430.presentPosition.value(in: $0.data) } == [1234, 2051])
        #expect(answer.encoded == bytes)
    }

    @Test("of a fast answer that ends early, the parts that are whole are read")
    func truncatedFastAnswer() {
        let parts = (1...4).map {
            DynamixelFastAnswer.Part(id: UInt8($0), error: .init(rawValue: 0), data: [UInt8($0), 0xFF, 0xFF, 0xFD])
        }
        let bytes = DynamixelFastAnswer(parts: parts).encoded
        for count in 0...bytes.count {
            let found = DynamixelFastAnswer(truncated: Array(bytes.prefix(count)), dataLength: 4).parts
            #expect(found == Array(parts.prefix(max(0, (count - 8) / 8))))
        }
        var damaged = bytes
        damaged[18] ^= 1  // in the second part
        #expect(DynamixelFastAnswer(truncated: damaged, dataLength: 4).parts == Array(parts.prefix(1)))
    }

    @Test("whatever is packed comes out again, stuffing and all")
    func roundTrip() {
        var random = SeededRandom(seed: 7)
        let mean: [UInt8] = [0xFF, 0xFF, 0xFD, 0xFD, 0x00, 0x55]
        for _ in 0..<3000 {
            let count = Int.random(in: 0..<40, using: &random)
            let isMean = Bool.random(using: &random)
            let parameters = (0..<count).map { _ in
                isMean ? mean[Int.random(in: 0..<6, using: &random)] : UInt8.random(in: 0...255, using: &random)
            }
            let packet = DynamixelPacket(id: UInt8.random(in: 0...252, using: &random), .write, parameters)
            let bytes = packet.encoded
            #expect(dynamixelPackets(bytes) == [packet])
            // Nothing behind the header may look like a header.
            let tail = bytes.dropFirst(4)
            #expect(!tail.indices.dropLast(3).contains { Array(tail[$0..<$0 + 4]) == [0xFF, 0xFF, 0xFD, 0x00] })
        }
    }

    @Test("the error byte carries an alert and a code")
    func errorByte() {
        let error = DynamixelStatusError(rawValue: 0x87)
        #expect(error.alert && error.code == .access)
        #expect(DynamixelStatusError(.dataLimit, alert: true).rawValue == 0x86)
    }
}
