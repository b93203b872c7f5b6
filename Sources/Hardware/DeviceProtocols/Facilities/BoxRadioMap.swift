public import RobotModel

/// Holding registers of a delivery box behind its short-range radio modem, the house's own Modbus device (9600 8N1).
///
/// The modem is a transparent serial line: out of range, nobody answers.
///
///     0x0000  0x4258 ("BX")                         read
///     0x0001  version of this map: 1                read
///     0x0002  number of the box                     read
///     0x0003  order in the box, high and low word   read
///     0x0005  access: 0 locked, 1 granted, 2 denied read
///     0x0006  flap stands open: 0 or 1              read
///     0x0007  latch holds the flap: 0 or 1          read
///     0x0010  code, high and low word · command (1 unlock with the code, 2 lock), one write of three registers
public enum BoxRadioMap {
    public static let magic: UInt16 = 0x4258
    public static let version: UInt16 = 1
    public static let statusCount = 8
    public static let commandAddress: UInt16 = 0x0010
    static let unlockCommand: UInt16 = 1
    static let lockCommand: UInt16 = 2

    /// Reads the status.
    public static let statusRequest = ModbusRequest.readHolding(address: 0, count: statusCount)

    /// The status in words; nil if it is not a box's.
    public static func state(_ registers: [UInt16], reported: Instant) -> BoxState? {
        guard registers.count == statusCount, registers[0] == magic, registers[1] == version,
            let access = BoxState.Access(rawValue: Int(registers[5]))
        else { return nil }
        return BoxState(
            number: Int(registers[2]), order: Int(UInt32(registers[3]) << 16 | UInt32(registers[4])), access: access,
            flapOpen: registers[6] != 0, latched: registers[7] != 0, reported: reported)
    }

    /// The status registers, as the box sends them.
    public static func registers(_ state: BoxState) -> [UInt16] {
        let order = UInt32(clamping: state.order)
        return [
            magic, version, UInt16(clamping: state.number), UInt16(order >> 16), UInt16(truncatingIfNeeded: order),
            UInt16(state.access.rawValue), state.flapOpen ? 1 : 0, state.latched ? 1 : 0,
        ]
    }

    /// The write that carries a command.
    public static func request(_ command: BoxCommand) -> ModbusRequest {
        switch command {
        case .unlock(let code):
            .writeMultiple(
                address: commandAddress,
                values: [UInt16(code >> 16), UInt16(truncatingIfNeeded: code), unlockCommand])
        case .lock:
            .writeMultiple(address: commandAddress, values: [0, 0, lockCommand])
        }
    }

    /// The command that a write carries, as the box reads it; nil if it is none.
    public static func command(_ request: ModbusRequest) -> BoxCommand? {
        guard case .writeMultiple(commandAddress, let values) = request, values.count == 3 else { return nil }
        switch values[2] {
        case unlockCommand: return .unlock(code: UInt32(values[0]) << 16 | UInt32(values[1]))
        case lockCommand: return .lock
        default: return nil
        }
    }
}
