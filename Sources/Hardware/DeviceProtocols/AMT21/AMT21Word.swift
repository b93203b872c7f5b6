/// An encoder's answer: 14 bits of value under two check bits, low byte first.
///
/// Bit 15 (K1) makes the number of ones among the odd bits odd, bit 14 (K0) that among the even bits. A wrong word passes one
/// time in four, so whoever reads also tests whether a shaft can have moved so far.
///
/// Source: CUI Devices, "AMT21 series datasheet", "Checksum"; the sample code's verifyChecksumRS485.
public struct AMT21Word: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The two bytes as they arrive.
    public init(low: UInt8, high: UInt8) { rawValue = UInt16(low) | UInt16(high) << 8 }

    /// The word that an encoder sends for 14 bits.
    public init(value: UInt16) { rawValue = value & 0x3FFF | Self.checkBits(value) << 14 }

    /// The word that an encoder sends for its turns.
    public init(turns: Int) { self.init(value: UInt16(truncatingIfNeeded: turns)) }

    public var encoded: [UInt8] { [UInt8(truncatingIfNeeded: rawValue), UInt8(truncatingIfNeeded: rawValue >> 8)] }

    /// Whether the check bits are right.
    public var isSound: Bool { rawValue >> 14 == Self.checkBits(rawValue) }

    /// The 14 bits. An encoder of 12 bits leaves the lowest two 0, so this is 1/16384 of a turn for both kinds.
    public var value: UInt16 { rawValue & 0x3FFF }

    /// Radians, 0..<2π.
    public var angle: Double { Double(value) * Self.radiansPerStep }

    /// The 14 bits as whole turns, with their sign.
    public var turns: Int { Int(Int16(bitPattern: value << 2) >> 2) }

    public static let stepsPerTurn = 16_384
    public static let radiansPerStep = 2 * Double.pi / Double(stepsPerTurn)

    private static func checkBits(_ value: UInt16) -> UInt16 {
        var bits: UInt16 = 3
        for shift in stride(from: 0, to: 14, by: 2) { bits ^= value >> UInt16(shift) & 3 }
        return bits
    }
}
