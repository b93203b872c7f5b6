/// Numbers in the byte order of the small devices' protocols (RPLIDAR, Dynamixel): least significant byte first.
enum LittleEndian {
    static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> Number(8 * $0)) }
    }

    /// The number that starts at `offset`; nil where the bytes end before it does.
    static func number<Number: FixedWidthInteger>(
        _ type: Number.Type, in bytes: [UInt8], at offset: Int
    ) -> Number? {
        let size = Number.bitWidth / 8
        guard offset >= 0, offset + size <= bytes.count else { return nil }
        var number: Number = 0
        for index in (0..<size).reversed() {
            number = (number << 8) | Number(truncatingIfNeeded: bytes[offset + index])
        }
        return number
    }
}
