/// A register of a servo's control table.
public struct DynamixelRegister: Hashable, Sendable {
    public var address: UInt16
    /// 1, 2 or 4 bytes.
    public var length: Int
    /// False where the servo alone writes it.
    public var isWritable: Bool
    /// What it holds when the servo starts.
    public var initial: Int32
    /// What may be written.
    public var range: ClosedRange<Int32>

    public init(
        _ address: UInt16, _ length: Int, writable: Bool = true, initial: Int32 = 0,
        range: ClosedRange<Int32> = .min ... .max
    ) {
        self.address = address
        self.length = length
        isWritable = writable
        self.initial = initial
        self.range = range
    }

    /// Kept without power, and writable only while torque is off.
    public var isEEPROM: Bool { address < 64 }

    /// A value as it travels.
    public func bytes(_ value: Int32) -> [UInt8] { Array(LittleEndian.bytes(value).prefix(length)) }

    /// The value that starts at `offset` of bytes read; nil where they end too early. Two-byte and four-byte registers
    /// are signed where the e-manual gives them signed units, as is one byte of the bus watchdog; read others as unsigned.
    public func value(in bytes: [UInt8], at offset: Int = 0, signed: Bool = true) -> Int32? {
        switch length {
        case 1:
            LittleEndian.number(UInt8.self, in: bytes, at: offset).map {
                signed ? Int32(Int8(bitPattern: $0)) : Int32($0)
            }
        case 2:
            LittleEndian.number(UInt16.self, in: bytes, at: offset).map {
                signed ? Int32(Int16(bitPattern: $0)) : Int32($0)
            }
        default: LittleEndian.number(Int32.self, in: bytes, at: offset)
        }
    }
}

/// The control table of the XM430-W350, which the XM, XH and XD series share.
///
/// Source: ROBOTIS e-manual, "XM430-W350", Control Table of EEPROM and RAM Area.
public enum XM430 {
    public static let modelNumber = DynamixelRegister(0, 2, writable: false, initial: 1020)
    public static let modelInformation = DynamixelRegister(2, 4, writable: false)
    public static let firmwareVersion = DynamixelRegister(6, 1, writable: false, initial: 46)
    public static let id = DynamixelRegister(7, 1, initial: 1, range: 0...252)
    public static let baudRate = DynamixelRegister(8, 1, initial: 1, range: 0...7)
    /// 2 µs.
    public static let returnDelayTime = DynamixelRegister(9, 1, initial: 250, range: 0...254)
    /// Bit 0 turns the other way, bit 2 counts profiles in milliseconds, bit 3 switches torque on with a goal.
    public static let driveMode = DynamixelRegister(10, 1, range: 0...13)
    /// 3 = position.
    public static let operatingMode = DynamixelRegister(11, 1, initial: 3, range: 0...16)
    public static let secondaryID = DynamixelRegister(12, 1, initial: 255, range: 0...255)
    public static let protocolVersion = DynamixelRegister(13, 1, initial: 2, range: 1...2)
    /// Added to the present position, ticks.
    public static let homingOffset = DynamixelRegister(20, 4, range: -1_044_479...1_044_479)
    public static let movingThreshold = DynamixelRegister(24, 4, initial: 10, range: 0...1023)
    public static let temperatureLimit = DynamixelRegister(31, 1, initial: 80, range: 0...100)
    public static let maximumVoltageLimit = DynamixelRegister(32, 2, initial: 160, range: 95...160)
    public static let minimumVoltageLimit = DynamixelRegister(34, 2, initial: 95, range: 95...160)
    public static let pwmLimit = DynamixelRegister(36, 2, initial: 885, range: 0...885)
    public static let currentLimit = DynamixelRegister(38, 2, initial: 1193, range: 0...1193)
    public static let accelerationLimit = DynamixelRegister(40, 4, initial: 32767, range: 0...32767)
    public static let velocityLimit = DynamixelRegister(44, 4, initial: 350, range: 0...1023)
    public static let maximumPosition = DynamixelRegister(48, 4, initial: 4095, range: 0...4095)
    public static let minimumPosition = DynamixelRegister(52, 4, initial: 0, range: 0...4095)
    public static let shutdown = DynamixelRegister(63, 1, initial: 52, range: 0...255)

