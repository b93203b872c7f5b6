/// Why a unit refused a request. Other codes than the named ones may arrive.
///
/// Source: MODBUS Application Protocol V1.1b3, section 7.
public struct ModbusException: RawRepresentable, Error, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let illegalFunction = ModbusException(rawValue: 1)
    public static let illegalAddress = ModbusException(rawValue: 2)
    public static let illegalValue = ModbusException(rawValue: 3)
    public static let deviceFailure = ModbusException(rawValue: 4)
    public static let busy = ModbusException(rawValue: 6)

    public var description: String {
        switch self {
        case .illegalFunction: "illegal function (1)"
        case .illegalAddress: "illegal data address (2)"
        case .illegalValue: "illegal data value (3)"
        case .deviceFailure: "device failure (4)"
        case .busy: "device busy (6)"
        default: "exception \(rawValue)"
        }
    }
}

/// What a unit answers.
public enum ModbusResponse: Hashable, Sendable {
    /// The registers of a read, by the function that asked.
    case registers([UInt16], function: ModbusFunction)
    /// One register is written.
    case wrote(address: UInt16, value: UInt16)
    /// Several registers are written.
    case wroteMultiple(address: UInt16, count: Int)
    /// The unit refuses; the function may be one that the house does not use.
    case exception(ModbusException, function: UInt8)

    /// The bytes on the line, with checksum.
    public func frame(unit: UInt8) -> [UInt8] {
        var bytes = [unit]
        switch self {
        case .registers(let values, let function):
            precondition(values.count <= ModbusRequest.readLimit, "an answer holds at most 125 registers")
            bytes.append(function.rawValue)
            bytes.append(UInt8(values.count * 2))
            for value in values { bytes.append(word: value) }
        case .wrote(let address, let value):
            bytes.append(ModbusFunction.writeSingle.rawValue)
            bytes.append(word: address)
            bytes.append(word: value)
        case .wroteMultiple(let address, let count):
            bytes.append(ModbusFunction.writeMultiple.rawValue)
            bytes.append(word: address)
            bytes.append(word: UInt16(count))
        case .exception(let exception, let function):
            bytes.append(function | 0x80)
            bytes.append(exception.rawValue)
        }
        return ModbusCRC.sealed(bytes)
    }
}
