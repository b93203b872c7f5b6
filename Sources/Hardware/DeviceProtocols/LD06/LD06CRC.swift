/// CRC-8 with the polynomial 0x4D: starts at 0, not reflected, no final inversion; "123456789" gives 0xC3.
///
/// Source: LDROBOT, "LD06 development manual", section 3 (its table); the same in the maker's SDK.
public enum LD06CRC {
    /// The checksum of `count` bytes from `start` on.
    public static func checksum(_ bytes: Span<UInt8>, from start: Int, count: Int) -> UInt8 {
        let table = tables.span
        var crc: UInt8 = 0
        var index = start
        let end = start + count
        // Four bytes at a time: what each adds is looked up by itself, so one look-up does not wait for the other.
        while index + 4 <= end {
            crc =
                table[768 + Int(crc ^ bytes[index])] ^ table[512 + Int(bytes[index + 1])]
                ^ table[256 + Int(bytes[index + 2])] ^ table[Int(bytes[index + 3])]
            index += 4
        }
        while index < end {
            crc = table[Int(crc ^ bytes[index])]
            index += 1
        }
        return crc
    }

    /// What a byte makes of the checksum, then with one, two and three zeros behind it; 256 each.
    private static let tables: [UInt8] = {
        var all: [UInt8] = []
        for byte in UInt8.min...UInt8.max {
            var crc = byte
            for _ in 0..<8 { crc = crc & 0x80 != 0 ? (crc << 1) ^ 0x4D : crc << 1 }
            all.append(crc)
        }
        for index in 256..<1024 { all.append(all[Int(all[index - 256])]) }
        return all
    }()
}
