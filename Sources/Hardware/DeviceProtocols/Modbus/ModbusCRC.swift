/// CRC-16/MODBUS: polynomial 0x8005 reflected (0xA001), initial value 0xFFFF, no final xor.
///
/// Sent low byte first. Check value of "123456789": 0x4B37. Source: MODBUS over Serial Line, Specification and
/// Implementation Guide V1.02, section 6.2.2.
public enum ModbusCRC {
    /// The checksum before the first byte.
    static let initial: UInt16 = 0xFFFF

    private static let table: [UInt16] = (0..<256).map { index in
        var crc = UInt16(index)
        for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xA001 : crc >> 1 }
        return crc
    }

    /// The checksum after one more byte.
    static func next(_ crc: UInt16, _ byte: UInt8) -> UInt16 {
        (crc >> 8) ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)]
    }

    /// The checksum of the bytes.
    public static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
        bytes.reduce(initial) { next($0, $1) }
    }

    /// The checksum of the bytes.
    public static func checksum(_ bytes: [UInt8]) -> UInt16 { checksum(bytes[...]) }

    /// Whether the last two bytes are the checksum of those before them: over all of them it is then zero.
    static func isValid(_ frame: ArraySlice<UInt8>) -> Bool { frame.count > 2 && checksum(frame) == 0 }

    /// The bytes followed by their checksum.
    static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        let crc = checksum(bytes)
        return bytes + [UInt8(truncatingIfNeeded: crc), UInt8(crc >> 8)]
    }
}
