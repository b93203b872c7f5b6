import StructuredText

/// The lines of a YAML text, and list items in the two plain shapes of `GraphLists`.
struct PlainLines {
    /// One line, by its bytes.
    struct Line {
        var start: Int
        /// Behind its last byte that is no white space.
        var end: Int
        var indent: Int
    }

    /// A key and a scalar of a mapping in braces.
    struct Entry {
        var key: String
        /// The scalar without its quotes.
        var text: String
        var value: ParameterValue
    }

    /// An item of a list: two scalars and a mapping.
    enum Item {
        case item(Substring, Substring, [Entry])
        case broken
    }

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// The next line; nil at the end.
    mutating func next() -> Line? {
        guard position < bytes.count else { return nil }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        var end = position
        position += 1
        while end > start, bytes[end - 1] == UInt8(ascii: " ") || bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        var indent = 0
        while start + indent < end, bytes[start + indent] == UInt8(ascii: " ") { indent += 1 }
        return Line(start: start, end: end, indent: indent)
    }

    /// A line as it stands.
    func whole(_ line: Line) -> String { String(decoding: bytes[line.start..<line.end], as: UTF8.self) }

    /// A line without its indentation.
    func text(_ line: Line) -> Substring { slice(line.start + line.indent, line.end) }

    /// The key of a line that has nothing but a key.
    func key(_ line: Line) -> String? {
        let text = text(line)
        guard text.hasSuffix(":"), !text.contains(" "), !text.contains("#"), !text.contains("&") else { return nil }
        let name = text.dropLast()
        if name.count > 1, let quote = name.first, quote == "'" || quote == "\"", name.last == quote {
            return String(name.dropFirst().dropLast())
        }
        return String(name)
    }

    private func slice(_ start: Int, _ end: Int) -> Substring {
        Substring(decoding: bytes[start..<max(start, end)], as: UTF8.self)
    }

    /// The next item of a list, whose dashes stand in column 5 (`passed` counts its lines); nil behind the list.
    mutating func item(_ passed: inout Int) -> Item? {
        var ahead = self
        guard let first = ahead.next(), first.end > first.start else { return nil }
        guard first.indent >= 4, ahead.starts(first, with: "- ") else { return first.indent > 4 ? .broken : nil }
        let body = first.start + first.indent + 2
        if bytes[body] == UInt8(ascii: "[") {
            self = ahead
            passed += 1
            return flowItem(slice(body, first.end))
        }
        guard bytes[body] == UInt8(ascii: "-"), let second = ahead.next(), let third = ahead.next(),
            ahead.starts(second, with: "- "), ahead.starts(third, with: "- {"), second.indent == first.indent + 2,
            third.indent == second.indent
        else { return .broken }
        self = ahead
        passed += 3
        let mapping = entries(slice(third.start + third.indent + 2, third.end))
        guard let mapping else { return .broken }
        return .item(slice(body + 2, first.end), slice(second.start + second.indent + 2, second.end), mapping)
    }

    private func starts(_ line: Line, with mark: StaticString) -> Bool {
        let start = line.start + line.indent
        guard start + mark.utf8CodeUnitCount < line.end else { return false }
        return (0..<mark.utf8CodeUnitCount).allSatisfy { bytes[start + $0] == mark.utf8Start[$0] }
    }

    /// `[a, b, {…}]`
    private func flowItem(_ text: Substring) -> Item {
        guard text.hasSuffix("}]"), let first = text.firstIndex(of: ",") else { return .broken }
        let behind = text[text.index(after: first)...]
        guard let second = behind.firstIndex(of: ",") else { return .broken }
        let mapping = behind[behind.index(after: second)...].dropLast().drop { $0 == " " }
        guard let entries = entries(mapping) else { return .broken }
        let a = text.dropFirst()[..<first].filter { $0 != " " }
        let b = behind[..<second].filter { $0 != " " }
        return .item(Substring(a), Substring(b), entries)
    }

    /// `{key: scalar, …}` with plain scalars and such in single quotes; nil for anything else.
    private func entries(_ text: Substring) -> [Entry]? {
        guard text.hasPrefix("{"), text.hasSuffix("}") else { return nil }
        var rest = text.dropFirst().dropLast()
        var found: [Entry] = []
        while !rest.isEmpty {
            guard let colon = rest.firstIndex(of: ":") else { return nil }
            let key = String(rest[..<colon])
            rest = rest[rest.index(after: colon)...].drop { $0 == " " }
            guard let first = rest.first else { return nil }
            if first == "'" {
                guard let close = rest.dropFirst().firstIndex(of: "'") else { return nil }
                let inside = String(rest.dropFirst()[..<close])
                found.append(Entry(key: key, text: inside, value: .string(inside)))
                rest = rest[rest.index(after: close)...]
            } else {
                let end = rest.firstIndex(of: ",") ?? rest.endIndex
                let scalar = String(rest[..<end])
                guard !scalar.contains(where: { "\"{}[]&*#!|>%@`:'".contains($0) }) else { return nil }
                found.append(Entry(key: key, text: scalar, value: ParameterValue(plain: scalar)))
                rest = rest[end...]
            }
            guard rest.isEmpty || rest.hasPrefix(", ") else { return nil }
            rest = rest.dropFirst(2)
        }
        return found
    }
}
