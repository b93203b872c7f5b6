import DeviceProtocols
import Testing

@Suite("ZLAC8015D registers")
struct ZLAC8015DTests {
    @Test("positions are 32 bits, high word first, and speeds tenths of rpm")
    func feedback() throws {
        let registers: [UInt16] = [0, 0x0204, 0x0001, 0x0002, 0xFFFF, 0xFFFE, 600, 0xFDA8]
        let feedback = try #require(ZLAC8015DFeedback(registers: registers))
        #expect(feedback.leftPosition == 0x1_0002)
        #expect(feedback.rightPosition == -2)
        #expect(abs(feedback.leftRadiansPerSecond - 2 * .pi) < 1e-12)
        #expect(abs(feedback.rightRadiansPerSecond + 2 * .pi) < 1e-12)
        #expect(feedback.rightFault == [.hall, .overCurrent])
        #expect(feedback.registers == registers)
        #expect(ZLAC8015DFeedback(registers: [1, 2, 3]) == nil)
    }

    @Test("one read of eight registers brings a cycle's feedback")
    func request() {
        #expect(ZLAC8015DFeedback.request == .readHolding(address: 0x20A5, count: 8))
    }

    @Test("set-points are whole rpm, held within ±3000, and never garbage")
    func setpoints() {
        #expect(ZLAC8015DUnits.targetRegister(radiansPerSecond: 2 * .pi) == 60)
        #expect(ZLAC8015DUnits.targetRegister(radiansPerSecond: -2 * .pi) == UInt16(bitPattern: -60))
        #expect(ZLAC8015DUnits.targetRegister(radiansPerSecond: 1e9) == 3000)
        #expect(ZLAC8015DUnits.targetRegister(radiansPerSecond: -.infinity) == UInt16(bitPattern: -3000))
        #expect(ZLAC8015DUnits.targetRegister(radiansPerSecond: .nan) == 0)
        #expect(ZLAC8015DUnits.volts(register: 2560) == 25.6)
    }

    @Test("faults are said in words with what to do, unknown bits too")
    func faults() {
        #expect(ZLAC8015DFaults([.overVoltage, .hall]).names == ["over-voltage", "hall sensor fault"])
        #expect(ZLAC8015DFaults(rawValue: 0x8000).names == ["unknown fault bits 0x8000"])
        #expect(ZLAC8015DFaults.overCurrent.hint != nil)
    }
}
