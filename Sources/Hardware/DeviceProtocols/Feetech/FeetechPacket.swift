/// A packet of Feetech's SCS/STS protocol, as both sides see it: without header, length and checksum.
///
/// On the line: `FF FF id length instruction parameters checksum`; the length counts the bytes behind it, the checksum is
/// the inverted sum of all bytes from the id on. A status packet has its error byte where an instruction packet has its
/// instruction, so which of the two it is only its sender tells. The shape is that of Dynamixel Protocol 1.0; nothing is
/// stuffed.
///
/// Source: Feetech, "FT-SCS communication protocol" and "SMS/STS memory table" (doc.feetech.cn); scservo_sdk 1.0.0.
public struct FeetechPacket: Hashable, Sendable {
    /// Every servo on the bus.
    public static let broadcastID: UInt8 = 0xFE
    /// The most parameters that a packet can hold.
    public static let maximumParameters = 250

    /// What a packet asks for.
    public enum Instruction: UInt8, Hashable, Sendable, CaseIterable {
        case ping = 0x01
        case read = 0x02
        case write = 0x03
        case regWrite = 0x04
        case action = 0x05
        case factoryReset = 0x06
        case reboot = 0x08
        case syncRead = 0x82
        case syncWrite = 0x83
    }

    /// 0...253, or `broadcastID`.
    public var id: UInt8
    /// The instruction's number, or a status packet's error byte.
    public var code: UInt8
    public var parameters: [UInt8]

    public init(id: UInt8, code: UInt8, _ parameters: [UInt8] = []) {
        self.id = id
        self.code = code
        self.parameters = parameters
    }

    public init(id: UInt8, _ instruction: Instruction, _ parameters: [UInt8] = []) {
        self.init(id: id, code: instruction.rawValue, parameters)
    }

    /// The bytes on the line; no more than `maximumParameters` of the parameters.
    public var encoded: [UInt8] {
        let sent = parameters.prefix(Self.maximumParameters)
        var bytes: [UInt8] = [0xFF, 0xFF, id, UInt8(sent.count + 2), code]
        bytes += sent
        bytes.append(Self.checksum(bytes[2...]))
        return bytes
    }

    /// The checksum of everything from the id on.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt8 { ~bytes.reduce(0, &+) }
}

/// Bits of a servo's status register (65), which is the error byte of its status packets too.
public struct FeetechStatus: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let voltage = FeetechStatus(rawValue: 0x01)
    public static let encoder = FeetechStatus(rawValue: 0x02)
    public static let temperature = FeetechStatus(rawValue: 0x04)
    public static let current = FeetechStatus(rawValue: 0x08)
    public static let overload = FeetechStatus(rawValue: 0x20)

    /// What the bits say, in words.
    public var names: [String] {
        let names: [(FeetechStatus, String)] = [
            (.overload, "overload"), (.temperature, "overheating"), (.voltage, "input voltage"),
            (.encoder, "encoder"), (.current, "overcurrent"),
        ]
        return names.filter { contains($0.0) }.map(\.1)
    }
}

extension FeetechPacket {
    /// Asks who is there; a broadcast asks everyone, and each answers in its turn.
    public static func ping(_ id: UInt8) -> FeetechPacket { FeetechPacket(id: id, .ping) }

    /// Reads `length` bytes from `address`.
    public static func read(_ id: UInt8, address: UInt8, length: UInt8) -> FeetechPacket {
        FeetechPacket(id: id, .read, [address, length])
    }

    public static func read(_ id: UInt8, _ register: FeetechRegister) -> FeetechPacket {
        read(id, address: register.address, length: UInt8(register.length))
    }

    public static func write(_ id: UInt8, _ register: FeetechRegister, _ value: Int) -> FeetechPacket {
        FeetechPacket(id: id, .write, [register.address] + register.bytes(value))
    }

    /// Reads the same bytes of several servos; each answers with a status packet of its own, in this order.
    public static func syncRead(address: UInt8, length: UInt8, ids: [UInt8]) -> FeetechPacket {
        FeetechPacket(id: broadcastID, .syncRead, [address, length] + ids)
    }

    /// Writes the same register of several servos at once; nobody answers.
    public static func syncWrite(_ register: FeetechRegister, _ values: [(id: UInt8, value: Int)]) -> FeetechPacket {
        FeetechPacket(
            id: broadcastID, .syncWrite,
            [register.address, UInt8(register.length)] + values.flatMap { [$0.id] + register.bytes($0.value) })
    }

    /// A servo's answer.
    public static func status(_ id: UInt8, _ error: FeetechStatus, _ data: [UInt8] = []) -> FeetechPacket {
        FeetechPacket(id: id, code: error.rawValue, data)
    }

    /// What a read or a sync read asks of a servo: where, and how many bytes; nil for other packets.
    public func asked(of servo: UInt8) -> (address: UInt8, length: UInt8)? {
        switch Instruction(rawValue: code) {
        case .read where parameters.count == 2 && id == servo: (parameters[0], parameters[1])
        case .syncRead where parameters.count > 2 && parameters[2...].contains(servo): (parameters[0], parameters[1])
        default: nil
        }
    }
}
