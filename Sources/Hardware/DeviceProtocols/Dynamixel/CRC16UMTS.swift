/// CRC-16/UMTS: polynomial 0x8005, initial value 0, nothing reflected, nothing inverted. Its check value ("123456789")
/// is 0xFEE8. The checksum of ROBOTIS Dynamixel packets (e-manual, Protocol 2.0, "CRC").
public struct CRC16UMTS: Hashable, Sendable {
    /// The checksum of all bytes so far.
    public private(set) var value: UInt16 = 0

    public init() {}

    /// The checksum of a whole sequence.
    public init(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { update(byte) }
    }

    /// Takes one byte.
    public mutating func update(_ byte: UInt8) {
        value = (value << 8) ^ Self.table[Int(UInt8(truncatingIfNeeded: value >> 8) ^ byte)]
    }

    private static let table: [UInt16] = (0..<256).map { index in
        var remainder = UInt16(index) << 8
        for _ in 0..<8 { remainder = (remainder << 1) ^ (remainder & 0x8000 != 0 ? 0x8005 : 0) }
        return remainder
    }
}
