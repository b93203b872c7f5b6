/// Registers from all over a servo's table, laid side by side in its indirect block, so that one read of a contiguous
/// block brings them all.
///
/// The indirect addresses lie in RAM: a servo that restarts has forgotten the map, and its block then reads as something
/// else. Whoever reads through a map keeps a register in it that is never 0, and tests it.
///
/// Source: ROBOTIS e-manual, "XM430-W350", "Indirect Address, Indirect Data": 28 addresses from 168, their data from 224;
/// only addresses 64...661 may be mapped, and a map is written with torque off.
public struct DynamixelIndirectMap: Hashable, Sendable {
    /// The first indirect address register, and the first byte of indirect data.
    public static let firstAddress: UInt16 = 168
    public static let firstData: UInt16 = 224
    /// Bytes that the first block takes.
    public static let capacity = 28
    /// What may be mapped.
    public static let mappable: ClosedRange<UInt16> = 64...661

    /// In the order in which their values lie in the block.
    public let registers: [DynamixelRegister]
    /// Bytes of the block.
    public let length: Int

    /// A map of these registers; nil when they do not fit or lie in EEPROM.
    public init?(_ registers: [DynamixelRegister]) {
        let bytes = registers.reduce(0) { $0 + $1.length }
        guard !registers.isEmpty, bytes <= Self.capacity,
            registers.allSatisfy({
                Self.mappable.contains($0.address) && Self.mappable.contains($0.address + UInt16($0.length) - 1)
            })
        else { return nil }
        self.registers = registers
        length = bytes
    }

    /// What the indirect address registers hold: two bytes for each byte of the block.
    public var addressBytes: [UInt8] {
        registers.flatMap { register in
            (0..<register.length).flatMap { LittleEndian.bytes(register.address + UInt16($0)) }
        }
    }

    /// Writes the map into a servo.
    public func write(to id: UInt8) -> DynamixelPacket {
        DynamixelPacket(id: id, .write, LittleEndian.bytes(Self.firstAddress) + addressBytes)
    }

    /// Reads the map that a servo holds.
    public func read(from id: UInt8) -> DynamixelPacket {
        .read(id, address: Self.firstAddress, length: UInt16(2 * length))
    }

    /// Where a register's value begins in the block; nil when it is not mapped.
    public func offset(of register: DynamixelRegister) -> Int? {
        var offset = 0
        for mapped in registers {
            if mapped == register { return offset }
            offset += mapped.length
        }
        return nil
    }
}
