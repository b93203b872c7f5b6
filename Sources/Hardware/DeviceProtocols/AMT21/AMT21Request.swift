/// What a host asks of CUI's absolute encoder AMT21 on RS-485: one byte, the encoder's address with the request in its two
/// lowest bits. Requests that change the encoder have a second byte.
///
/// Source: CUI Devices, "AMT21 series datasheet", RS-485 protocol; CUI's sample code AMT21_RS485_Sample_Code_Mega.
public enum AMT21Request: Hashable, Sendable {
    /// The angle; answered by one word.
    case position(UInt8)
    /// Whole turns since power-up; answered by one word, by multi-turn encoders only.
    case turns(UInt8)
    /// Calls the present angle 0 for ever (single-turn encoders); not answered, the encoder starts anew.
    case setZero(UInt8)
    /// Starts the encoder anew; not answered.
    case reset(UInt8)

    /// As the encoder is delivered.
    public static let factoryAddress: UInt8 = 0x54
    static let turnsFlag: UInt8 = 1
    static let extendedFlag: UInt8 = 2
    static let zeroCode: UInt8 = 0x5E
    static let resetCode: UInt8 = 0x75

    /// Whether an encoder can have this address: its two lowest bits are 0.
    public static func isAddress(_ byte: UInt8) -> Bool { byte & 3 == 0 }

    /// The bytes on the line.
    public var encoded: [UInt8] {
        switch self {
        case .position(let address): [address & ~3]
        case .turns(let address): [address & ~3 | Self.turnsFlag]
        case .setZero(let address): [address & ~3 | Self.extendedFlag, Self.zeroCode]
        case .reset(let address): [address & ~3 | Self.extendedFlag, Self.resetCode]
        }
    }
}

/// Finds the requests in what a host sends; the encoder's side.
public struct AMT21RequestDecoder: Sendable {
    /// The address of an extended request whose second byte is still to come.
    private var extended: UInt8?

    public init() {}

    /// Takes bytes in order and calls `body` for each request.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (AMT21Request) -> Void) {
        for byte in bytes {
            if let address = extended {
                extended = nil
                switch byte {
                case AMT21Request.zeroCode:
                    body(.setZero(address))
                    continue
                case AMT21Request.resetCode:
                    body(.reset(address))
                    continue
                default: break  // nothing extended: a request of its own
                }
            }
            switch byte & 3 {
            case 0: body(.position(byte))
            case AMT21Request.turnsFlag: body(.turns(byte & ~3))
            case AMT21Request.extendedFlag: extended = byte & ~3
            default: break  // reserved
            }
        }
    }
}
