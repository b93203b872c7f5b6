/// One row of what the console shows, before it becomes bytes.
struct PageLine: Hashable, Sendable {
    /// How a row looks; every style is readable without colours, too.
    enum Style: Hashable, Sendable { case plain, bold, alert }

    /// A row may be this wide: 80 columns, the last of them free.
    static let width = 79

    var text: String
    var style: Style

    init(_ text: String, _ style: Style = .plain) {
        self.text = text
        self.style = style
    }

    /// The bytes of the row, without a line end. What does not fit is cut off.
    ///
    /// Control characters in names and messages become "?": a device's answer must not drive the terminal.
    var bytes: [UInt8] {
        var used = 0
        var row = ""
        for character in text {
            let scalar = character.unicodeScalars.first ?? " "
            let isHarmless =
                switch scalar.properties.generalCategory {
                case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
                default: true
                }
            let shown = isHarmless ? character : "?"
            used += columnWidth(of: shown)
            if used > Self.width {
                row.removeLast()
                row.append("…")
                break
            }
            row.append(shown)
        }
        return switch style {
        case .plain: Array(row.utf8)
        case .bold: Array("\u{1B}[1m\(row)\u{1B}[0m".utf8)
        case .alert: Array("\u{1B}[1;31m\(row)\u{1B}[0m".utf8)
        }
    }

    /// Rows of a text that may be longer than one: broken between words, the following rows indented.
    static func wrap(_ text: String, indent: Int = 0, style: Style = .plain) -> [PageLine] {
        let margin = String(repeating: " ", count: indent)
        var rows: [PageLine] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var row = rows.isEmpty ? "" : margin
            var isFresh = true
            for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
                if !isFresh, row.count + 1 + word.count > width {
                    rows.append(PageLine(row, style))
                    row = margin
                    isFresh = true
                }
                row += isFresh ? String(word) : " " + word
                isFresh = false
                while row.count > width {
                    rows.append(PageLine(String(row.prefix(width)), style))
                    row = margin + row.dropFirst(width)
                }
            }
            rows.append(PageLine(row, style))
        }
        return rows
    }

    /// Names and texts, the texts below one another.
    static func fields(_ fields: [(name: String, text: String)], alerts: Set<String> = []) -> [PageLine] {
        let width = (fields.map(\.name.count).max() ?? 0) + 2
        return fields.flatMap { field in
            wrap(
                field.name + String(repeating: " ", count: width - field.name.count) + field.text, indent: width,
                style: alerts.contains(field.name) ? .alert : .plain)
        }
    }
}
