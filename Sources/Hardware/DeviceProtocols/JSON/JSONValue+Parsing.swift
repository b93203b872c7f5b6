extension JSONValue {
    /// Bytes of the longest text that is read, and how deep it may be nested: no message of a building is near either.
    public static let sizeLimit = 65_536
    public static let depthLimit = 16

    /// Reads a text that is exactly one value.
    ///
    /// Throws `JSONProblem` with the first byte that is wrong. Any bytes may be given; none do harm.
    public init(parsing bytes: [UInt8]) throws(JSONProblem) {
        guard bytes.count <= Self.sizeLimit else {
            throw JSONProblem(offset: Self.sizeLimit, expected: "at most \(Self.sizeLimit) bytes")
        }
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }
}

/// Reads one JSON text from its first byte to its last.
private struct JSONParser {
    let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(JSONProblem) -> JSONValue {
        let value = try value()
        skipSpace()
        guard index == bytes.count else { throw problem("the end of the text") }
        return value
    }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func problem(_ expected: String) -> JSONProblem { JSONProblem(offset: index, expected: expected) }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { index += 1 }
    }

    /// Takes a byte if it is the next one after white space.
    private mutating func take(_ byte: Character) -> Bool {
        skipSpace()
        guard let ascii = byte.asciiValue, next == ascii else { return false }
        index += 1
        return true
    }

    private mutating func value() throws(JSONProblem) -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try nested { parser throws(JSONProblem) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONProblem) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return try number()
        default: throw problem("a value")
        }
    }

    private mutating func nested(
        _ read: (inout JSONParser) throws(JSONProblem) -> JSONValue
    ) throws(JSONProblem) -> JSONValue {
        guard depth < JSONValue.depthLimit else { throw problem("at most \(JSONValue.depthLimit) levels") }
        depth += 1
        index += 1
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(JSONProblem) -> JSONValue {
        var members: [(String, JSONValue)] = []
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw problem("a key in quotes") }
            let key = try string()
            guard take(":") else { throw problem("':'") }
            members.append((key, try value()))
        } while take(",")
        guard take("}") else { throw problem("',' or '}'") }
        return .object(members)
    }

    private mutating func array() throws(JSONProblem) -> JSONValue {
        var values: [JSONValue] = []
        if take("]") { return .array(values) }
        repeat { values.append(try value()) } while take(",")
        guard take("]") else { throw problem("',' or ']'") }
        return .array(values)
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws(JSONProblem) -> JSONValue {
        guard bytes[index...].starts(with: text.utf8) else { throw problem(text) }
        index += text.utf8.count
        return value
    }

    // MARK: Numbers

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private mutating func digits() throws(JSONProblem) {
        let start = index
        while let byte = next, Self.isDigit(byte) { index += 1 }
        if index == start { throw problem("a digit") }
    }

    private mutating func number() throws(JSONProblem) -> JSONValue {
        let start = index
        if next == UInt8(ascii: "-") { index += 1 }
        if next == UInt8(ascii: "0") { index += 1 } else { try digits() }
        var isWhole = true
        if next == UInt8(ascii: ".") {
            isWhole = false
            index += 1
            try digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            isWhole = false
            index += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
            try digits()
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, let value = Int(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw JSONProblem(offset: start, expected: "a number that a computer can hold")
        }
        return .number(value)
    }

    // MARK: Strings

    private mutating func string() throws(JSONProblem) -> String {
        let start = index
        index += 1
        var text: [UInt8] = []
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw JSONProblem(offset: start, expected: "UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text += try escape()
            case 0..<0x20:
                index -= 1
                throw problem("no control character in a text")
            default: text.append(byte)
            }
        }
        throw problem("'\"'")
    }

    private mutating func escape() throws(JSONProblem) -> [UInt8] {
        guard let byte = next else { throw problem("an escape") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(Character(try scalar())).utf8)
        default:
            index -= 1
            throw problem("an escape")
        }
    }

    /// A scalar of one `\u` escape, or of two that are a surrogate pair.
    private mutating func scalar() throws(JSONProblem) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, next == UInt8(ascii: "\\") else { throw problem("the second half of a pair") }
        index += 1
        guard next == UInt8(ascii: "u") else { throw problem("the second half of a pair") }
        index += 1
        let second = try codeUnit()
        guard (0xDC00..<0xE000).contains(second) else { throw problem("the second half of a pair") }
        let value = 0x10000 + (UInt32(first - 0xD800) << 10) + UInt32(second - 0xDC00)
        guard let scalar = Unicode.Scalar(value) else { throw problem("a character") }
        return scalar
    }

    private mutating func codeUnit() throws(JSONProblem) -> UInt16 {
        guard index + 4 <= bytes.count,
            let value = UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16),
            bytes[index] != UInt8(ascii: "+"), bytes[index] != UInt8(ascii: "-")
        else { throw problem("four hexadecimal digits") }
        index += 4
        return value
    }
}
