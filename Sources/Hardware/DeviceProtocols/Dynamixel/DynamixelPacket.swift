/// A packet of ROBOTIS' Dynamixel Protocol 2.0, as both sides see it: without header, length, stuffing and checksum.
///
/// On the line: `FF FF FD 00 id length(2) instruction parameters crc(2)`; the length counts from the instruction to the
/// end, stuffing included. Source: ROBOTIS e-manual, "DYNAMIXEL Protocol 2.0".
public struct DynamixelPacket: Hashable, Sendable {
    /// What a packet is.
    public struct Instruction: RawRepresentable, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let ping = Instruction(rawValue: 0x01)
        public static let read = Instruction(rawValue: 0x02)
        public static let write = Instruction(rawValue: 0x03)
        public static let regWrite = Instruction(rawValue: 0x04)
        public static let action = Instruction(rawValue: 0x05)
        public static let factoryReset = Instruction(rawValue: 0x06)
        public static let reboot = Instruction(rawValue: 0x08)
        public static let clear = Instruction(rawValue: 0x10)
        public static let status = Instruction(rawValue: 0x55)
        public static let syncRead = Instruction(rawValue: 0x82)
        public static let syncWrite = Instruction(rawValue: 0x83)
        public static let fastSyncRead = Instruction(rawValue: 0x8A)
        public static let bulkRead = Instruction(rawValue: 0x92)
        public static let bulkWrite = Instruction(rawValue: 0x93)
        public static let fastBulkRead = Instruction(rawValue: 0x9A)
    }

    /// Every servo on the bus.
    public static let broadcastID: UInt8 = 0xFE
    /// The most that instruction and parameters may take on the line; longer lengths are taken for noise.
    public static let maximumLength = 2048

    /// 0...252, or `broadcastID`.
    public var id: UInt8
    public var instruction: Instruction
    /// Without stuffing. A status packet's first one is its error byte.
    public var parameters: [UInt8]

    public init(id: UInt8, _ instruction: Instruction, _ parameters: [UInt8] = []) {
        self.id = id
        self.instruction = instruction
        self.parameters = parameters
    }

    /// The bytes on the line, stuffed.
    public var encoded: [UInt8] {
        var body: [UInt8] = [instruction.rawValue]
        body.reserveCapacity(parameters.count + 8)
        var run = 0  // how much of FF FF FD stands at the end of `body`
        for byte in parameters {
            body.append(byte)
            switch (run, byte) {
            case (0, 0xFF): run = 1
            case (1, 0xFF), (2, 0xFF): run = 2
            case (2, 0xFD):
                body.append(0xFD)
                run = 0
            default: run = 0
            }
        }
        return Self.framed(id: id, body)
    }

    /// Header, length and checksum around a body that is not stuffed (any more).
    static func framed(id: UInt8, _ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xFF, 0xFD, 0x00, id]
        bytes += LittleEndian.bytes(UInt16(body.count + 2))
        bytes += body
        bytes += LittleEndian.bytes(CRC16UMTS(bytes).value)
        return bytes
    }

    /// Takes the stuffing out: FF FF FD FD becomes FF FF FD. A pattern that was sent without stuffing stays as it is
    /// (the Python SDK up to 4.1.0 sends such packets).
    static func unstuffed(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var run = 0
        for byte in bytes {
            if run == 3 {
                run = 0
                if byte == 0xFD { continue }
            }
            result.append(byte)
            switch (run, byte) {
            case (0, 0xFF): run = 1
            case (1, 0xFF), (2, 0xFF): run = 2
            case (2, 0xFD): run = 3
            default: run = 0
            }
        }
        return result
    }
}

/// The error byte of a status packet.
public struct DynamixelStatusError: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// What went wrong with the instruction.
    public enum Code: UInt8, Hashable, Sendable {
        case none = 0
        case resultFail = 1
        case instruction = 2
        case checksum = 3
        case dataRange = 4
        case dataLength = 5
        case dataLimit = 6
        case access = 7
    }

    public init(_ code: Code, alert: Bool = false) { rawValue = code.rawValue | (alert ? 0x80 : 0) }

    /// The servo has a hardware error; its register 70 says which.
    public var alert: Bool { rawValue & 0x80 != 0 }
    public var code: Code { Code(rawValue: rawValue & 0x7F) ?? .resultFail }
}

extension DynamixelPacket {
    /// Asks who is there; a broadcast asks everyone.
    public static func ping(_ id: UInt8) -> DynamixelPacket { DynamixelPacket(id: id, .ping) }

    public static func reboot(_ id: UInt8) -> DynamixelPacket { DynamixelPacket(id: id, .reboot) }

    /// Reads `length` bytes from `address`.
    public static func read(_ id: UInt8, address: UInt16, length: UInt16) -> DynamixelPacket {
        DynamixelPacket(id: id, .read, LittleEndian.bytes(address) + LittleEndian.bytes(length))
    }

    public static func read(_ id: UInt8, _ register: DynamixelRegister) -> DynamixelPacket {
        read(id, address: register.address, length: UInt16(register.length))
    }

    public static func write(_ id: UInt8, _ register: DynamixelRegister, _ value: Int32) -> DynamixelPacket {
        DynamixelPacket(id: id, .write, LittleEndian.bytes(register.address) + register.bytes(value))
    }

    /// A servo's answer.
    public static func status(_ id: UInt8, _ error: DynamixelStatusError, _ data: [UInt8] = []) -> DynamixelPacket {
        DynamixelPacket(id: id, .status, [error.rawValue] + data)
    }

    /// The error byte, if this is a status packet.
    public var statusError: DynamixelStatusError? {
        instruction == .status ? parameters.first.map { DynamixelStatusError(rawValue: $0) } : nil
    }

    /// What a status packet carries behind its error byte.
    public var statusData: [UInt8] { instruction == .status ? Array(parameters.dropFirst()) : [] }
}
