import DeviceIO
import DeviceProtocols
import Devices
import RobotModel
import Testing

@Suite("One exchange on a Modbus line")
struct ModbusTransactorTests {
    private static let stop = ModbusRequest.write(address: 0x200E, value: 5)
    private let now = Instant.zero + .seconds(100)

    private func transactor(_ path: String) -> ModbusTransactor {
        ModbusTransactor(unit: 1, line: SerialLine(path: path, baudRate: 115_200), timeout: .milliseconds(50))
    }

    @Test("what cannot wait is a frame of Modbus TCP on a connection, and only its own answer is one")
    func preemptsOnTCP() throws {
        var transactor = transactor("tcp:192.168.1.50:502")
        let read = ModbusRequest.readHolding(address: 0x20A7, count: 2)
        var decoder = ModbusTCPDecoder()
        let first = try #require(decoder.receive(transactor.send(read, at: now)[...]).first)
        let frames = decoder.receive(transactor.preempt(Self.stop, at: now)[...])
        let second = try #require(frames.first)
        #expect(second.serialFrame == Self.stop.frame(unit: 1))
        #expect(second.transaction != first.transaction)
        let late = ModbusResponse.registers([1, 2], function: .readHolding).frame(unit: 1)
        let lateFrame = ModbusTCPFrame(transaction: first.transaction, serialFrame: late)
        if transactor.receive(lateFrame.bytes[...], at: now) != nil { Issue.record("an answer to what was given up") }
        let answer = ModbusResponse.wrote(address: 0x200E, value: 5)
        let frame = ModbusTCPFrame(transaction: second.transaction, serialFrame: answer.frame(unit: 1))
        guard case .answered(let response, _) = transactor.receive(frame.bytes[...], at: now) else {
            Issue.record("the stop's answer is none")
            return
        }
        #expect(response == answer)
    }

    @Test("what cannot wait is a frame with checksum on a serial line")
    func preemptsOnRTU() {
        var transactor = transactor("/dev/ttyUSB0")
        #expect(transactor.preempt(Self.stop, at: now) == Self.stop.frame(unit: 1))
    }
}
