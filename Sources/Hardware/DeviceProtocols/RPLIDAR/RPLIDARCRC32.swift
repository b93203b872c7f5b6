/// The checksum of HQ frames: zlib's CRC-32 over the bytes and the zeros that lengthen them to words.
///
/// The vendor's client appends `4 - (count & 3)` zeros, which is four where there is nothing to fill. Eight bytes at a
/// time with eight tables (M. Kounavis and F. Berry, "A Systematic Approach to Building High Performance Software-Based
/// CRC Generators", 2005).
public enum RPLIDARCRC32 {
    /// The checksum of a frame's bytes.
    public static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        let tables = tables.span
        let raw = bytes.bytes
        var crc = ~UInt32(0)
        var offset = 0
        while offset + 8 <= bytes.count {
            let word =
                raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self).littleEndian ^ UInt64(crc)
            crc =
                tables[7 << 8 | Int(word & 0xFF)] ^ tables[6 << 8 | Int(word >> 8 & 0xFF)]
                ^ tables[5 << 8 | Int(word >> 16 & 0xFF)] ^ tables[4 << 8 | Int(word >> 24 & 0xFF)]
                ^ tables[3 << 8 | Int(word >> 32 & 0xFF)] ^ tables[2 << 8 | Int(word >> 40 & 0xFF)]
                ^ tables[1 << 8 | Int(word >> 48 & 0xFF)] ^ tables[Int(word >> 56)]
            offset += 8
        }
        while offset < bytes.count {
            crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[offset])) & 0xFF)]
            offset += 1
        }
        for _ in 0..<4 - bytes.count & 3 { crc = crc >> 8 ^ tables[Int(crc & 0xFF)] }
        return ~crc
    }

    /// Eight tables of 256: what a byte does to the checksum with 0 to 7 more behind it.
    private static let tables: [UInt32] = {
        var tables = (0..<256).map { value in
            (0..<8).reduce(UInt32(value)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        for index in 256..<8 * 256 {
            let before = tables[index - 256]
            tables.append(before >> 8 ^ tables[Int(before & 0xFF)])
        }
        return tables
    }()
}
