import MCAP
import Testing

@Suite("CRC-32")
struct CRC32Tests {
    @Test("the checksum is zlib's: the check value of nine digits, and any split gives the same")
    func crc() {
        let digits = Array("123456789".utf8)
        #expect(CRC32.checksum(digits[...]) == 0xCBF4_3926)
        #expect(CRC32.checksum([]) == 0)
        let long = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for split in [0, 1, 7, 8, 9, 500, 999] {
            var crc = CRC32()
            crc.update(long[..<split])
            crc.update(long[split...])
            #expect(crc.value == CRC32.checksum(long[...]))
        }
    }
}
