/// A servo's registers, as the servo keeps them: the device's side of reading and writing.
public struct DynamixelControlTable: Sendable {
    /// Bytes of the table, the second indirect block included.
    public static let size: Int = 662
    private static let indirectBlocks: [(addresses: Int, data: Int, count: Int)] = [(168, 224, 28), (578, 634, 28)]

    private var bytes: [UInt8]
    private let registers: [DynamixelRegister]
    private let registerAt: [UInt16: DynamixelRegister]

    /// A table as the servo leaves the factory, with its id.
    public init(id: UInt8, registers: [DynamixelRegister] = XM430.all) {
        self.registers = registers
        registerAt = Dictionary(registers.map { ($0.address, $0) }) { first, _ in first }
        bytes = [UInt8](repeating: 0, count: Self.size)
        for register in registers { self[register] = register.initial }
        self[XM430.id] = Int32(id)
        resetIndirect()
    }

    /// A register's value; writes here are the servo's own and are not tested.
    public subscript(register: DynamixelRegister) -> Int32 {
        get { register.value(in: bytes, at: Int(register.address)) ?? 0 }
        set {
            for (index, byte) in register.bytes(newValue).enumerated() { bytes[Int(register.address) + index] = byte }
        }
    }

    /// A register without sign.
    public func unsigned(_ register: DynamixelRegister) -> Int {
        Int(register.value(in: bytes, at: Int(register.address), signed: false) ?? 0)
    }

    /// What RAM holds after a start.
    public mutating func restart() {
        for register in registers where !register.isEEPROM { self[register] = register.initial }
        resetIndirect()
    }

    /// Any run of bytes, through indirect addresses; nil past the table's end.
    public func read(address: Int, count: Int) -> [UInt8]? {
        guard address >= 0, count > 0, address + count <= Self.size else { return nil }
        return (address..<address + count).map { bytes[resolve($0)] }
    }

    /// Writes a run of bytes as a host does, or says why not; on an error nothing changes.
    ///
    /// - Parameters:
    ///   - torqueOn: The EEPROM is closed.
    ///   - goalsClosed: The bus watchdog has expired; goal registers 100...119 answer with a range error.
    public mutating func write(
        address: Int, _ data: [UInt8], torqueOn: Bool, goalsClosed: Bool
    ) -> DynamixelStatusError.Code {
        guard address >= 0, !data.isEmpty, address + data.count <= Self.size else { return .dataRange }
        var copy = bytes
        var offset = 0
        while offset < data.count {
            let target = resolve(address + offset)
            if isPlain(target) {
                if torqueOn, isIndirectAddress(target) { return .access }
                copy[target] = data[offset]
                offset += 1
                continue
            }
            guard let register = registerAt[UInt16(target)] else {
                // The middle of a register, or a hole in the table.
                return registers.contains { $0.contains(target) } ? .dataLength : .access
            }
            guard register.isWritable, !(register.isEEPROM && torqueOn) else { return .access }
            guard let value = register.value(in: data, at: offset, signed: register.range.lowerBound < 0) else {
                return .dataLength
            }
            if goalsClosed, (100..<120).contains(target), target < 108 || target >= 116 { return .dataRange }
            guard register.range.contains(value) else { return .dataRange }
            if let code = limit(register, value) { return code }
            for index in 0..<register.length { copy[target + index] = data[offset + index] }
            offset += register.length
        }
        guard Self.hasSoundMap(copy) else { return .dataRange }
        bytes = copy
        return .none
    }

    private func limit(_ register: DynamixelRegister, _ value: Int32) -> DynamixelStatusError.Code? {
        switch register {
        case XM430.goalPosition where self[XM430.operatingMode] == 3:
            (self[XM430.minimumPosition]...max(self[XM430.minimumPosition], self[XM430.maximumPosition])).contains(
                value)
                ? nil : .dataLimit
        case XM430.goalVelocity: abs(value) <= self[XM430.velocityLimit] ? nil : .dataLimit
        case XM430.goalCurrent: abs(value) <= Int32(unsigned(XM430.currentLimit)) ? nil : .dataLimit
        case XM430.goalPWM: abs(value) <= Int32(unsigned(XM430.pwmLimit)) ? nil : .dataLimit
        default: nil
        }
    }

    // Indirect data: byte `data + i` is a window on the byte that the address at `addresses + 2 i` names.

    private mutating func resetIndirect() {
        for block in Self.indirectBlocks {
            for index in 0..<block.count {
                let own = LittleEndian.bytes(UInt16(block.data + index))
                bytes[block.addresses + 2 * index] = own[0]
                bytes[block.addresses + 2 * index + 1] = own[1]
            }
        }
    }

    private static func hasSoundMap(_ bytes: [UInt8]) -> Bool {
        indirectBlocks.allSatisfy { block in
            (0..<block.count).allSatisfy { index in
                let place = block.addresses + 2 * index
                return DynamixelIndirectMap.mappable.contains(UInt16(bytes[place]) | UInt16(bytes[place + 1]) << 8)
            }
        }
    }

    private func resolve(_ address: Int) -> Int {
        for block in Self.indirectBlocks where (block.data..<block.data + block.count).contains(address) {
            let place = block.addresses + 2 * (address - block.data)
            let target = Int(bytes[place]) | Int(bytes[place + 1]) << 8
            return target < Self.size ? target : address
        }
        return address
    }

    private func isIndirectAddress(_ address: Int) -> Bool {
        Self.indirectBlocks.contains { ($0.addresses..<$0.addresses + 2 * $0.count).contains(address) }
    }

    private func isPlain(_ address: Int) -> Bool {
        isIndirectAddress(address)
            || Self.indirectBlocks.contains { ($0.data..<$0.data + $0.count).contains(address) }
    }
}

extension DynamixelRegister {
    fileprivate func contains(_ byte: Int) -> Bool { (Int(address)..<Int(address) + length).contains(byte) }
}
