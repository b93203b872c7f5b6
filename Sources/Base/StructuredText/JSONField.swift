public import RobotModel

/// One value of a JSON file that is being read, with getters like those of `Field`.
///
/// It is an offset into the text. Looking up a key scans its object from the start, which for the small objects of a
/// map is quicker than building anything; of a list only one element is looked at at a time.
public struct JSONField {
    let text: JSONText
    /// Where the value begins; nil when a required key is missing, which has been recorded.
    let offset: Int?
    private let collector: ProblemCollector

    init(text: JSONText, offset: Int?, collector: ProblemCollector) {
        self.text = text
        self.offset = offset
        self.collector = collector
    }

    /// Whether there is a value; false for a required key that is missing.
    public var isPresent: Bool { offset != nil }

    /// Where the value stands. Counts the lines before it, so it takes its time.
    public var location: SourceLocation { text.location(of: offset ?? 0) }

    /// Whether nothing has been said against the whole file so far: only then can what was read be relied upon.
    public var isFileSound: Bool { !collector.hasProblems }

    /// Records a problem at this place, unless the field is missing anyway.
    public func reject(_ what: String, expected: String? = nil, hint: String? = nil) {
        guard offset != nil else { return }
        collector.record(RobotError(.invalidFile, what, at: location, expected: expected, hint: hint))
    }

    /// Notes at this place what is odd, but hinders nobody.
    public func warn(_ what: String, expected: String? = nil, hint: String? = nil) {
        guard offset != nil else { return }
        collector.warn(RobotError(.invalidFile, what, at: location, expected: expected, hint: hint))
    }

    // MARK: Scalars

    /// Text that may be empty.
    public func string() -> String {
        guard let offset else { return "" }
        guard let value = textValue else {
            wrongType("text in quotes", at: offset)
            return ""
        }
        return value
    }

    /// The text of a string; nil for anything else. Records nothing.
    public var textValue: String? {
        guard let offset, text.bytes[offset] == UInt8(ascii: "\"") else { return nil }
        return text.scan(from: offset) { $0.readString() }
    }

    /// A finite number.
    public func double() -> Double {
        guard let offset else { return 0 }
        guard let value = numberValue else {
            wrongType("a number", at: offset)
            return 0
        }
        return value
    }

    /// The number; nil for anything else. Records nothing.
    public var numberValue: Double? {
        guard let offset else { return nil }
        return text.scan(from: offset) { $0.readNumber() }
    }

    /// A whole number, also when it is written as 3.0.
    public func int(in range: ClosedRange<Int>) -> Int {
        guard let offset else { return range.lowerBound }
        guard let number = numberValue, let value = Int(exactly: number), range.contains(value) else {
            wrongType("a whole number from \(range.lowerBound) to \(range.upperBound)", at: offset)
            return range.lowerBound
        }
        return value
    }

    /// `true` or `false`.
    public func bool() -> Bool {
        guard let offset else { return false }
        switch text.bytes[offset] {
        case UInt8(ascii: "t"): return true
        case UInt8(ascii: "f"): return false
        default:
            wrongType("true or false", at: offset)
            return false
        }
    }

    /// Whether the value is `null`.
    public var isNull: Bool { offset.map { text.bytes[$0] == UInt8(ascii: "n") } ?? false }

    /// The value as it stands in the file; nil where it is missing.
    public var source: String? {
        guard let offset else { return nil }
        return text.scan(from: offset) { scanner in
            scanner.skipValue()
            return String(decoding: scanner.bytes[offset..<scanner.position], as: UTF8.self)
        }
    }

    // MARK: Lists and objects

    /// Looks at the elements of a list, one after another.
    public func forEach(_ body: (JSONField) -> Void) {
        forEachUntil {
            body($0)
            return false
        }
    }

    /// Looks at the elements of a list, one after another, until `body` says that it has seen enough.
    public func forEachUntil(_ body: (JSONField) -> Bool) {
        guard let offset else { return }
        guard text.bytes[offset] == UInt8(ascii: "[") else { return wrongType("a list", at: offset) }
        var next = text.scan(from: offset + 1) { $0.firstMember() }
        while let element = next {
            if body(JSONField(text: text, offset: element, collector: collector)) { return }
            next = text.scan(from: element) { $0.memberAfter() }
        }
    }

    /// The elements of a list.
    public func list() -> [JSONField] {
        var elements: [JSONField] = []
        forEach { elements.append($0) }
        return elements
    }

    /// The first two numbers of a list, as a position has them.
    public func point() -> Point2D {
        guard let offset else { return Point2D(0, 0) }
        let found: Point2D? = text.scan(from: offset) { scanner in
            guard scanner.byte == UInt8(ascii: "[") else { return nil }
            scanner.position += 1
            guard let first = scanner.firstMember() else { return nil }
            scanner.position = first
            guard let x = scanner.readNumber(), let second = scanner.memberAfter() else { return nil }
            scanner.position = second
            return scanner.readNumber().map { Point2D(x, $0) }
        }
        if found == nil { wrongType("a list of two numbers or more", at: offset) }
        return found ?? Point2D(0, 0)
    }

    /// The value of a key that must be there.
    public func required(_ key: StaticString) -> JSONField {
        if let field = optional(key) { return field }
        if let offset, text.bytes[offset] == UInt8(ascii: "{") {
            reject("an object has no '\(key)'", expected: "the key '\(key)'")
        }
        return JSONField(text: text, offset: nil, collector: collector)
    }

