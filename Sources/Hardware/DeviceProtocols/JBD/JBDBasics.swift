/// The basic information of a JBD battery (register 03), numbers big-endian:
///
///     u16 10 mV   i16 10 mA, charging positive   u16 10 mAh left   u16 10 mAh nominal   u16 cycles   u16 date
///     u16 u16 balancing, cells 1…32   u16 protections   u8 version, BCD   u8 charge in %   u8 switches   u8 cells
///     u8 sensors   u16 0.1 K each      (newer boards append more)
///
/// The date is day in bits 0…4, month in 5…8, year since 2000 in 9…15.
public struct JBDBasics: Hashable, Sendable {
    /// Units of 10 mV.
    public var centivolts: Int
    /// Units of 10 mA, positive while it is charged.
    public var centiamperes: Int
    public var remainingCentiampereHours: Int
    public var nominalCentiampereHours: Int
    public var cycles: Int
    public var date: UInt16
    /// A bit a cell.
    public var balancing: UInt32
    public var protections: JBDProtections
    public var version: UInt8
    public var percent: Int
    public var charges: Bool
    public var discharges: Bool
    public var cells: Int
    /// Tenths of a kelvin.
    public var temperatures: [Int]

    public init(
        centivolts: Int, centiamperes: Int, remainingCentiampereHours: Int, nominalCentiampereHours: Int,
        cycles: Int = 0, date: UInt16 = 0, balancing: UInt32 = 0, protections: JBDProtections = JBDProtections(),
        version: UInt8 = 0x10, percent: Int, charges: Bool = true, discharges: Bool = true, cells: Int,
        temperatures: [Int]
    ) {
        self.centivolts = centivolts
        self.centiamperes = centiamperes
        self.remainingCentiampereHours = remainingCentiampereHours
        self.nominalCentiampereHours = nominalCentiampereHours
        self.cycles = cycles
        self.date = date
        self.balancing = balancing
        self.protections = protections
        self.version = version
        self.percent = percent
        self.charges = charges
        self.discharges = discharges
        self.cells = cells
        self.temperatures = temperatures
    }

    /// Bytes before the temperatures.
    private static let fixed = 23

    /// Nil where bytes are missing or the charge is more than everything.
    public init?(data: [UInt8]) {
        guard data.count >= Self.fixed, data.count >= Self.fixed + 2 * Int(data[22]), data[19] <= 100 else {
            return nil
        }
        func word(_ offset: Int) -> UInt16 { UInt16(data[offset]) << 8 | UInt16(data[offset + 1]) }
        self.init(
            centivolts: Int(word(0)), centiamperes: Int(Int16(bitPattern: word(2))),
            remainingCentiampereHours: Int(word(4)), nominalCentiampereHours: Int(word(6)), cycles: Int(word(8)),
            date: word(10), balancing: UInt32(word(12)) | UInt32(word(14)) << 16,
            protections: JBDProtections(bits: word(16)), version: data[18], percent: Int(data[19]),
            charges: data[20] & 1 == 1, discharges: data[20] & 2 == 2, cells: Int(data[21]),
            temperatures: (0..<Int(data[22])).map { Int(word(Self.fixed + 2 * $0)) })
    }

    public var data: [UInt8] {
        var data: [UInt8] = []
        func append(_ words: UInt16...) { for word in words { data += BigEndian.bytes(word) } }
        append(
            UInt16(clamping: centivolts), UInt16(bitPattern: Int16(clamping: centiamperes)),
            UInt16(clamping: remainingCentiampereHours), UInt16(clamping: nominalCentiampereHours),
            UInt16(clamping: cycles), date, UInt16(truncatingIfNeeded: balancing), UInt16(balancing >> 16),
            protections.bits)
        data += [
            version, UInt8(clamping: percent), (charges ? 1 : 0) | (discharges ? 2 : 0), UInt8(clamping: cells),
            UInt8(clamping: temperatures.count),
        ]
        for temperature in temperatures.prefix(255) { append(UInt16(clamping: temperature)) }
        return data
    }

    /// Degrees Celsius of the warmest sensor; nil where it has none.
    public var warmest: Double? { temperatures.max().map { Double($0 - 2731) / 10 } }
}

/// The protections of a JBD battery that have acted, a bit each.
public struct JBDProtections: Hashable, Sendable {
    public var bits: UInt16

    public init(bits: UInt16 = 0) { self.bits = bits }

    /// In words, in the order of the bits; a bit that no document names is called by its number.
    public var names: [String] {
        (0..<16).filter { bits >> UInt16($0) & 1 == 1 }.map {
            $0 < Self.words.count ? Self.words[$0] : "protection \($0)"
        }
    }

    private static let words = [
        "cell over-voltage", "cell under-voltage", "pack over-voltage", "pack under-voltage",
        "over-temperature while charging", "under-temperature while charging", "over-temperature while discharging",
        "under-temperature while discharging", "over-current while charging", "over-current while discharging",
        "short circuit", "measuring chip failed", "switches locked by software",
    ]
}
