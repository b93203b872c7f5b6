/// The types of a YDLIDAR's answers, which travel as `A5 5A`, u32 (30 bits length, 2 bits mode), type, and payload.
///
/// No checksum guards an answer. Source: YDLIDAR X4 development manual, "System communication".
public enum YDLIDARAnswer {
    public static let info: UInt8 = 0x04
    public static let health: UInt8 = 0x06
    /// Bytes before the payload.
    public static let headSize = 7
    /// What grants a scan: length 5 (which means nothing), mode 1, type 81.
    public static let scanGrant: [UInt8] = [0xA5, 0x5A, 0x05, 0x00, 0x00, 0x40, 0x81]

    /// Every length of a single answer that devices send, by type: info 20, frequency 4, sample rate 1; health 3.
    static func isKnown(type: UInt8, length: Int) -> Bool {
        type == info ? length == 20 || length == 4 || length == 1 : type == health && length == 3
    }

    /// The bytes of a single answer on the line.
    public static func encoded(_ type: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0xA5, 0x5A] + LittleEndian.bytes(UInt32(payload.count)) + [type] + payload
    }
}

/// Who a YDLIDAR says it is: model, firmware (minor, major), hardware, sixteen digits.
public struct YDLIDARInfo: Hashable, Sendable {
    public var model: UInt8
    public var firmwareMajor: UInt8
    public var firmwareMinor: UInt8
    public var hardware: UInt8
    /// Sixteen bytes, a decimal digit each.
    public var serial: [UInt8]

    public init(model: UInt8, firmwareMajor: UInt8, firmwareMinor: UInt8, hardware: UInt8, serial: [UInt8]) {
        precondition(serial.count == 16, "a serial number has sixteen digits")
        self.model = model
        self.firmwareMajor = firmwareMajor
        self.firmwareMinor = firmwareMinor
        self.hardware = hardware
        self.serial = serial
    }

    /// Nil when the payload is of another length.
    public init?(payload: [UInt8]) {
        guard payload.count == 20 else { return nil }
        self.init(
            model: payload[0], firmwareMajor: payload[2], firmwareMinor: payload[1], hardware: payload[3],
            serial: Array(payload[4...]))
    }

    public var payload: [UInt8] { [model, firmwareMinor, firmwareMajor, hardware] + serial }

    /// For a person: "YDLIDAR X4 (6), firmware 1.5, hardware 1, serial 2019…".
    public var summary: String {
        let name = YDLIDARModel.numbered(model).map { $0.name.uppercased() } ?? "of an unknown model"
        let digits = serial.map { $0 < 10 ? String($0) : String($0, radix: 16) }.joined()
        let firmware = "firmware \(firmwareMajor).\(firmwareMinor)"
        return "YDLIDAR \(name) (\(model)), \(firmware), hardware \(hardware), serial \(digits)"
    }
}

/// How a YDLIDAR feels: status (0 good, 1 warning, 2 error), u16 code.
public struct YDLIDARHealth: Hashable, Sendable {
    public enum Status: UInt8, Hashable, Sendable { case good, warning, error }

    public var status: Status
    public var code: UInt16

    public init(status: Status, code: UInt16 = 0) {
        self.status = status
        self.code = code
    }

    /// Nil when the payload is none.
    public init?(payload: [UInt8]) {
        guard payload.count == 3, let status = Status(rawValue: payload[0]) else { return nil }
        self.init(status: status, code: UInt16(payload[1]) | UInt16(payload[2]) << 8)
    }

    public var payload: [UInt8] { [status.rawValue] + LittleEndian.bytes(code) }
}
