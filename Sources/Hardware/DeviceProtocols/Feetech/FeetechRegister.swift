/// A register of a Feetech servo's memory table; numbers of two bytes come low byte first.
public struct FeetechRegister: Hashable, Sendable {
    public var address: UInt8
    /// 1 or 2 bytes.
    public var length: Int
    /// The bit that says "negative" above a magnitude: these servos have no two's complement. Nil for unsigned registers.
    public var signBit: Int?
    /// False where the servo alone writes it.
    public var isWritable: Bool
    /// What it holds when the servo starts.
    public var initial: Int
    /// What may be written.
    public var range: ClosedRange<Int>

    public init(
        _ address: UInt8, _ length: Int, signBit: Int? = nil, writable: Bool = true, initial: Int = 0,
        range: ClosedRange<Int>? = nil
    ) {
        self.address = address
        self.length = length
        self.signBit = signBit
        isWritable = writable
        self.initial = initial
        let magnitude = (1 << (signBit ?? 8 * length)) - 1
        self.range = range ?? (signBit == nil ? 0 : -magnitude)...magnitude
    }

    /// Kept without power, and writable only while the lock (55) is open.
    public var isEEPROM: Bool { address < 40 }

    /// A value as it travels; what does not fit is brought to the nearest that does.
    public func bytes(_ value: Int) -> [UInt8] {
        let magnitude = (1 << (signBit ?? 8 * length)) - 1
        var raw = min(magnitude, abs(value))
        if let signBit, value < 0 { raw |= 1 << signBit }
        return (0..<length).map { UInt8(truncatingIfNeeded: raw >> (8 * $0)) }
    }

    /// The value that starts at `offset` of bytes read; nil where they end too early.
    public func value(in bytes: [UInt8], at offset: Int = 0) -> Int? {
        guard offset >= 0, offset + length <= bytes.count else { return nil }
        let raw = (0..<length).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
        guard let signBit else { return raw }
        let magnitude = raw & ((1 << signBit) - 1)
        return raw >> signBit & 1 == 1 ? -magnitude : magnitude
    }
}

/// The memory table of the STS and SMS series (STS3215 and its kin).
///
/// Source: Feetech, "SMS/STS memory table" (doc.feetech.cn); the tables of LeRobot and of FTServo agree with it.
public enum STS {
    public static let firmwareMajor = FeetechRegister(0, 1, writable: false, initial: 3)
    public static let firmwareMinor = FeetechRegister(1, 1, writable: false, initial: 9)
    /// 0: numbers come low byte first; the SCS series has 1.
    public static let byteOrder = FeetechRegister(2, 1, writable: false)
    public static let modelNumber = FeetechRegister(3, 2, writable: false, initial: 777)
    public static let id = FeetechRegister(5, 1, initial: 1, range: 0...253)
    /// 0 is 1 Mbit/s, 1 500 000, 2 250 000, 3 128 000, 4 115 200, ….
    public static let baudRate = FeetechRegister(6, 1, range: 0...7)
    /// 2 µs; the STS series answers at once whatever it holds.
    public static let returnDelay = FeetechRegister(7, 1, range: 0...254)
    /// 0 answers to ping and reads only, 1 to everything.
    public static let responseLevel = FeetechRegister(8, 1, initial: 1, range: 0...1)
    /// Ticks; both 0 let it turn without end.
    public static let minimumPosition = FeetechRegister(9, 2, signBit: 15)
    public static let maximumPosition = FeetechRegister(11, 2, signBit: 15, initial: 4095)
    public static let temperatureLimit = FeetechRegister(13, 1, initial: 70, range: 0...100)
    public static let maximumVoltage = FeetechRegister(14, 1, initial: 140)
    public static let minimumVoltage = FeetechRegister(15, 1, initial: 40)
    public static let maximumTorque = FeetechRegister(16, 2, initial: 1000, range: 0...1000)
    public static let phase = FeetechRegister(18, 1, initial: 12)
    /// Bits as in `FeetechStatus`: which of them take the torque away.
    public static let unloadingCondition = FeetechRegister(19, 1, initial: 44)
    public static let homingOffset = FeetechRegister(31, 2, signBit: 11)
    /// 0 is position, 1 speed, 2 PWM, 3 steps.
    public static let mode = FeetechRegister(33, 1, range: 0...3)

    /// 0 off, 1 on, 2 damping, 128 calls this place the middle.
    public static let torqueEnable = FeetechRegister(40, 1, range: 0...128)
    /// 100 steps/s²; 0 is as fast as it can.
    public static let acceleration = FeetechRegister(41, 1, range: 0...254)
    public static let goalPosition = FeetechRegister(42, 2, signBit: 15)
    /// ms; 0 goes by the speed.
    public static let goalTime = FeetechRegister(44, 2)
    /// Steps a second; 0 is as fast as it can.
    public static let goalSpeed = FeetechRegister(46, 2, signBit: 15)
    public static let torqueLimit = FeetechRegister(48, 2, initial: 1000, range: 0...1000)
    /// 1 keeps EEPROM closed.
    public static let lock = FeetechRegister(55, 1, initial: 1, range: 0...1)
    public static let presentPosition = FeetechRegister(56, 2, signBit: 15, writable: false, initial: 2048)
    public static let presentSpeed = FeetechRegister(58, 2, signBit: 15, writable: false)
    /// 0.1 % of the motor's duty.
    public static let presentLoad = FeetechRegister(60, 2, signBit: 10, writable: false)
    /// 0.1 V.
    public static let presentVoltage = FeetechRegister(62, 1, writable: false, initial: 120)
    /// °C.
    public static let presentTemperature = FeetechRegister(63, 1, writable: false, initial: 30)
    public static let registeredWrite = FeetechRegister(64, 1, writable: false)
    public static let status = FeetechRegister(65, 1, writable: false)
    public static let moving = FeetechRegister(66, 1, writable: false)
    /// 6.5 mA.
    public static let presentCurrent = FeetechRegister(69, 2, signBit: 15, writable: false)

    /// Every register by rising address.
    public static let all: [FeetechRegister] = [
        firmwareMajor, firmwareMinor, byteOrder, modelNumber, id, baudRate, returnDelay, responseLevel,
        minimumPosition, maximumPosition, temperatureLimit, maximumVoltage, minimumVoltage, maximumTorque, phase,
        unloadingCondition, homingOffset, mode, torqueEnable, acceleration, goalPosition, goalTime, goalSpeed,
        torqueLimit, lock, presentPosition, presentSpeed, presentLoad, presentVoltage, presentTemperature,
        registeredWrite, status, moving, presentCurrent,
    ]

    /// Model numbers of servos with this table and 4096 steps a turn, and their names.
    public static let models: [Int: String] = [777: "STS3215", 2825: "STS3250"]
    /// What others call themselves: another table, byte order or resolution.
    public static let strangers: [Int: String] = [1284: "SCS0009", 3338: "HLS3625", 11272: "SM8512BL"]

    /// Radians a step; 4096 a turn.
    public static let radiansPerStep = 2 * Double.pi / 4096
    /// The position register's value at 0 rad.
    public static let centerStep = 2048
    /// Ampere a step of the current register.
    public static let currentUnit = 0.0065
    /// Steps/s² a step of the acceleration register.
    public static let accelerationUnit = 100.0
}
