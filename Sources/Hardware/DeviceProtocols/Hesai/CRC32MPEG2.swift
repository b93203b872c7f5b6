/// CRC-32/MPEG-2: polynomial 04C11DB7, begins with all ones, nothing reflected, nothing inverted. "123456789" gives 0376E6E7.
///
/// Hesai pads what it guards with zeros to whole words of four bytes ("123456789" then gives AE24E09D), so a word is taken
/// at a time.
public enum CRC32MPEG2 {
    /// Four tables of 256: what a byte becomes when it, and none to three bytes behind it, have gone through.
    private static let table: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 1024)
        for index in 0..<256 {
            var value = UInt32(index) << 24
            for _ in 0..<8 { value = value & 0x8000_0000 != 0 ? value << 1 ^ 0x04C1_1DB7 : value << 1 }
            table[index] = value
        }
        for index in 256..<1024 {
            let before = table[index - 256]
            table[index] = before << 8 ^ table[Int(before >> 24)]
        }
        return table
    }()

    /// The sum over a part of `bytes`, padded with zeros to whole words.
    static func padded(_ bytes: Span<UInt8>, from start: Int, count: Int) -> UInt32 {
        let table = table.span
        var crc: UInt32 = 0xFFFF_FFFF
        var offset = start
        let end = start + count
        while offset < end {
            var word: UInt32
            if offset + 4 <= end {
                word =
                    UInt32(bytes[offset]) << 24 | UInt32(bytes[offset + 1]) << 16 | UInt32(bytes[offset + 2]) << 8
                    | UInt32(bytes[offset + 3])
            } else {
                word = 0
                for index in 0..<end - offset { word |= UInt32(bytes[offset + index]) << UInt32(24 - 8 * index) }
            }
            word ^= crc
            crc =
                table[768 + Int(word >> 24)] ^ table[512 + Int(word >> 16 & 0xFF)]
                ^ table[256 + Int(word >> 8 & 0xFF)] ^ table[Int(word & 0xFF)]
            offset += 4
        }
        return crc
    }

    /// The sum over bytes, padded with zeros to whole words.
    public static func padded(_ bytes: [UInt8]) -> UInt32 { padded(bytes.span, from: 0, count: bytes.count) }
}
