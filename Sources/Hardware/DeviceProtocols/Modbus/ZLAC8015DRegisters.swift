/// Holding registers of the ZLTECH ZLAC8015D, a drive for two hub motors, over Modbus RTU (115 200 8N1, unit 1).
///
/// Sources: the register tables of public drivers that agree with each other: Msfjel383/ZLAC8015D `ZLAC8015D.h`,
/// Song-H-J/ZLAC8015D_minimalmodbus and rasheeddo/ZLAC8015D_python (control, mode, ramps, set-points, feedback, faults,
/// bus voltage in 0.01 V, currents in 0.1 A). 0x2000 is the communication-loss time of the maker's object dictionary
/// (stm32-toolbox `devices/Zlac8015.h`), in milliseconds, 0 for off. What the maker's manual says about the bits of the
/// status word at 0x20A2 is not public; the house does not use it.
public enum ZLAC8015DRegister: UInt16, Hashable, Sendable, CaseIterable {
    /// The drive stops when it hears nothing for this long; milliseconds, 0 for never.
    case communicationTimeout = 0x2000
    /// `ZLAC8015DMode`.
    case mode = 0x200D
    /// `ZLAC8015DCommand`.
    case control = 0x200E
    /// Ramps, milliseconds from standstill to the rated speed and back.
    case leftAcceleration = 0x2080
    case rightAcceleration = 0x2081
    case leftDeceleration = 0x2082
    case rightDeceleration = 0x2083
    /// Set-points in whole rpm, signed.
    case leftTarget = 0x2088
    case rightTarget = 0x2089
    /// Bus voltage in 0.01 V.
    case busVoltage = 0x20A1
    /// Fault words, `ZLAC8015DFaults`.
    case leftFault = 0x20A5
    case rightFault = 0x20A6
    /// Positions in encoder counts, signed 32 bit, high word first.
    case leftPositionHigh = 0x20A7
    case leftPositionLow = 0x20A8
    case rightPositionHigh = 0x20A9
    case rightPositionLow = 0x20AA
    /// Measured speeds in 0.1 rpm, signed.
    case leftSpeed = 0x20AB
    case rightSpeed = 0x20AC
    /// Motor currents in 0.1 A, signed.
    case leftCurrent = 0x20AD
    case rightCurrent = 0x20AE
}

/// How the drive reads its set-points (register 0x200D).
public enum ZLAC8015DMode: UInt16, Hashable, Sendable {
    case undefined = 0
    case relativePosition = 1
    case absolutePosition = 2
    case velocity = 3
    case torque = 4
}

/// Commands of the control register (0x200E).
public enum ZLAC8015DCommand: UInt16, Hashable, Sendable {
    /// Brake as hard as the drive can, and hold.
    case emergencyStop = 0x05
    case clearAlarm = 0x06
    /// Motors without power.
    case stop = 0x07
    case enable = 0x08
}

/// Fault bits of one motor (registers 0x20A5 and 0x20A6).
///
/// Source: the fault table of the maker's CANopen manual as kaver06/ZLAC8015D-CANOpen-Motor-Controller-simulator
/// `Docs/Error_Codes.txt` gives it; the Modbus drivers above use the same bits.
public struct ZLAC8015DFaults: OptionSet, Hashable, Sendable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let overVoltage = ZLAC8015DFaults(rawValue: 0x0001)
    public static let underVoltage = ZLAC8015DFaults(rawValue: 0x0002)
    public static let overCurrent = ZLAC8015DFaults(rawValue: 0x0004)
    public static let overload = ZLAC8015DFaults(rawValue: 0x0008)
    public static let currentTolerance = ZLAC8015DFaults(rawValue: 0x0010)
    public static let encoderTolerance = ZLAC8015DFaults(rawValue: 0x0020)
    public static let speedTolerance = ZLAC8015DFaults(rawValue: 0x0040)
    public static let referenceVoltage = ZLAC8015DFaults(rawValue: 0x0080)
    public static let eeprom = ZLAC8015DFaults(rawValue: 0x0100)
    public static let hall = ZLAC8015DFaults(rawValue: 0x0200)
    public static let overTemperature = ZLAC8015DFaults(rawValue: 0x0400)
    public static let encoder = ZLAC8015DFaults(rawValue: 0x0800)
    public static let speedSetting = ZLAC8015DFaults(rawValue: 0x2000)

    private static let table: [(faults: ZLAC8015DFaults, name: String, hint: String)] = [
        (.overVoltage, "over-voltage", "brake more gently downhill or check the battery's charger"),
        (.underVoltage, "under-voltage", "charge the battery and check its fuse and plugs"),
        (.overCurrent, "over-current", "check for a blocked wheel or a short in the motor's cable"),
        (.overload, "overload", "check for a blocked wheel or too much load"),
        (.currentTolerance, "current out of tolerance", "check the motor's cable"),
        (.encoderTolerance, "encoder out of tolerance", "check the motor's encoder plug"),
        (.speedTolerance, "speed out of tolerance", "check for a blocked wheel"),
        (.referenceVoltage, "reference voltage out of range", "the drive is damaged: replace it"),
        (.eeprom, "EEPROM fault", "the drive cannot read its settings: replace it"),
        (.hall, "hall sensor fault", "check the motor's sensor plug"),
        (.overTemperature, "motor too hot", "let the motor cool down and check its load"),
        (.encoder, "encoder fault", "check the motor's encoder plug"),
        (.speedSetting, "set-point above the rated speed", "check max_speed of the board file"),
    ]

    /// The faults in words.
    public var names: [String] {
        var names = Self.table.filter { contains($0.faults) }.map(\.name)
        let known = Self.table.reduce(into: ZLAC8015DFaults()) { $0.formUnion($1.faults) }
        let unknown = rawValue & ~known.rawValue
        if unknown != 0 { names.append("unknown fault bits 0x\(String(unknown, radix: 16))") }
        return names
    }

    /// What a person can do about the first of them.
    public var hint: String? { Self.table.first { contains($0.faults) }?.hint }
}
