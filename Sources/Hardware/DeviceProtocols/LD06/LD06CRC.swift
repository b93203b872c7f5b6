/// CRC-8 with the polynomial 0x4D: starts at 0, not reflected, no final inversion; "123456789" gives 0xC3.
///
/// Source: LDROBOT, "LD06 development manual", section 3 (its table); the same in the maker's SDK.
public enum LD06CRC {
    /// The checksum of `count` bytes from `start` on.
    public static func checksum(_ bytes: Span<UInt8>, from start: Int, count: Int) -> UInt8 {
        let table = Self.table
        var crc: UInt8 = 0
        for index in start..<start + count { crc = table[Int(crc ^ bytes[index])] }
        return crc
    }

    private static let table: [UInt8] = (0..<256).map { byte in
        (0..<8).reduce(UInt8(byte)) { crc, _ in crc & 0x80 != 0 ? crc << 1 ^ 0x4D : crc << 1 }
    }
}
