import DeviceProtocols
import Testing

/// A dump as short as somebody copies it out of a manual: one frame or two, nothing behind them.
struct ShortDump: Sendable, CustomTestStringConvertible {
    var name: String
    var hex: String
    var frames: Int
    var records: Int
    var testDescription: String { "\(name) \(hex.prefix(24))" }

    var bytes: [UInt8] {
        let digits = Array(hex.filter { $0 != " " })
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16)! }
    }

    static let all = [
        // LDROBOT's manual, a frame of the LD06.
        ShortDump(
            name: "ld06",
            hex: """
                542c6808ab7ee000e4dc00e2d900e5d500e3d300e4d000e9cd00e4ca00e2c700e9c500e5c200e5c000e5be823a1a50
                """, frames: 1, records: 1),
        // YDLIDAR's SDK, the start of a ring.
        ShortDump(name: "ydlidar", hex: "AA5501 0153AE53AEAB540000", frames: 1, records: 1),
        // Slamtec: a standard scan's samples; health; a dense frame, whose samples end with the next one's angle.
        ShortDump(name: "rplidar-standard", hex: "3E0100401F", frames: 1, records: 1),
        ShortDump(name: "rplidar-standard", hex: "3E0100401F 3E8100401F", frames: 2, records: 1),
        ShortDump(name: "rplidar", hex: "A55A0500004081 3D0100401F 3E8100401F", frames: 2, records: 1),
        ShortDump(name: "rplidar", hex: "A55A0300000006 000000", frames: 1, records: 1),
        ShortDump(
            name: "rplidar-dense", hex: "A0580080" + String(repeating: "E803", count: 40), frames: 1, records: 0),
        // ROBOTIS' e-manual: a ping's answer.
        ShortDump(name: "dynamixel", hex: "FFFFFD000107005500FC032E1D43", frames: 1, records: 1),
        // ZLTECH's manual: speeds are read; the motors get power, asked and answered.
        ShortDump(name: "zlac8015d", hex: "010320AB0002BE2B", frames: 1, records: 1),
        ShortDump(name: "zlac8015d", hex: "0106200E0008E20F 0106200E0008E20F", frames: 2, records: 2),
        ShortDump(name: "feetech", hex: "FFFF010201FB", frames: 1, records: 1),
        // "f 0" and "1.5 2.25", without checksums.
        ShortDump(name: "odrive", hex: "6620300A 312E3520322E32350A", frames: 2, records: 2),
        ShortDump(name: "witmotion", hex: "55510000000000080000AE", frames: 1, records: 1),
        // Questions of a host: whole frames, and nothing to show.
        ShortDump(name: "daly", hex: "A54090080000000000000000 7D", frames: 1, records: 0),
        ShortDump(name: "jbd", hex: "DDA50300FFFD77", frames: 1, records: 0),
    ]
}

@Suite("Short dumps")
struct ShortDumpTests {
    @Test("are read to their last byte, with nothing behind it", arguments: ShortDump.all)
    func isRead(_ dump: ShortDump) throws {
        var decoder = try #require(ProtocolCard.named(dump.name)).decoder()
        var records = 0
        decoder.decode(dump.bytes[...]) { _ in records += 1 }
        decoder.finish { _ in records += 1 }
        #expect(decoder.counters.frames == dump.frames && records == dump.records, "\(decoder.counters), \(records)")
        #expect(decoder.counters.skippedBytes == 0 && decoder.counters.checksumErrors == 0)
    }
}
