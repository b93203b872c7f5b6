/// Voltage, current and charge of the pack (0x90): u16 0.1 V, u16 (gathered voltage, not used), u16 0.1 A with 30000 as
/// zero, u16 0.1 %.
///
///     02 10  00 00  75 30  01 F4      52.8 V, 0 A, 50.0 %
public struct DalyPack: Hashable, Sendable {
    private static let zero = 30_000

    /// Tenths of a volt.
    public var decivolts: Int
    /// Tenths of an ampere, as the battery counts: in most firmwares positive while it is discharged (see
    /// `DalySwitches`).
    public var deciamperes: Int
    /// Tenths of a per cent.
    public var permille: Int

    public init(decivolts: Int, deciamperes: Int, permille: Int) {
        self.decivolts = decivolts
        self.deciamperes = deciamperes
        self.permille = permille
    }

    public init?(data: [UInt8]) {
        guard let voltage = BigEndian.number(UInt16.self, in: data, at: 0),
            let current = BigEndian.number(UInt16.self, in: data, at: 4),
            let charge = BigEndian.number(UInt16.self, in: data, at: 6), charge <= 1000
        else { return nil }
        self.init(decivolts: Int(voltage), deciamperes: Int(current) - Self.zero, permille: Int(charge))
    }

    public var data: [UInt8] {
        BigEndian.bytes(UInt16(clamping: decivolts)) + [0, 0]
            + BigEndian.bytes(UInt16(clamping: deciamperes + Self.zero)) + BigEndian.bytes(UInt16(clamping: permille))
    }
}

/// The highest and the lowest cell (0x91): u16 mV, u8 number from 1, then the same of the lowest.
public struct DalyCellExtremes: Hashable, Sendable {
    public var highestMillivolts: Int
    public var highestCell: Int
    public var lowestMillivolts: Int
    public var lowestCell: Int

    public init(highestMillivolts: Int, highestCell: Int, lowestMillivolts: Int, lowestCell: Int) {
        self.highestMillivolts = highestMillivolts
        self.highestCell = highestCell
        self.lowestMillivolts = lowestMillivolts
        self.lowestCell = lowestCell
    }

    public init?(data: [UInt8]) {
        guard data.count >= 6, let highest = BigEndian.number(UInt16.self, in: data, at: 0),
            let lowest = BigEndian.number(UInt16.self, in: data, at: 3)
        else { return nil }
        self.init(
            highestMillivolts: Int(highest), highestCell: Int(data[2]), lowestMillivolts: Int(lowest),
            lowestCell: Int(data[5]))
    }

    public var data: [UInt8] {
        BigEndian.bytes(UInt16(clamping: highestMillivolts)) + [UInt8(clamping: highestCell)]
            + BigEndian.bytes(UInt16(clamping: lowestMillivolts)) + [UInt8(clamping: lowestCell), 0, 0]
    }
}

/// The warmest and the coldest sensor (0x92): u8 degrees plus 40, u8 number from 1, then the same of the coldest.
public struct DalyTemperatures: Hashable, Sendable {
    private static let zero = 40

    /// Degrees Celsius.
    public var warmest: Int
    public var warmestSensor: Int
    public var coldest: Int
    public var coldestSensor: Int

    public init(warmest: Int, warmestSensor: Int, coldest: Int, coldestSensor: Int) {
        self.warmest = warmest
        self.warmestSensor = warmestSensor
        self.coldest = coldest
        self.coldestSensor = coldestSensor
    }

    public init?(data: [UInt8]) {
        guard data.count >= 4 else { return nil }
        self.init(
            warmest: Int(data[0]) - Self.zero, warmestSensor: Int(data[1]), coldest: Int(data[2]) - Self.zero,
            coldestSensor: Int(data[3]))
    }

    public var data: [UInt8] {
        [
            UInt8(clamping: warmest + Self.zero), UInt8(clamping: warmestSensor), UInt8(clamping: coldest + Self.zero),
            UInt8(clamping: coldestSensor), 0, 0, 0, 0,
        ]
    }
}

/// What the battery does and whether its switches conduct (0x93): u8 state, u8 charge switch, u8 discharge switch, u8
/// life counter, u32 remaining mAh.
///
/// The state is what the sign of the current is read from: firmwares count the current in either sense (the three
/// public implementations say "discharging is positive", dumps of active balancers show the opposite).
public struct DalySwitches: Hashable, Sendable {
    public enum State: UInt8, Hashable, Sendable, Encodable { case idle, charging, discharging }

    public var state: State
    public var charges: Bool
    public var discharges: Bool
    public var life: UInt8
    public var remainingMilliampereHours: UInt32

    public init(state: State, charges: Bool, discharges: Bool, life: UInt8, remainingMilliampereHours: UInt32) {
        self.state = state
        self.charges = charges
        self.discharges = discharges
        self.life = life
        self.remainingMilliampereHours = remainingMilliampereHours
    }

    public init?(data: [UInt8]) {
        guard let remaining = BigEndian.number(UInt32.self, in: data, at: 4), let state = State(rawValue: data[0])
        else { return nil }
        self.init(
            state: state, charges: data[1] != 0, discharges: data[2] != 0, life: data[3],
            remainingMilliampereHours: remaining)
    }

    public var data: [UInt8] {
        [state.rawValue, charges ? 1 : 0, discharges ? 1 : 0, life] + BigEndian.bytes(remainingMilliampereHours)
    }
}

/// How the battery is made up and what hangs on it (0x94): u8 cells, u8 sensors, u8 charger, u8 load, u8 inputs and
/// outputs, u16 cycles.
public struct DalyStatus: Hashable, Sendable {
    public var cells: Int
    public var sensors: Int
    /// A charger is detected.
    public var hasCharger: Bool
    public var hasLoad: Bool
    /// DI1…DI4 in bits 0…3, DO1…DO4 in bits 4…7.
    public var contacts: UInt8
    public var cycles: Int

    public init(cells: Int, sensors: Int, hasCharger: Bool, hasLoad: Bool, contacts: UInt8 = 0, cycles: Int) {
        self.cells = cells
        self.sensors = sensors
        self.hasCharger = hasCharger
        self.hasLoad = hasLoad
        self.contacts = contacts
        self.cycles = cycles
    }

    public init?(data: [UInt8]) {
        guard let cycles = BigEndian.number(UInt16.self, in: data, at: 5) else { return nil }
        self.init(
            cells: Int(data[0]), sensors: Int(data[1]), hasCharger: data[2] != 0, hasLoad: data[3] != 0,
            contacts: data[4], cycles: Int(cycles))
    }

    public var data: [UInt8] {
        [UInt8(clamping: cells), UInt8(clamping: sensors), hasCharger ? 1 : 0, hasLoad ? 1 : 0, contacts]
            + BigEndian.bytes(UInt16(clamping: cycles)) + [0]
    }
}
