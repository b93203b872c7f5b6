/// The seven bytes before an answer: `A5 5A`, a 30-bit length with a 2-bit mode, and the answer's type.
public struct RPLIDARDescriptor: Hashable, Sendable {
    /// Answer types of this codec.
    public enum AnswerType {
        public static let info: UInt8 = 0x04
        public static let health: UInt8 = 0x06
        public static let sampleRate: UInt8 = 0x15
        public static let configuration: UInt8 = 0x20
        public static let configurationSet: UInt8 = 0x21
        public static let accessoryFlag: UInt8 = 0xFF
    }

    public var type: UInt8
    /// Bytes of one payload.
    public var length: Int
    /// True where payloads follow each other for ever, without a descriptor.
    public var loops: Bool

    public init(type: UInt8, length: Int, loops: Bool) {
        self.type = type
        self.length = length
        self.loops = loops
    }

    /// Bytes on the line.
    static let size = 7

    /// Reads a descriptor; nil where the bytes begin none, or end.
    init?(_ bytes: Span<UInt8>, at offset: Int) {
        guard offset + Self.size <= bytes.count, bytes[offset] == 0xA5, bytes[offset + 1] == 0x5A else { return nil }
        let word = bytes.long(at: offset + 2)
        guard word >> 30 <= 1 else { return nil }
        self.init(type: bytes[offset + 6], length: Int(word & 0x3FFF_FFFF), loops: word >> 30 == 1)
    }

    /// Whether it announces a scan in a format of this codec.
    var isScan: Bool { loops && RPLIDARFormat(rawValue: type)?.frameSize == length }

    /// Whether it announces an answer whose type and length belong together.
    var isKnownAnswer: Bool {
        guard !loops else { return false }
        return switch (type, length) {
        case (AnswerType.info, 20), (AnswerType.health, 3), (AnswerType.sampleRate, 4),
            (AnswerType.configuration, 4...64), (AnswerType.configurationSet, 8), (AnswerType.accessoryFlag, 4):
            true
        default: false
        }
    }

    /// The bytes on the line.
    public var encoded: [UInt8] {
        [0xA5, 0x5A] + LittleEndian.bytes(UInt32(length) | (loops ? 1 << 30 : 0)) + [type]
    }

    /// A whole answer of one payload.
    public static func answer(_ type: UInt8, _ payload: [UInt8]) -> [UInt8] {
        RPLIDARDescriptor(type: type, length: payload.count, loops: false).encoded + payload
    }
}

/// GET_INFO's answer.
public struct RPLIDARInfo: Hashable, Sendable {
    /// Major model in the high nibble (1 = A1, 2 = A2, 3 = A3, 4 = C1, 6 = S1, 7 = S2, ...), revision in the low one.
    public var model: UInt8
    public var firmwareMajor: UInt8
    public var firmwareMinor: UInt8
    public var hardware: UInt8
    /// 16 bytes.
    public var serial: [UInt8]

    public init(model: UInt8, firmwareMajor: UInt8, firmwareMinor: UInt8, hardware: UInt8, serial: [UInt8]) {
        precondition(serial.count == 16, "a serial number has 16 bytes")
        self.model = model
        self.firmwareMajor = firmwareMajor
        self.firmwareMinor = firmwareMinor
        self.hardware = hardware
        self.serial = serial
    }

    /// Reads an answer's payload.
    public init?(payload: [UInt8]) {
        guard payload.count == 20 else { return nil }
        self.init(
            model: payload[0], firmwareMajor: payload[2], firmwareMinor: payload[1], hardware: payload[3],
            serial: Array(payload[4...]))
    }

    public var payload: [UInt8] { [model, firmwareMinor, firmwareMajor, hardware] + serial }

    /// The model's series.
    public var majorModel: UInt8 { model >> 4 }

    /// Whether GET_LIDAR_CONF is understood (the vendor's SDK: new design, or firmware 1.24 and later).
    public var answersConfiguration: Bool {
        majorModel >= 4 || (UInt16(firmwareMajor) << 8 | UInt16(firmwareMinor)) >= 0x0118
    }

    /// How this model's motor is controlled.
    public var motorControl: MotorControl {
        switch majorModel {
        case 0, 1: .dtr
        case 2, 3: .accessoryBoard
        default: .speed
        }
    }

    /// Ways to spin a motor.
    public enum MotorControl: Hashable, Sendable {
        /// The DTR line: cleared means spin (A1).
        case dtr
        /// SET_MOTOR_PWM, where an accessory board is there (A2, A3).
        case accessoryBoard
        /// HQ_MOTOR_SPEED (C, S and T series).
        case speed
    }

    /// For people: "model 71, firmware 1.02, hardware 18, serial 0102...".
    public var summary: String {
        func hex(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) }
        let minor = (firmwareMinor < 10 ? "0" : "") + "\(firmwareMinor)"
        return "RPLIDAR model \(hex(model)), firmware \(firmwareMajor).\(minor), hardware \(hardware), serial "
            + serial.map(hex).joined()
    }
}

/// GET_HEALTH's answer.
public struct RPLIDARHealth: Hashable, Sendable {
    /// The device's own judgement.
    public enum Status: UInt8, Hashable, Sendable { case good = 0, warning = 1, error = 2 }

    public var status: Status
    public var code: UInt16

    public init(status: Status, code: UInt16 = 0) {
        self.status = status
        self.code = code
    }

    public init?(payload: [UInt8]) {
        guard payload.count == 3, let status = Status(rawValue: payload[0]) else { return nil }
        self.init(status: status, code: UInt16(payload[1]) | UInt16(payload[2]) << 8)
    }

    public var payload: [UInt8] { [status.rawValue] + LittleEndian.bytes(code) }
}

/// GET_SAMPLERATE's answer: microseconds a sample.
public struct RPLIDARSampleRate: Hashable, Sendable {
    public var standard: UInt16
    public var express: UInt16

    public init(standard: UInt16, express: UInt16) {
        self.standard = standard
        self.express = express
    }

    public init?(payload: [UInt8]) {
        guard payload.count == 4 else { return nil }
        self.init(
            standard: UInt16(payload[0]) | UInt16(payload[1]) << 8,
            express: UInt16(payload[2]) | UInt16(payload[3]) << 8)
    }

    public var payload: [UInt8] { LittleEndian.bytes(standard) + LittleEndian.bytes(express) }
}

/// GET_LIDAR_CONF's answer: the key, and its value as bytes.
public struct RPLIDARConfiguration: Hashable, Sendable {
    public var key: UInt32
    public var value: [UInt8]

    public init(key: UInt32, value: [UInt8]) {
        self.key = key
        self.value = value
    }

    public init?(payload: [UInt8]) {
        guard let key = LittleEndian.number(UInt32.self, in: payload, at: 0) else { return nil }
        self.init(key: key, value: Array(payload[4...]))
    }

    public var payload: [UInt8] { LittleEndian.bytes(key) + value }

    /// The value as a number of its own width, if it has one, two or four bytes or more.
    public var number: Int? {
        switch value.count {
        case 0: nil
        case 1: Int(value[0])
        case 2, 3: Int(value[0]) | Int(value[1]) << 8
        default: LittleEndian.number(UInt32.self, in: value, at: 0).map { Int($0) }
        }
    }

    /// The value as text up to its zero.
    public var text: String { String(decoding: value.prefix { $0 != 0 }, as: UTF8.self) }
}
