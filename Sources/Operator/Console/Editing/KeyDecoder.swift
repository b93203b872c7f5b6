/// Makes keys of a terminal's bytes: UTF-8, control characters, and the escape sequences of ECMA-48 as xterm, VT220 and
/// the Linux console send them, however they are split over reads.
///
/// Whatever is none of these is passed over; no byte stops it, and it never keeps more than a few bytes.
public struct KeyDecoder: Sendable {
    private enum State {
        case ground
        /// After ESC.
        case escape
        /// After `ESC [`, with the parameter bytes so far.
        case sequence([UInt8])
        /// After `ESC O`, as keypads in application mode send it.
        case keypad
        /// In the middle of a character of several bytes.
        case character([UInt8], length: Int)
    }

    /// No key has longer parameters; what is longer is passed over without being kept.
    private static let longestSequence = 16

    private var state = State.ground
    /// A line feed right after a carriage return belongs to it.
    private var endedWithReturn = false

    public init() {}

    /// Whether a key has begun that the next byte may complete.
    public var isInside: Bool { if case .ground = state { false } else { true } }

    /// Takes one byte; the key that it completes, if it does.
    public mutating func decode(_ byte: UInt8) -> Key? {
        let followsReturn = endedWithReturn
        endedWithReturn = false
        switch state {
        case .ground: return decodeGround(byte, followsReturn: followsReturn)
        case .escape: return decodeEscape(byte)
        case .sequence(let parameters): return decodeSequence(byte, parameters)
        case .keypad:
            state = .ground
            return Self.cursorKey(byte)
        case .character(let bytes, let length): return decodeCharacter(byte, bytes, length)
        }
    }

    private mutating func decodeGround(_ byte: UInt8, followsReturn: Bool) -> Key? {
        state = .ground
        switch byte {
        case 0x0D:
            endedWithReturn = true
            return .enter
        case 0x0A: return followsReturn ? nil : .enter
        case 0x09: return .tab
        case 0x08, 0x7F: return .backspace
        case 0x1B:
            state = .escape
            return nil
        case 0x01...0x1A: return .control(Character(Unicode.Scalar(byte + 0x40)))
        case 0x20...0x7E: return .character(Unicode.Scalar(byte))
        case 0xC2...0xDF: state = .character([byte], length: 2)
        case 0xE0...0xEF: state = .character([byte], length: 3)
        case 0xF0...0xF4: state = .character([byte], length: 4)
        default: break
        }
        return nil
    }

    private mutating func decodeEscape(_ byte: UInt8) -> Key? {
        switch byte {
        case UInt8(ascii: "["): state = .sequence([])
        case UInt8(ascii: "O"): state = .keypad
        case UInt8(ascii: "b"), UInt8(ascii: "B"):
            state = .ground
            return .wordLeft
        case UInt8(ascii: "f"), UInt8(ascii: "F"):
            state = .ground
            return .wordRight
        // A control character ends what was begun: Return after a lone Escape is a Return.
        case 0x00...0x1F: return decodeGround(byte, followsReturn: false)
        default: state = .ground
        }
        return nil
    }

    private mutating func decodeSequence(_ byte: UInt8, _ parameters: [UInt8]) -> Key? {
        switch byte {
        case 0x20...0x3F:
            if parameters.count < Self.longestSequence { state = .sequence(parameters + [byte]) }
            return nil
        case 0x40...0x7E:
            state = .ground
            return Self.key(final: byte, parameters: parameters)
        default: return decodeGround(byte, followsReturn: false)
        }
    }

    private mutating func decodeCharacter(_ byte: UInt8, _ bytes: [UInt8], _ length: Int) -> Key? {
        // Not a continuation: the broken character is given up, and this byte starts anew.
        guard byte & 0xC0 == 0x80 else { return decodeGround(byte, followsReturn: false) }
        let bytes = bytes + [byte]
        guard bytes.count == length else {
            state = .character(bytes, length: length)
            return nil
        }
        state = .ground
        guard let scalar = String(validating: bytes, as: UTF8.self)?.unicodeScalars.first else { return nil }
        switch scalar.properties.generalCategory {
        // Invisible, and some of them turn the direction of the line.
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return nil
        default: return .character(scalar)
        }
    }

    private static func key(final: UInt8, parameters: [UInt8]) -> Key? {
        if final == UInt8(ascii: "~") {
            switch parameters.prefix(while: { $0 != UInt8(ascii: ";") }) {
            case [UInt8(ascii: "1")], [UInt8(ascii: "7")]: return .home
            case [UInt8(ascii: "4")], [UInt8(ascii: "8")]: return .end
            case [UInt8(ascii: "3")]: return .delete
            default: return nil
            }
        }
        if final == UInt8(ascii: "R") {
            let words = String(decoding: parameters, as: UTF8.self).split(separator: ";").compactMap { Int($0) }
            return words.count == 2 ? .cursorReport(column: words[1]) : nil
        }
        // "1;5" is Ctrl, "1;3" Alt (xterm, modified keys).
        let isModified = [Array("1;5".utf8), Array("1;3".utf8)].contains(parameters)
        switch cursorKey(final) {
        case .left? where isModified: return .wordLeft
        case .right? where isModified: return .wordRight
        case let key: return key
        }
    }

    private static func cursorKey(_ final: UInt8) -> Key? {
        switch final {
        case UInt8(ascii: "A"): .up
        case UInt8(ascii: "B"): .down
        case UInt8(ascii: "C"): .right
        case UInt8(ascii: "D"): .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "M"): .enter
        default: nil
        }
    }
}
