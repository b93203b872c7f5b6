import DeviceProtocols
import RobotModel
import Testing

@Suite("Dynamixel instructions for several servos")
struct DynamixelGroupsTests {
    /// ROBOTIS e-manual, "DYNAMIXEL Protocol 2.0": the example of each instruction.
    @Test(
        "packets are the examples of the vendor's manual",
        arguments: [
            (DynamixelPacket.write(1, XM430.goalPosition, 512), "fffffd00010900037400000200 00ca89"),
            (DynamixelPacket(id: 1, .regWrite, [0x68, 0, 0xC8, 0, 0, 0]), "fffffd00010900046800c8000000ae8e"),
            (DynamixelPacket(id: 1, .action), "fffffd000103000502ce"),
            (DynamixelPacket(id: 1, .factoryReset, [0x01]), "fffffd000104000601a1e6"),
            (DynamixelPacket.reboot(1), "fffffd00010300082f4e"),
            (DynamixelPacket(id: 1, .clear, [0x01, 0x44, 0x58, 0x4C, 0x22]), "fffffd000108001001 44584c22b1dc"),
            (DynamixelPacket.syncRead(address: 132, length: 4, ids: [1, 2]), "fffffd00fe0900828400040001 02cefa"),
            (.status(1, .init(rawValue: 0), [0xA6, 0, 0, 0]), "fffffd000108005500a60000008cc0"),
            (.status(2, .init(rawValue: 0), [0x1F, 0x08, 0, 0]), "fffffd0002080055001f080000babe"),
            (
                .syncWrite(XM430.goalPosition, [(1, 150), (2, 170)]),
                "fffffd00fe110083740004000196000000 02aa0000008287"
            ),
            (
                .bulkRead([.init(id: 1, XM430.presentInputVoltage), .init(id: 2, XM430.presentTemperature)]),
                "fffffd00fe0d00920190000200 02920001001a05"
            ),
            (.status(1, .init(rawValue: 0), [0x77, 0]), "fffffd0001060055007700c369"),
            (.status(2, .init(rawValue: 0), [0x24]), "fffffd000205005500248ba9"),
            (
                .bulkWrite([(1, XM430.maximumVoltageLimit, 160), (2, XM430.temperatureLimit, 80)]),
                "fffffd00fe1000930120000200a000 021f00010050b768"
            ),
        ])
    func vectors(packet: DynamixelPacket, text: String) {
        #expect(packet.encoded == hex(text))
        #expect(dynamixelPackets(hex(text)) == [packet])
    }

    @Test("a fast bulk read's one packet gives each servo's part, of whatever length")
    func fastBulk() throws {
        var random = SeededRandom(seed: 31)
        for _ in 0..<300 {
            let entries = (1...Int.random(in: 1...6, using: &random)).map {
                DynamixelPacket.BulkEntry(
                    id: UInt8($0), address: UInt16.random(in: 0...600, using: &random),
                    length: UInt16.random(in: 1...9, using: &random))
            }
            let question = DynamixelPacket.fastBulkRead(entries)
            #expect(question.instruction.rawValue == 0x9A && question.bulkEntries == entries)
            let parts = entries.map { entry in
                DynamixelFastAnswer.Part(
                    id: entry.id, error: .init(.none, alert: Bool.random(using: &random)),
                    data: (0..<entry.length).map { _ in UInt8.random(in: 0...255, using: &random) })
            }
            let bytes = DynamixelFastAnswer(parts: parts).encoded
            let lengths = entries.map { Int($0.length) }
            let packet = try #require(dynamixelPackets(bytes).first)
            #expect(DynamixelFastAnswer(packet, dataLengths: lengths)?.parts == parts)
            #expect(DynamixelFastAnswer(packet, dataLengths: lengths + [1]) == nil)
            // Cut anywhere, the parts that are whole are read, and no other.
            let cut = Int.random(in: 0..<bytes.count, using: &random)
            let some = DynamixelFastAnswer(truncated: Array(bytes.prefix(cut)), dataLengths: lengths).parts
            #expect(some == Array(parts.prefix(some.count)) && some.count < parts.count)
        }
    }

    @Test("a map lays registers side by side, and takes none of EEPROM and no more than fit")
    func indirectMap() throws {
        let map = try #require(DynamixelIndirectMap([XM430.torqueEnable, XM430.presentPosition]))
        #expect(map.length == 5 && map.offset(of: XM430.presentPosition) == 1)
        #expect(map.write(to: 1).encoded.count == 10 + 2 + 10)
        #expect(map.addressBytes == hex("4000 8400 8500 8600 8700"))
        #expect(DynamixelIndirectMap([XM430.modelNumber]) == nil)
        #expect(DynamixelIndirectMap([DynamixelRegister](repeating: XM430.presentPosition, count: 8)) == nil)
        #expect(DynamixelIndirectMap([]) == nil)
    }

    @Test("a servo reads its registers through its map, and has forgotten it after a restart")
    func mappedTable() throws {
        var table = DynamixelControlTable(id: 3)
        let map = DynamixelFeedback.map
        #expect(
            table.write(address: 168, map.addressBytes, torqueOn: true, goalsClosed: false) == .access)
        #expect(table.write(address: 168, [9, 0], torqueOn: false, goalsClosed: false) == .dataRange)
        #expect(table.write(address: 168, map.addressBytes, torqueOn: false, goalsClosed: false) == .none)
        table[XM430.presentPosition] = -77
        table[XM430.presentVelocity] = 100
        table[XM430.torqueEnable] = 1
        table[XM430.busWatchdog] = -1
        let block = try #require(table.read(address: 224, count: map.length))
        let feedback = try #require(DynamixelFeedback(mapped: block))
        #expect(feedback.ticks == -77 && abs(feedback.velocity - 2.39691) < 1e-4)
        #expect(feedback.health == .init(torque: true, hardwareErrors: 0, busWatchdog: -1))
        table.restart()
        let forgotten = try #require(table.read(address: 224, count: map.length))
        #expect(DynamixelFeedback(mapped: forgotten) == nil)
    }

    @Test("a stranger is known by its name")
    func models() {
        #expect(DynamixelModels.name(1060) == "XL430-W250" && DynamixelModels.name(1020) == "XM430-W350")
        #expect(DynamixelModels.name(7) == nil)
    }
}
