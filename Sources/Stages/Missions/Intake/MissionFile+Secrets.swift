extension MissionFile {
    /// A mission file's text without its secrets, for people who look for a mistake in it: lines stay where they are.
    ///
    /// Works on bytes and not on YAML, since the file is most likely broken. The values of `pin`, `pin_hash` and `code`
    /// go as a whole, and so does every other run of four digits or more (a misspelt key hides a PIN, too) except where
    /// a key stands before it that holds no secret.
    static func withoutSecrets(_ bytes: [UInt8]) -> [UInt8] {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return Array(lines.map { SecretsInLine.removed(from: $0) }.joined(separator: [UInt8(ascii: "\n")]))
    }
}

/// One line of a mission file, looked through for secrets.
private enum SecretsInLine {
    private static let secretKeys: Set<String> = ["pin", "pin_hash", "code"]
    private static let plainKeys: Set<String> = [
        "version", "id", "priority", "place", "box", "order", "promised", "wait_s",
    ]
    private static let dots = Array("•••".utf8)

    static func removed(from line: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var key = ""
        var rest = line
        while let first = rest.first {
            if let (name, length) = leadingKey(rest), !isWord(result.last) {
                key = name
                result += rest.prefix(length)
                rest = rest.dropFirst(length)
                if secretKeys.contains(name) { hideValue(&rest, &result) }
            } else if isDigit(first) {
                let run = rest.prefix { isDigit($0) }
                result += run.count >= 4 && !plainKeys.contains(key) ? dots : Array(run)
                rest = rest.dropFirst(run.count)
            } else {
                // What stands in a comment, or after the value, has no key.
                if first == UInt8(ascii: "#") || first == UInt8(ascii: ",") { key = "" }
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// A key at the beginning: its name in small letters, and how many bytes it takes with quotes and colon.
    private static func leadingKey(_ text: ArraySlice<UInt8>) -> (name: String, length: Int)? {
        var rest = text
        let quote = rest.first.flatMap { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") ? $0 : nil }
        if quote != nil { rest = rest.dropFirst() }
        let name = rest.prefix { isWord($0) }
        guard let first = name.first, !isDigit(first) else { return nil }
        rest = rest.dropFirst(name.count)
        if let quote {
            guard rest.first == quote else { return nil }
            rest = rest.dropFirst()
        }
        while rest.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
        guard rest.first == UInt8(ascii: ":") else { return nil }
        return (String(decoding: name, as: UTF8.self).lowercased(), text.count - rest.count + 1)
    }

    /// Leaves a value out: to its closing quote, or to what ends it in a mapping or a line.
    private static func hideValue(_ rest: inout ArraySlice<UInt8>, _ result: inout [UInt8]) {
        while rest.first == UInt8(ascii: " ") {
            result.append(UInt8(ascii: " "))
            rest = rest.dropFirst()
        }
        guard let first = rest.first, first != UInt8(ascii: "\r") else { return }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            rest = rest.dropFirst()
            let value = rest.prefix { $0 != first }
            result += [first] + dots + [first]
            rest = rest.dropFirst(value.count + 1)
        } else {
            let ends: Set<UInt8> = [UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "\r")]
            let value = rest.prefix { !ends.contains($0) }
            result += dots
            rest = rest.dropFirst(value.count)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    private static func isWord(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return isDigit(byte) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || byte == UInt8(ascii: "_")
    }
}
