/// CRC-32 as in zlib and MCAP: polynomial EDB88320 reflected, initial and final complement.
public struct CRC32: Sendable {
    /// Eight tables, so that eight bytes are taken at a step ("slicing-by-8", Kounavis and Berry, 2005).
    private static let tables: [[UInt32]] = {
        var first = [UInt32](repeating: 0, count: 256)
        for index in 0..<256 {
            var value = UInt32(index)
            for _ in 0..<8 { value = value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
            first[index] = value
        }
        var tables = [first]
        for _ in 1..<8 {
            let previous = tables[tables.count - 1]
            tables.append(previous.map { first[Int($0 & 0xFF)] ^ ($0 >> 8) })
        }
        return tables
    }()

    private var state: UInt32 = 0xFFFF_FFFF

    public init() {}

    /// The checksum of everything taken so far.
    public var value: UInt32 { ~state }

    /// Takes more bytes.
    public mutating func update(_ bytes: ArraySlice<UInt8>) {
        let tables = Self.tables
        var crc = state
        bytes.withUnsafeBufferPointer { buffer in
            var index = 0
            while buffer.count - index >= 8 {
                var low: UInt32 = 0
                var high: UInt32 = 0
                for k in 0..<4 {
                    low |= UInt32(buffer[index + k]) << UInt32(8 * k)
                    high |= UInt32(buffer[index + 4 + k]) << UInt32(8 * k)
                }
                low ^= crc
                crc =
                    tables[7][Int(low & 0xFF)] ^ tables[6][Int((low >> 8) & 0xFF)] ^ tables[5][Int((low >> 16) & 0xFF)]
                    ^ tables[4][Int(low >> 24)] ^ tables[3][Int(high & 0xFF)] ^ tables[2][Int((high >> 8) & 0xFF)]
                    ^ tables[1][Int((high >> 16) & 0xFF)] ^ tables[0][Int(high >> 24)]
                index += 8
            }
            while index < buffer.count {
                crc = tables[0][Int((crc ^ UInt32(buffer[index])) & 0xFF)] ^ (crc >> 8)
                index += 1
            }
        }
        state = crc
    }

    /// The checksum of some bytes.
    public static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes)
        return crc.value
    }
}
