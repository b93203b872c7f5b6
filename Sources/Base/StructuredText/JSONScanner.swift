/// Walks over the bytes of a JSON text.
///
/// `checkDocument` accepts exactly RFC 8259; the other walks may only be used on a text that it has accepted.
struct JSONScanner {
    /// What is wrong, and where.
    struct Failure {
        var offset: Int
        var what: String
        var expected: String?
    }

    /// Nesting deeper than this is refused: no map needs it, and it would exhaust the stack.
    private static let maximumDepth = 200

    let bytes: UnsafeBufferPointer<UInt8>
    var position: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// The byte here; 0 at the end, which no JSON holds.
    var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    /// Passes over one value of a checked text.
    mutating func skipValue() {
        switch byte {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): skipNested()
        default: while position < bytes.count, !isEnd(bytes[position]) { position += 1 }
        }
    }

    /// Passes over a string of a checked text.
    mutating func skipString() { position = Self.end(ofStringAt: position, in: bytes) }

    private static func end(ofStringAt start: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var index = start + 1
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") { return index + 1 }
            index += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        return bytes.count
    }

    private mutating func skipNested() {
        // A local index: this loop passes over most bytes of a file several times.
        var index = position
        var depth = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""): index = Self.end(ofStringAt: index, in: bytes)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                index += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                index += 1
                if depth == 0 {
                    position = index
                    return
                }
            default: index += 1
            }
        }
        position = bytes.count
    }

    private func isEnd(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x0A, 0x0D, 0x09: true
        default: false
        }
    }

    // MARK: Syntax

    /// What is wrong with the whole text, or nil.
    mutating func checkDocument() -> Failure? {
        if let failure = checkValue(depth: 0) { return failure }
        skipSpace()
        return position == bytes.count ? nil : failure("something follows the end", "the end of the file")
    }

    private func failure(_ what: String, _ expected: String? = nil) -> Failure {
        Failure(offset: position, what: position >= bytes.count ? "the text ends too early" : what, expected: expected)
    }

    private mutating func checkValue(depth: Int) -> Failure? {
        skipSpace()
        switch byte {
        case UInt8(ascii: "{"): return checkMembers(depth: depth, close: UInt8(ascii: "}"))
        case UInt8(ascii: "["): return checkMembers(depth: depth, close: UInt8(ascii: "]"))
        case UInt8(ascii: "\""): return checkString()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return checkNumber()
        case UInt8(ascii: "t"): return checkWord("true")
        case UInt8(ascii: "f"): return checkWord("false")
        case UInt8(ascii: "n"): return checkWord("null")
        default: return failure("unexpected character", "a value")
        }
    }

    /// The members of an object, or the elements of a list, from the opening bracket to the closing one.
    private mutating func checkMembers(depth: Int, close: UInt8) -> Failure? {
        guard depth < Self.maximumDepth else { return failure("nested more than \(Self.maximumDepth) deep") }
        position += 1
        skipSpace()
        if byte == close {
            position += 1
            return nil
        }
        while true {
            skipSpace()
            if close == UInt8(ascii: "}") {
                guard byte == UInt8(ascii: "\"") else { return failure("a key is not quoted", "a key in quotes") }
                if let failure = checkString() { return failure }
                skipSpace()
                guard byte == UInt8(ascii: ":") else { return failure("a key has no value", "':'") }
                position += 1
            }
            if let failure = checkValue(depth: depth + 1) { return failure }
            skipSpace()
            if byte == close {
                position += 1
                return nil
            }
            guard byte == UInt8(ascii: ",") else {
                return failure("unexpected character", "',' or '\(Character(Unicode.Scalar(close)))'")
            }
            position += 1
        }
    }

    private mutating func checkString() -> Failure? {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return nil
            case 0..<0x20: return failure("a string holds a control character", "an escape such as \\n")
            case UInt8(ascii: "\\"):
                position += 1
                if let failure = checkEscape() { return failure }
            default: position += 1
            }
        }
        return failure("")
    }

    private mutating func checkEscape() -> Failure? {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
            return nil
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard hexDigit(byte) != nil else { return failure("a broken escape", "\\u and four digits") }
                position += 1
            }
            return nil
        default: return failure("an unknown escape", "one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
        }
    }

    private mutating func checkNumber() -> Failure? {
        if byte == UInt8(ascii: "-") { position += 1 }
        if byte == UInt8(ascii: "0") {
            position += 1
        } else if let failure = checkDigits() {
            return failure
        }
        if byte == UInt8(ascii: ".") {
            position += 1
            if let failure = checkDigits() { return failure }
        }
        if byte | 0x20 == UInt8(ascii: "e") {
            position += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { position += 1 }
            if let failure = checkDigits() { return failure }
        }
        return nil
    }

    private mutating func checkDigits() -> Failure? {
        let first = position
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position > first ? nil : failure("a broken number", "a digit")
    }

    private mutating func checkWord(_ word: StaticString) -> Failure? {
        for index in 0..<word.utf8CodeUnitCount {
            guard byte == word.utf8Start[index] else { return failure("an unknown word", "\(word)") }
            position += 1
        }
        return nil
    }
}

/// The value of a hexadecimal digit.
func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}
