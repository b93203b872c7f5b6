/// Faults and warnings of a Daly battery (0x98): seven bytes of a bit each, and a fault code.
///
/// In bytes 0 to 3 each trouble has two bits: a first level that warns and a second that switches off. Bytes 4 to 6 are
/// failures of the electronics. Source of the bits: "Part 4: Daly RS485+UART Protocol", command 0x98; softwarecrash/Daly2MQTT agrees bit for bit.
public struct DalyFaults: Hashable, Sendable {
    /// The seven bytes, byte 0 lowest; bit 10 is bit 2 of byte 1.
    public var bits: UInt64
    public var code: UInt8

    public init(bits: UInt64 = 0, code: UInt8 = 0) {
        self.bits = bits & 0x00FF_FFFF_FFFF_FFFF
        self.code = code
    }

    public init?(data: [UInt8]) {
        guard data.count >= 8 else { return nil }
        self.init(bits: (0..<7).reduce(0) { $0 | UInt64(data[$1]) << UInt64(8 * $1) }, code: data[7])
    }

    public var data: [UInt8] { (0..<7).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) } + [code] }

    /// What has switched something off or has failed, in words, in the order of the bits.
    public var protections: [String] {
        let acted = Self.pairs.enumerated().filter { bit(2 * $0.offset + 1) }.map(\.element)
        let failed = Self.failures.enumerated().filter { bit(32 + $0.offset) }.map(\.element)
        return acted.filter { !$0.hasPrefix(Self.charge) } + failed
    }

    /// What has only reached its first level, in words. The state of charge is left out: it is published as such.
    public var warnings: [String] {
        Self.pairs.enumerated().filter { bit(2 * $0.offset) && !bit(2 * $0.offset + 1) }.map(\.element)
            .filter { !$0.hasPrefix(Self.charge) }
    }

    /// The protections in 32 bits: the second levels of bytes 0 to 3 in bits 0…13 (those of the charge left out), byte
    /// 4 in bits 14…21, bytes 5 and 6 in bits 22…31 with the two communication faults in one bit and the two of the
    /// measuring modules in one.
    public var summary: UInt32 {
        var result: UInt32 = 0
        for (index, name) in Self.pairs.enumerated() where bit(2 * index + 1) && !name.hasPrefix(Self.charge) {
            result |= 1 << UInt32(index)
        }
        for index in 0..<20 where bit(32 + index) { result |= 1 << UInt32(14 + Self.places[index]) }
        return result
    }

    private func bit(_ index: Int) -> Bool { bits >> UInt64(index) & 1 == 1 }

    private static let charge = "state of charge"

    /// Bytes 0 to 3, two bits each.
    private static let pairs = [
        "cell over-voltage", "cell under-voltage", "pack over-voltage", "pack under-voltage",
        "over-temperature while charging", "under-temperature while charging", "over-temperature while discharging",
        "under-temperature while discharging", "over-current while charging", "over-current while discharging",
        "state of charge too high", "state of charge too low", "cells differ in voltage",
        "sensors differ in temperature",
    ]

    /// Bytes 4 to 6, a bit each.
    private static let failures = [
        "charge switch over-temperature", "discharge switch over-temperature", "charge switch sensor failed",
        "discharge switch sensor failed", "charge switch stuck closed", "discharge switch stuck closed",
        "charge switch stuck open", "discharge switch stuck open", "measuring chip failed", "cell wire off",
        "temperature sensor failed", "memory failed", "clock failed", "pre-charge failed",
        "communication with the vehicle failed", "communication within the battery failed", "current module failed",
        "pack voltage module failed", "short circuit", "charging forbidden: voltage too low",
    ]

    /// Where each failure stands in the 18 bits that are left for them.
    private static let places = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 14, 15, 15, 16, 17]
}
