import DeviceProtocols
import RobotModel
import Testing

/// What a decoder finds in bytes.
func feetechPackets(_ bytes: [UInt8]) -> [FeetechPacket] {
    var decoder = FeetechDecoder()
    var packets: [FeetechPacket] = []
    decoder.decode(bytes) { packets.append($0) }
    return packets
}

@Suite("Feetech packets")
struct FeetechTests {
    @Test(
        "packets are those of the maker's documents and client",
        arguments: [
            // Feetech, protocol manual: ping, read, sync read, sync write, and the answers to them.
            (FeetechPacket.ping(1), "ffff010201fb"),
            (.status(1, []), "ffff010200fc"),
            (.read(1, STS.presentPosition), "ffff0104023802be"),
            (.status(1, [], [0x18, 0x05]), "ffff0104001805dd"),
            (FeetechPacket(id: 0xFE, .write, [5, 1]), "fffffe04030501f4"),
            (.syncRead(address: 56, length: 8, ids: [1, 2]), "fffffe06823808010236"),
            (.status(1, [], [0x00, 0x08, 0, 0, 0, 0, 0x79, 0x1E]), "ffff010a000008000000 00791e55"),
            (
                FeetechPacket(
                    id: 0xFE, .syncWrite, [0x2A, 6] + (1...4).flatMap { [$0, 0x00, 0x08, 0, 0, 0xE8, 0x03] }),
                "fffffe20832a06 01000800 00e803 02000800 00e803 03000800 00e803 04000800 00e803 58"
            ),
            // Computed.
            (.syncWrite(STS.goalPosition, [(1, 2048), (2, 1024)]), "fffffe0a832a0201000802000439"),
        ])
    func vectors(packet: FeetechPacket, text: String) {
        #expect(packet.encoded == hex(text))
        #expect(feetechPackets(hex(text)) == [packet])
    }

    @Test("a negative number is a sign and a magnitude, never two's complement")
    func signMagnitude() {
        #expect(STS.goalPosition.bytes(-1) == [0x01, 0x80])
        #expect(STS.homingOffset.bytes(-85) == [0x55, 0x08])
        #expect(STS.presentLoad.value(in: [0x64, 0x04]) == -100)
        #expect(STS.presentSpeed.value(in: [0x00, 0x80]) == 0)
        #expect(STS.torqueLimit.value(in: [0xE8, 0x83]) == 0x83E8)
        #expect(STS.goalPosition.value(in: [1]) == nil)
        var random = SeededRandom(seed: 41)
        for _ in 0..<2000 {
            for register in [STS.goalPosition, STS.homingOffset, STS.presentLoad] {
                let value = Int.random(in: register.range, using: &random)
                #expect(register.value(in: register.bytes(value)) == value)
            }
        }
        #expect(STS.homingOffset.value(in: STS.homingOffset.bytes(9999)) == 2047)
    }

    @Test("a feedback block is read in the registers' units")
    func feedback() throws {
        let data = hex("000c 6481 9085 7b 29 00 21 01 000c 9a01")
        let feedback = try #require(FeetechFeedback(data))
        #expect(feedback.steps == 3072 && abs(feedback.velocity + 356 * 2 * .pi / 4096) < 1e-9)
        #expect(feedback.volts == 12.3 && feedback.temperature == 41 && feedback.isMoving)
        #expect(feedback.status.names == ["overload", "input voltage"])
        #expect(abs(abs(feedback.current) - 2.665) < 1e-9)
        #expect(FeetechFeedback(Array(data.dropLast())) == nil)
    }

    @Test("whatever is packed comes out again, cut anywhere")
    func roundTrip() {
        var random = SeededRandom(seed: 42)
        var decoder = FeetechDecoder()
        var sent: [FeetechPacket] = []
        var found: [FeetechPacket] = []
        for _ in 0..<2000 {
            let count = Int.random(in: 0...20, using: &random)
            let packet = FeetechPacket(
                id: UInt8.random(in: 0...253, using: &random), code: UInt8.random(in: 0...255, using: &random),
                (0..<count).map { _ in Bool.random(using: &random) ? 0xFF : UInt8.random(in: 0...255, using: &random) })
            sent.append(packet)
            let bytes = packet.encoded
            let cut = Int.random(in: 0...bytes.count, using: &random)
            decoder.decode(bytes[..<cut]) { found.append($0) }
            decoder.decode(bytes[cut...]) { found.append($0) }
        }
        #expect(found == sent)
        #expect(decoder.counters == FrameCounters(frames: 2000))
    }

    @Test("a damaged packet is counted and costs no other")
    func damage() {
        var random = SeededRandom(seed: 43)
        var errors = 0
        for _ in 0..<500 {
            let packets = (0..<3).map { _ in
                FeetechPacket(
                    id: UInt8.random(in: 1...9, using: &random), code: 0,
                    (0..<4).map { _ in UInt8.random(in: 0...250, using: &random) })
            }
            var bytes = packets[1].encoded
            // Anything but the length, whose damage hides what follows until as many bytes have come.
            let place = [0, 1, 2, 4, 5, 6, 7, 8, 9].randomElement(using: &random) ?? 4
            bytes[place] ^= UInt8.random(in: 1...255, using: &random)
            var decoder = FeetechDecoder()
            var found: [FeetechPacket] = []
            decoder.decode(packets[0].encoded + bytes + packets[2].encoded) { found.append($0) }
            #expect(found.first == packets[0] && found.last == packets[2] && !found.contains(packets[1]))
            errors += decoder.counters.checksumErrors
        }
        #expect(errors > 200)
    }

    @Test("noise is skipped, counted, and never crashes")
    func noise() {
        var random = SeededRandom(seed: 44)
        var decoder = FeetechDecoder()
        for _ in 0..<20_000 {
            let byte = Bool.random(using: &random) ? 0xFF : UInt8.random(in: 0...255, using: &random)
            decoder.decode([byte]) { _ in }
        }
        #expect(decoder.counters.skippedBytes > 5000)
        decoder.reset()
        #expect(feetechPackets([0xFF, 0xFF, 0xFF] + FeetechPacket.ping(1).encoded) == [.ping(1)])
    }

    @Test("memory keeps its EEPROM closed under the lock, and what only the servo writes")
    func memory() {
        var memory = FeetechMemory(id: 2)
        memory.write(address: 33, [1])
        memory.write(address: 56, [1, 1])
        memory.write(address: 40, [1, 0, 0x10, 0x80])
        #expect(memory[STS.mode] == 0 && memory[STS.presentPosition] == 2048)
        #expect(memory[STS.torqueEnable] == 1 && memory[STS.goalPosition] == -16)
        memory.write(address: 55, [0])
        memory.write(address: 33, [1])
        #expect(memory[STS.mode] == 1)
        memory.restart()
        #expect(memory[STS.mode] == 1 && memory[STS.torqueEnable] == 0 && memory[STS.id] == 2)
        #expect(memory.read(address: 80, count: 8) == nil && memory.read(address: 3, count: 2) == [0x09, 0x03])
    }
}