    /// The value of a key, or nil where the object does not have it or has `null` there.
    public func optional(_ key: StaticString) -> JSONField? {
        guard let offset else { return nil }
        guard text.bytes[offset] == UInt8(ascii: "{") else {
            wrongType("an object", at: offset)
            return nil
        }
        let found = text.scan(from: offset + 1) { $0.find(key) }
        guard let found, text.bytes[found] != UInt8(ascii: "n") else { return nil }
        return JSONField(text: text, offset: found, collector: collector)
    }

    /// The keys and values of an object, in the order of the file.
    public func entries() -> [(key: String, value: JSONField)] {
        guard let offset else { return [] }
        guard text.bytes[offset] == UInt8(ascii: "{") else {
            wrongType("an object", at: offset)
            return []
        }
        var found: [(key: String, value: JSONField)] = []
        text.scan(from: offset + 1) { scanner in
            var next = scanner.firstMember()
            while let member = next {
                scanner.position = member
                let key = scanner.readString()
                scanner.skipColon()
                found.append((key, JSONField(text: text, offset: scanner.position, collector: collector)))
                next = scanner.memberAfter()
            }
        }
        return found
    }

    /// Whether a value is an object.
    public var isObject: Bool { offset.map { text.bytes[$0] == UInt8(ascii: "{") } ?? false }

    private func wrongType(_ expected: String, at offset: Int) {
        let source = (source ?? "").prefix(40)
        let found =
            switch text.bytes[offset] {
            case UInt8(ascii: "{"): "an object"
            case UInt8(ascii: "["): "a list"
            default: String(source)
            }
        reject("found \(found)", expected: expected)
    }
}

extension JSONScanner {
    /// The place of a list's or an object's first member, from behind the opening bracket; nil when it has none.
    mutating func firstMember() -> Int? {
        skipSpace()
        return byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") ? nil : position
    }

    /// The place of the member after the value that begins here; nil when that was the last one.
    mutating func memberAfter() -> Int? {
        skipValue()
        skipSpace()
        guard byte == UInt8(ascii: ",") else { return nil }
        position += 1
        skipSpace()
        return position
    }

    /// From behind a key to its value.
    mutating func skipColon() {
        skipSpace()
        position += 1
        skipSpace()
    }

    /// The place of a key's value, from behind the object's opening bracket. A key with escapes is found by its text.
    mutating func find(_ key: StaticString) -> Int? {
        var next = firstMember()
        while let member = next {
            position = member
            let isIt = hasKey(key)
            skipString()
            skipColon()
            if isIt { return position }
            next = memberAfter()
        }
        return nil
    }

    private func hasKey(_ key: StaticString) -> Bool {
        let count = key.utf8CodeUnitCount
        guard position + count + 1 < bytes.count else { return false }
        for index in 0..<count where bytes[position + 1 + index] != key.utf8Start[index] {
            guard bytes[position + 1 + index] == UInt8(ascii: "\\") else { return false }
            var copy = self
            return copy.readString() == "\(key)"
        }
        return bytes[position + 1 + count] == UInt8(ascii: "\"")
    }

    /// The text of the string that begins here, its escapes undone; the scanner stands behind it.
    mutating func readString() -> String {
        let start = position + 1
        skipString()
        let raw = UnsafeBufferPointer(rebasing: bytes[start..<(position - 1)])
        guard raw.contains(UInt8(ascii: "\\")) else { return String(decoding: raw, as: UTF8.self) }
        return unescaped(raw)
    }

    /// UTF-16 escapes come in pairs beyond the basic plane; a lone surrogate becomes U+FFFD.
    private func unescaped(_ raw: UnsafeBufferPointer<UInt8>) -> String {
        var units: [UInt8] = []
        var pending: [UInt16] = []
        func flush() {
            guard !pending.isEmpty else { return }
            units += Array(String(decoding: pending, as: UTF16.self).utf8)
            pending = []
        }
        var index = 0
        while index < raw.count {
            guard raw[index] == UInt8(ascii: "\\") else {
                flush()
                units.append(raw[index])
                index += 1
                continue
            }
            let mark = raw[index + 1]
            index += 2
            if mark == UInt8(ascii: "u") {
                let digits = raw[index..<(index + 4)].compactMap(hexDigit)
                pending.append(UInt16(digits.reduce(0) { $0 << 4 | $1 }))
                index += 4
            } else {
                flush()
                units.append(Self.escapes[mark] ?? mark)
            }
        }
        flush()
        return String(decoding: units, as: UTF8.self)
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
    ]

    /// The number that begins here; nil when it is none or beyond the finite. The scanner stands before it still.
    func readNumber() -> Double? {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
        default: return nil
        }
        var whole = 0
        var end = position
        // Most numbers of a graph are short whole ones.
        while end < bytes.count, end - position < 15, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end]) {
            whole = whole * 10 + Int(bytes[end] - UInt8(ascii: "0"))
            end += 1
        }
        let isWhole =
            end > position && (end == bytes.count || ![0x2E, 0x45, 0x65].contains(bytes[end]) && end - position < 15)
        if isWhole { return Double(whole) }
        var copy = self
        copy.skipValue()
        let digits = UnsafeBufferPointer(rebasing: bytes[position..<copy.position])
        let value = Double(String(decoding: digits, as: UTF8.self))
        return value?.isFinite == true ? value : nil
    }
}
