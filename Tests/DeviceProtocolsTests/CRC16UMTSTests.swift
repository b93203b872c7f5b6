import DeviceProtocols
import Testing

@Suite("CRC-16/UMTS")
struct CRC16UMTSTests {
    @Test("the check value of the catalogue is met")
    func checkValue() { #expect(CRC16UMTS("123456789".utf8).value == 0xFEE8) }

    @Test("byte by byte is the same as all at once, and nothing gives 0")
    func incremental() {
        var crc = CRC16UMTS()
        #expect(crc.value == 0)
        for byte: UInt8 in [0xFF, 0xFF, 0xFD, 0x00, 0x01] { crc.update(byte) }
        #expect(crc.value == CRC16UMTS([0xFF, 0xFF, 0xFD, 0x00, 0x01]).value)
    }
}
