/// The functions that the house's Modbus devices use.
public enum ModbusFunction: UInt8, Hashable, Sendable {
    case readHolding = 0x03
    case readInput = 0x04
    case writeSingle = 0x06
    case writeMultiple = 0x10
}

/// What a client asks of a Modbus unit.
///
/// Source: MODBUS Application Protocol V1.1b3, sections 6.3, 6.4, 6.6 and 6.12. Registers travel high byte first.
public enum ModbusRequest: Hashable, Sendable {
    /// Read 1...125 holding registers.
    case readHolding(address: UInt16, count: Int)
    /// Read 1...125 input registers.
    case readInput(address: UInt16, count: Int)
    /// Write one register.
    case write(address: UInt16, value: UInt16)
    /// Write 1...123 registers.
    case writeMultiple(address: UInt16, values: [UInt16])

    /// The most registers of one read and of one write.
    public static let readLimit = 125
    public static let writeLimit = 123

    public var function: ModbusFunction {
        switch self {
        case .readHolding: .readHolding
        case .readInput: .readInput
        case .write: .writeSingle
        case .writeMultiple: .writeMultiple
        }
    }

    /// The bytes on the line, with checksum.
    public func frame(unit: UInt8) -> [UInt8] {
        var bytes = [unit, function.rawValue]
        switch self {
        case .readHolding(let address, let count), .readInput(let address, let count):
            precondition((1...Self.readLimit).contains(count), "a read takes 1 to 125 registers")
            bytes.append(word: address)
            bytes.append(word: UInt16(count))
        case .write(let address, let value):
            bytes.append(word: address)
            bytes.append(word: value)
        case .writeMultiple(let address, let values):
            precondition((1...Self.writeLimit).contains(values.count), "a write takes 1 to 123 registers")
            bytes.append(word: address)
            bytes.append(word: UInt16(values.count))
            bytes.append(UInt8(values.count * 2))
            for value in values { bytes.append(word: value) }
        }
        return ModbusCRC.sealed(bytes)
    }

    /// How many bytes the unit's answer has when it is not an exception.
    public var answerLength: Int {
        switch self {
        case .readHolding(_, let count), .readInput(_, let count): 5 + 2 * count
        case .write, .writeMultiple: 8
        }
    }
}

extension [UInt8] {
    /// Appends a register, high byte first.
    mutating func append(word: UInt16) {
        append(UInt8(word >> 8))
        append(UInt8(truncatingIfNeeded: word))
    }
}

extension ArraySlice<UInt8> {
    /// The register at an offset from the slice's start, high byte first.
    func word(at offset: Int) -> UInt16 {
        UInt16(self[startIndex + offset]) << 8 | UInt16(self[startIndex + offset + 1])
    }
}
