import DeviceProtocols
import RobotModel
import Testing

@Suite("RPLIDAR frames")
struct RPLIDARFrameTests {
    @Test("an express frame is the bytes that the vendor's SDK accepts")
    func expressVector() {
        let frame = RPLIDARExpressFrame(
            restarts: true, startAngleQ6: 0,
            samples: (0..<32).map { .init(millimeters: UInt16(1000 + 2 * $0), offsetQ3: 0) })
        #expect(frame.encoded.prefix(14) == hex("a0580080a00fa80f00b00fb80f00")[...])
    }

    @Test("an express offset of six bits is split as the vendor's SDK reads it")
    func expressOffsets() {
        var samples = [RPLIDARExpressFrame.Sample](repeating: .init(millimeters: 0, offsetQ3: 0), count: 32)
        samples[0] = .init(millimeters: 0x1234, offsetQ3: 0x25)
        samples[1] = .init(millimeters: 1, offsetQ3: 0x3A)
        let encoded = RPLIDARExpressFrame(restarts: false, startAngleQ6: 0, samples: samples).encoded
        #expect(encoded[4..<9] == [0xD2, 0x48, 0x07, 0x00, 0xA5])
    }

    @Test("the checksum of HQ frames is the vendor's, with its zeros")
    func crc() {
        #expect(RPLIDARCRC32.checksum(Array("123456789".utf8).span) == 0x77D5_5834)
        #expect(RPLIDARCRC32.checksum(Array("12345678".utf8).span) == 0xFAF6_EF1F)
        // Bit by bit, whatever the length.
        var random = SeededRandom(seed: 51)
        for count in 0..<100 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var crc = ~UInt32(0)
            for byte in bytes + [UInt8](repeating: 0, count: 4 - count % 4) {
                crc ^= UInt32(byte)
                for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
            }
            #expect(RPLIDARCRC32.checksum(bytes.span) == ~crc)
        }
    }

    @Test("an HQ frame starts with A5, its time stamp and its first node")
    func hqLayout() {
        var samples = [RPLIDARHQFrame.Sample](
            repeating: .init(angleQ14: 0, distanceQ2: 0, strength: 0, startsRevolution: false), count: 96)
        samples[0] = .init(angleQ14: 16384, distanceQ2: 0x01020304, strength: 9, startsRevolution: true)
        let encoded = RPLIDARHQFrame(timeStamp: 0x1122_3344_5566_7788, samples: samples).encoded
        #expect(encoded.count == 781)
        #expect(encoded.prefix(17) == hex("A58877665544332211004004030201" + "0901")[...])
        #expect(encoded[24] == 2)
    }

    @Test(
        "ultra-dense scales are the vendor's, at both ends of each",
        arguments: [
            (0, 0), (2, 2), (2045, 2044), (2046, 2046), (2047, 2046), (2049, 2049), (8186, 8184), (8187, 8187),
            (8191, 8191), (24566, 24563), (24567, 24567), (24572, 24572), (65522, 65522), (90000, 65522),
        ])
    func ultraDenseScales(range: Int, sent: Int) {
        let sample = RPLIDARUltraDenseFrame.Sample(millimeters: range, strength: 0xFF)
        #expect(sample.millimeters == sent)
        #expect(sample.strength == [0xFF, 0xFE, 0xFC, 0xF8][Int(sample.bits & 3)])
    }

    @Test("an ultra-dense sample is read as the vendor's SDK reads it")
    func ultraDenseFormula() {
        var random = SeededRandom(seed: 52)
        for _ in 0..<5000 {
            let bits = Int.random(in: 0..<1 << 20, using: &random)
            let (quarters, strength) =
                switch bits & 3 {
                case 0: ((bits & 0xFFC) * 2, bits >> 12)
                case 1: ((bits & 0x1FFC) * 3 + 2046 * 4, (bits >> 13) << 1)
                case 2: ((bits & 0x3FFC) * 4 + 8187 * 4, (bits >> 14) << 2)
                default: ((bits & 0x7FFC) * 5 + 24567 * 4, (bits >> 15) << 3)
                }
            let sample = RPLIDARUltraDenseFrame.Sample(bits: UInt32(bits))
            #expect(sample.millimeters * 4 == quarters && Int(sample.strength) == strength)
        }
    }

    @Test("descriptors of all formats are the vendor's")
    func descriptors() {
        let vectors: [RPLIDARFormat: String] = [
            .standard: "A55A0500004081", .express: "A55A5400004082", .hq: "A55A0D03004083", .ultra: "A55A8400004084",
            .dense: "A55A5400004085", .ultraDense: "A55AAA00004086",
        ]
        #expect(vectors.count == RPLIDARFormat.allCases.count)
        for (format, text) in vectors { #expect(format.descriptor.encoded == hex(text)) }
    }
}
