/// Conversions between the drive's units and SI.
public enum ZLAC8015DUnits {
    /// The speed up to which the drive takes set-points, rpm (its drivers clamp to ±3000).
    public static let rpmLimit: Int16 = 3000

    /// rad/s of a whole-rpm register.
    public static func radiansPerSecond(rpm: Double) -> Double { rpm * (2 * .pi / 60) }

    /// rpm of a speed in rad/s.
    public static func rpm(radiansPerSecond: Double) -> Double { radiansPerSecond * (60 / (2 * .pi)) }

    /// The set-point register for a speed in rad/s: rounded, and held within the drive's limits.
    public static func targetRegister(radiansPerSecond: Double) -> UInt16 {
        let limit = Double(rpmLimit)
        let rounded = rpm(radiansPerSecond: radiansPerSecond).rounded()
        guard rounded == rounded else { return 0 }  // not a number: stand still
        return UInt16(bitPattern: Int16(max(-limit, min(limit, rounded))))
    }

    /// Volts of the bus voltage register.
    public static func volts(register: UInt16) -> Double { Double(register) * 0.01 }
}

/// What one cycle reads: the eight registers 0x20A5...0x20AC.
///
/// Eight registers are the most that the drive's public drivers read at once.
public struct ZLAC8015DFeedback: Hashable, Sendable {
    public var leftFault: ZLAC8015DFaults
    public var rightFault: ZLAC8015DFaults
    /// Encoder counts, wrapping.
    public var leftPosition: Int32
    public var rightPosition: Int32
    /// Measured speeds in 0.1 rpm.
    public var leftSpeed: Int16
    public var rightSpeed: Int16

    /// The request that reads it.
    public static let request = ModbusRequest.readHolding(
        address: ZLAC8015DRegister.leftFault.rawValue, count: 8)

    public init(
        leftFault: ZLAC8015DFaults, rightFault: ZLAC8015DFaults, leftPosition: Int32, rightPosition: Int32,
        leftSpeed: Int16, rightSpeed: Int16
    ) {
        self.leftFault = leftFault
        self.rightFault = rightFault
        self.leftPosition = leftPosition
        self.rightPosition = rightPosition
        self.leftSpeed = leftSpeed
        self.rightSpeed = rightSpeed
    }

    /// Decodes the registers of `request`'s answer; nil unless there are eight.
    public init?(registers: [UInt16]) {
        guard registers.count == 8 else { return nil }
        self.init(
            leftFault: ZLAC8015DFaults(rawValue: registers[0]), rightFault: ZLAC8015DFaults(rawValue: registers[1]),
            leftPosition: Int32(bitPattern: UInt32(registers[2]) << 16 | UInt32(registers[3])),
            rightPosition: Int32(bitPattern: UInt32(registers[4]) << 16 | UInt32(registers[5])),
            leftSpeed: Int16(bitPattern: registers[6]), rightSpeed: Int16(bitPattern: registers[7]))
    }

    /// The registers, as the drive sends them.
    public var registers: [UInt16] {
        let left = UInt32(bitPattern: leftPosition)
        let right = UInt32(bitPattern: rightPosition)
        return [
            leftFault.rawValue, rightFault.rawValue, UInt16(left >> 16), UInt16(truncatingIfNeeded: left),
            UInt16(right >> 16), UInt16(truncatingIfNeeded: right), UInt16(bitPattern: leftSpeed),
            UInt16(bitPattern: rightSpeed),
        ]
    }

    /// Measured speeds in rad/s, as the motors count them.
    public var leftRadiansPerSecond: Double { ZLAC8015DUnits.radiansPerSecond(rpm: Double(leftSpeed) * 0.1) }
    public var rightRadiansPerSecond: Double { ZLAC8015DUnits.radiansPerSecond(rpm: Double(rightSpeed) * 0.1) }
}
