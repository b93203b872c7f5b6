/// What a host asks an RPLIDAR, as it travels: `A5 cmd`, or with a payload `A5 cmd size payload checksum`.
///
/// Source: Slamtec, "RPLIDAR interface protocol and application notes", Request packets; the checksum is the XOR of all
/// bytes before it.
public struct RPLIDARRequest: Hashable, Sendable {
    /// A command byte. Commands with the top bit set carry a payload.
    public struct Command: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let stop = Command(rawValue: 0x25)
        public static let reset = Command(rawValue: 0x40)
        public static let scan = Command(rawValue: 0x20)
        public static let forceScan = Command(rawValue: 0x21)
        public static let expressScan = Command(rawValue: 0x82)
        public static let getInfo = Command(rawValue: 0x50)
        public static let getHealth = Command(rawValue: 0x52)
        public static let getSampleRate = Command(rawValue: 0x59)
        public static let getConfiguration = Command(rawValue: 0x84)
        public static let setConfiguration = Command(rawValue: 0x85)
        public static let setMotorPWM = Command(rawValue: 0xF0)
        public static let getAccessoryFlag = Command(rawValue: 0xFF)
        public static let setMotorSpeed = Command(rawValue: 0xA8)
        public static let confirmBaudRate = Command(rawValue: 0x90)

        /// Every command of this codec.
        public static let all: Set<Command> = [
            .stop, .reset, .scan, .forceScan, .expressScan, .getInfo, .getHealth, .getSampleRate, .getConfiguration,
            .setConfiguration, .setMotorPWM, .getAccessoryFlag, .setMotorSpeed, .confirmBaudRate,
        ]

        /// Whether a payload follows.
        public var hasPayload: Bool { rawValue & 0x80 != 0 }
    }

    public var command: Command
    /// At most 255 bytes; empty where the command has none.
    public var payload: [UInt8]

    public init(_ command: Command, payload: [UInt8] = []) {
        precondition(payload.count <= 255 && (command.hasPayload || payload.isEmpty), "no such request")
        self.command = command
        self.payload = payload
    }

    /// The bytes on the line.
    public var encoded: [UInt8] {
        guard command.hasPayload else { return [0xA5, command.rawValue] }
        var bytes = [0xA5, command.rawValue, UInt8(payload.count)] + payload
        bytes.append(bytes.reduce(0, ^))
        return bytes
    }
}

extension RPLIDARRequest {
    /// Starts an express scan in one of the device's modes.
    public static func expressScan(mode: UInt8) -> RPLIDARRequest {
        RPLIDARRequest(.expressScan, payload: [mode, 0, 0, 0, 0])
    }

    /// Asks for a configuration value; keys that belong to a scan mode carry its number.
    public static func configuration(_ key: RPLIDARConfigurationKey, mode: UInt16? = nil) -> RPLIDARRequest {
        var payload = LittleEndian.bytes(key.rawValue)
        if let mode { payload += LittleEndian.bytes(mode) }
        return RPLIDARRequest(.getConfiguration, payload: payload)
    }

    /// Sets the speed of a built-in motor, in revolutions a minute.
    public static func motorSpeed(rpm: UInt16) -> RPLIDARRequest {
        RPLIDARRequest(.setMotorSpeed, payload: LittleEndian.bytes(rpm))
    }

    /// Sets the duty of a motor behind the accessory board, 0...1023.
    public static func motorPWM(_ duty: UInt16) -> RPLIDARRequest {
        RPLIDARRequest(.setMotorPWM, payload: LittleEndian.bytes(duty))
    }

    /// Asks whether an accessory board controls the motor.
    public static var accessoryFlag: RPLIDARRequest { RPLIDARRequest(.getAccessoryFlag, payload: [0, 0, 0, 0]) }
}

/// Keys of GET_LIDAR_CONF.
public enum RPLIDARConfigurationKey: UInt32, Hashable, Sendable, CaseIterable {
    /// u16 rpm, u16 PWM.
    case desiredRotation = 0x01
    case minimumRotation = 0x04
    case maximumRotation = 0x05
    /// u16.
    case modeCount = 0x70
    /// u32, microseconds with 8 bits of fraction; per mode.
    case sampleTime = 0x71
    /// u32, metres with 8 bits of fraction; per mode.
    case maximumDistance = 0x74
    /// u8; per mode.
    case answerType = 0x75
    /// u16.
    case typicalMode = 0x7C
    /// Zero-terminated text; per mode.
    case modeName = 0x7F

    /// Whether the request names a scan mode.
    public var isPerMode: Bool {
        switch self {
        case .sampleTime, .maximumDistance, .answerType, .modeName: true
        default: false
        }
    }
}
