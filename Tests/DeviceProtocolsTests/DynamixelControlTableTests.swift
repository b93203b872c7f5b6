import DeviceProtocols
import Testing

@Suite("Dynamixel control table")
struct DynamixelControlTableTests {
    @Test("a new servo is a model 1020 in position mode with its torque off")
    func factory() {
        let table = DynamixelControlTable(id: 4)
        #expect(table.read(address: 0, count: 2) == [0xFC, 0x03])
        #expect(table[XM430.id] == 4)
        #expect(table[XM430.operatingMode] == 3)
        #expect(table.unsigned(XM430.returnDelayTime) == 250)
        #expect(table[XM430.torqueEnable] == 0)
    }

    @Test("EEPROM is closed while torque is on, and so are the servo's own registers always")
    func access() {
        var table = DynamixelControlTable(id: 1)
        #expect(table.write(address: 9, [0], torqueOn: true, goalsClosed: false) == .access)
        #expect(table.write(address: 9, [0], torqueOn: false, goalsClosed: false) == .none)
        #expect(table.write(address: 132, [0, 0, 0, 0], torqueOn: false, goalsClosed: false) == .access)
        #expect(table.unsigned(XM430.returnDelayTime) == 0)
    }

    @Test("goals outside the limits, values outside the range and half registers are refused, each with its code")
    func codes() {
        var table = DynamixelControlTable(id: 1)
        func write(_ register: DynamixelRegister, _ value: Int32) -> DynamixelStatusError.Code {
            table.write(
                address: Int(register.address), register.bytes(value), torqueOn: false, goalsClosed: false)
        }
        #expect(write(XM430.goalPosition, 4096) == .dataLimit)
        #expect(write(XM430.goalPosition, 4095) == .none)
        #expect(write(XM430.torqueEnable, 2) == .dataRange)
        #expect(table.write(address: 116, [1, 0], torqueOn: false, goalsClosed: false) == .dataLength)
        #expect(table.write(address: 117, [1], torqueOn: false, goalsClosed: false) == .dataLength)
        #expect(table.write(address: 661, [1, 1], torqueOn: false, goalsClosed: false) == .dataRange)
        #expect(table[XM430.goalPosition] == 4095)
    }

    @Test("a tripped watchdog closes the goals and nothing else")
    func watchdog() {
        var table = DynamixelControlTable(id: 1)
        #expect(table.write(address: 116, [0, 8, 0, 0], torqueOn: true, goalsClosed: true) == .dataRange)
        #expect(table.write(address: 98, [0], torqueOn: true, goalsClosed: true) == .none)
        #expect(table.write(address: 112, [9, 0, 0, 0], torqueOn: true, goalsClosed: true) == .none)
    }

    @Test("a run over several registers is written as a whole or not at all")
    func atomic() {
        var table = DynamixelControlTable(id: 1)
        let tooFar = XM430.profileVelocity.bytes(50) + XM430.goalPosition.bytes(5000)
        #expect(table.write(address: 112, tooFar, torqueOn: true, goalsClosed: false) == .dataLimit)
        #expect(table[XM430.profileVelocity] == 0)
        let fine = XM430.profileVelocity.bytes(50) + XM430.goalPosition.bytes(1000)
        #expect(table.write(address: 112, fine, torqueOn: true, goalsClosed: false) == .none)
        #expect(table[XM430.profileVelocity] == 50 && table[XM430.goalPosition] == 1000)
    }

    @Test("indirect data is a window on the address it is given")
    func indirect() {
        var table = DynamixelControlTable(id: 1)
        #expect(table.write(address: 168, [64, 0, 116, 0], torqueOn: false, goalsClosed: false) == .none)
        #expect(table.write(address: 224, [1], torqueOn: false, goalsClosed: false) == .none)
        #expect(table[XM430.torqueEnable] == 1)
        table[XM430.goalPosition] = 0x0234
        #expect(table.read(address: 224, count: 2) == [1, 0x34])
    }

    @Test("a restart clears RAM and keeps EEPROM")
    func restart() {
        var table = DynamixelControlTable(id: 9)
        table[XM430.busWatchdog] = 10
        table[XM430.returnDelayTime] = 0
        table.restart()
        #expect(table[XM430.busWatchdog] == 0 && table[XM430.returnDelayTime] == 0 && table[XM430.id] == 9)
    }
}