    public static let torqueEnable = DynamixelRegister(64, 1, range: 0...1)
    public static let led = DynamixelRegister(65, 1, range: 0...1)
    /// 0 answers to ping only, 1 to reads as well, 2 to everything.
    public static let statusReturnLevel = DynamixelRegister(68, 1, initial: 2, range: 0...2)
    public static let registeredInstruction = DynamixelRegister(69, 1, writable: false)
    public static let hardwareErrorStatus = DynamixelRegister(70, 1, writable: false)
    public static let velocityIGain = DynamixelRegister(76, 2, initial: 1920, range: 0...16383)
    public static let velocityPGain = DynamixelRegister(78, 2, initial: 100, range: 0...16383)
    public static let positionDGain = DynamixelRegister(80, 2, range: 0...16383)
    public static let positionIGain = DynamixelRegister(82, 2, range: 0...16383)
    public static let positionPGain = DynamixelRegister(84, 2, initial: 800, range: 0...16383)
    public static let feedforward2ndGain = DynamixelRegister(88, 2, range: 0...16383)
    public static let feedforward1stGain = DynamixelRegister(90, 2, range: 0...16383)
    /// 20 ms; 0 is off and clears the error, -1 is the error.
    public static let busWatchdog = DynamixelRegister(98, 1, range: 0...127)
    public static let goalPWM = DynamixelRegister(100, 2, initial: 885, range: -885...885)
    public static let goalCurrent = DynamixelRegister(102, 2, initial: 1193, range: -1193...1193)
    public static let goalVelocity = DynamixelRegister(104, 4, range: -1023...1023)
    /// `accelerationUnit`; 0 is the servo's own maximum.
    public static let profileAcceleration = DynamixelRegister(108, 4, range: 0...32767)
    /// `velocityUnit`; 0 is the servo's own maximum.
    public static let profileVelocity = DynamixelRegister(112, 4, range: 0...32767)
    public static let goalPosition = DynamixelRegister(116, 4, initial: 2048, range: -1_048_575...1_048_575)
    public static let realtimeTick = DynamixelRegister(120, 2, writable: false)
    public static let moving = DynamixelRegister(122, 1, writable: false)
    public static let movingStatus = DynamixelRegister(123, 1, writable: false)
    public static let presentPWM = DynamixelRegister(124, 2, writable: false)
    public static let presentCurrent = DynamixelRegister(126, 2, writable: false)
    public static let presentVelocity = DynamixelRegister(128, 4, writable: false)
    public static let presentPosition = DynamixelRegister(132, 4, writable: false, initial: 2048)
    public static let velocityTrajectory = DynamixelRegister(136, 4, writable: false)
    public static let positionTrajectory = DynamixelRegister(140, 4, writable: false)
    public static let presentInputVoltage = DynamixelRegister(144, 2, writable: false, initial: 120)
    public static let presentTemperature = DynamixelRegister(146, 1, writable: false, initial: 34)

    /// Every register by rising address, the indirect ones left out.
    public static let all: [DynamixelRegister] = [
        modelNumber, modelInformation, firmwareVersion, id, baudRate, returnDelayTime, driveMode, operatingMode,
        secondaryID, protocolVersion, homingOffset, movingThreshold, temperatureLimit, maximumVoltageLimit,
        minimumVoltageLimit, pwmLimit, currentLimit, accelerationLimit, velocityLimit, maximumPosition, minimumPosition,
        shutdown, torqueEnable, led, statusReturnLevel, registeredInstruction, hardwareErrorStatus, velocityIGain,
        velocityPGain, positionDGain, positionIGain, positionPGain, feedforward2ndGain, feedforward1stGain, busWatchdog,
        goalPWM, goalCurrent, goalVelocity, profileAcceleration, profileVelocity, goalPosition, realtimeTick, moving,
        movingStatus, presentPWM, presentCurrent, presentVelocity, presentPosition, velocityTrajectory,
        positionTrajectory, presentInputVoltage, presentTemperature,
    ]

    /// Radians a step of a position register; 4096 steps a turn.
    public static let radiansPerTick = 2 * Double.pi / 4096
    /// The position register's value at 0 rad.
    public static let centerTick: Int32 = 2048
    /// rad/s a step of a velocity register (0.229 rev/min).
    public static let velocityUnit = 0.0239691227
    /// rad/s² a step of the profile acceleration (214.577 rev/min²).
    public static let accelerationUnit = 214.577 * 2 * Double.pi / 3600
    /// Ampere a step of a current register.
    public static let currentUnit = 0.00269

    /// The names of Hardware Error Status bits (register 70).
    public static func hardwareErrors(_ bits: UInt8) -> [String] {
        let names = [
            (0, "input voltage"), (2, "overheating"), (3, "encoder"), (4, "electrical shock"), (5, "overload"),
        ]
        return names.filter { bits >> $0.0 & 1 == 1 }.map(\.1)
    }
}
