/// A servo's registers, as the servo keeps them: the device's side of reading and writing.
public struct FeetechMemory: Sendable {
    /// Bytes of the table.
    public static let size = 87
    private var bytes: [UInt8]

    /// A table as the servo leaves the factory, with its id.
    public init(id: UInt8) {
        bytes = [UInt8](repeating: 0, count: Self.size)
        for register in STS.all { self[register] = register.initial }
        self[STS.id] = Int(id)
    }

    /// A register's value; writes here are the servo's own and are not tested.
    public subscript(register: FeetechRegister) -> Int {
        get { register.value(in: bytes, at: Int(register.address)) ?? 0 }
        set {
            for (index, byte) in register.bytes(newValue).enumerated() { bytes[Int(register.address) + index] = byte }
        }
    }

    /// What RAM holds after a start.
    public mutating func restart() {
        for register in STS.all where !register.isEEPROM { self[register] = register.initial }
        self[STS.torqueLimit] = self[STS.maximumTorque]
    }

    /// Any run of bytes; nil past the table's end.
    public func read(address: Int, count: Int) -> [UInt8]? {
        guard address >= 0, count > 0, address + count <= Self.size else { return nil }
        return Array(bytes[address..<address + count])
    }

    /// Writes a run of bytes as a host does. What lies outside a register's range, in closed EEPROM, or where only the
    /// servo writes, stays as it was: the protocol has no word for a refusal.
    public mutating func write(address: Int, _ data: [UInt8]) {
        for register in STS.all where register.isWritable {
            let start = Int(register.address) - address
            guard start >= 0, start + register.length <= data.count,
                let value = register.value(in: data, at: start), register.range.contains(value),
                !register.isEEPROM || self[STS.lock] == 0
            else { continue }
            self[register] = value
        }
    }
}
