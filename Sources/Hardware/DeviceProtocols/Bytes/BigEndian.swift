/// Numbers in the byte order of battery protocols (Daly, JBD): most significant byte first.
enum BigEndian {
    static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: number >> Number(8 * $0)) }
    }

    /// The number that starts at `offset`; nil where the bytes end before it does.
    static func number<Number: FixedWidthInteger>(
        _ type: Number.Type, in bytes: [UInt8], at offset: Int
    ) -> Number? {
        let size = Number.bitWidth / 8
        guard offset >= 0, offset + size <= bytes.count else { return nil }
        return bytes[offset..<offset + size].reduce(0) { ($0 << 8) | Number(truncatingIfNeeded: $1) }
    }
}
