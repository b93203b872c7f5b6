/// What a host says to a JBD (Xiaoxiang, Overkill) battery.
///
///     DD  A5 read / 5A write  register  length  data…  check  77
///
/// The check is 0x10000 minus the sum of register, length and data, big-endian.
///
/// Source: "Jiabaida Software Board General Protocol" V4 and V13 (vectors in the tests); held against the register map
/// of bms-tools and FurTrader/OverkillSolarBMS, which agree.
public struct JBDRequest: Hashable, Sendable {
    public var writes: Bool
    public var register: JBDRegister
    public var data: [UInt8]

    public init(writes: Bool = false, _ register: JBDRegister, data: [UInt8] = []) {
        self.writes = writes
        self.register = register
        self.data = data
    }

    /// Asks for a register.
    public static func read(_ register: JBDRegister) -> JBDRequest { JBDRequest(register) }

    public var encoded: [UInt8] {
        let body = [register.rawValue, UInt8(clamping: data.count)] + data.prefix(255)
        return [JBDMark.start, writes ? JBDMark.write : JBDMark.read] + body + BigEndian.bytes(jbdCheck(body))
            + [JBDMark.stop]
    }
}

/// What a JBD battery answers.
///
///     DD  register  status  length  data…  check  77
///
/// The check is over status, length and data.
public struct JBDAnswer: Hashable, Sendable {
    /// Status of an answer that refuses.
    public static let refusal: UInt8 = 0x80

    public var register: JBDRegister
    /// 0 where all is well.
    public var status: UInt8
    public var data: [UInt8]

    public init(_ register: JBDRegister, status: UInt8 = 0, data: [UInt8] = []) {
        self.register = register
        self.status = status
        self.data = data
    }

    public var encoded: [UInt8] {
        let body = [status, UInt8(clamping: data.count)] + data.prefix(255)
        return [JBDMark.start, register.rawValue] + body + BigEndian.bytes(jbdCheck(body)) + [JBDMark.stop]
    }
}

/// A register of a JBD battery.
public struct JBDRegister: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Voltage, current, charge, protections, temperatures.
    public static let basic = JBDRegister(rawValue: 0x03)
    /// The cells' voltages, u16 mV each.
    public static let cells = JBDRegister(rawValue: 0x04)
    /// The board's name in ASCII.
    public static let name = JBDRegister(rawValue: 0x05)
}

enum JBDMark {
    static let start: UInt8 = 0xDD
    static let read: UInt8 = 0xA5
    static let write: UInt8 = 0x5A
    static let stop: UInt8 = 0x77
    /// Bytes around the data.
    static let overhead = 7
}

func jbdCheck(_ body: some Sequence<UInt8>) -> UInt16 { body.reduce(UInt16(0)) { $0 &- UInt16($1) } }
