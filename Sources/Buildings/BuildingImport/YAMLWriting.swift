/// A number that YAML 1.1 reads as a number with a fraction: an exponent needs a point before it there.
func yamlNumber(_ number: Double) -> String {
    let text = "\(number)"
    guard let mark = text.firstIndex(of: "e"), !text.contains(".") else { return text }
    return text[..<mark] + ".0" + text[mark...]
}

/// A name that is a key, or refers to one: without quotes when it is of digits only, as traffic editor writes it.
func yamlKey(_ name: String) -> String {
    if let number = Int(name), "\(number)" == name { return name }
    return yamlScalar(name)
}

/// Text that YAML 1.1 reads as the same text: with quotes where it would be taken for anything else.
func yamlScalar(_ text: String) -> String {
    if text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) { return doubleQuoted(text) }
    return isPlainYAML(text) ? text : "'" + text.replacing("'", with: "''") + "'"
}

private let yamlWords: Set<String> = [
    "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<", "---", "...",
]

/// Whether text stands for itself without quotes, also within braces.
private func isPlainYAML(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, !yamlWords.contains(text.lowercased()) else { return false }
    // A first digit, sign or point may make it a number, a time or a date.
    if "-?:,[]{}#&*!|>'\"%@`+.0123456789 \u{FEFF}".unicodeScalars.contains(first) { return false }
    if text.hasSuffix(" ") || text.hasSuffix(":") || text.contains(": ") || text.contains(" #") { return false }
    return !text.contains { ",[]{}".contains($0) }
}

private func doubleQuoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": quoted += "\\\(scalar)"
        case "\n": quoted += "\\n"
        case "\t": quoted += "\\t"
        case "\0"..<" ", "\u{7F}":
            let digits = String(scalar.value, radix: 16)
            quoted += "\\x" + String(repeating: "0", count: 2 - digits.count) + digits
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}
