/// A table whose columns line up.
struct TextTable {
    /// Where a column's text stands.
    enum Alignment { case left, right }

    private let columns: [(heading: String, alignment: Alignment)]
    private var rows: [(cells: [String], style: PageLine.Style)] = []

    /// - Parameter columns: Headings; one that begins with ">" stands at the right, as numbers do.
    init(_ columns: String...) {
        self.columns = columns.map { $0.hasPrefix(">") ? (String($0.dropFirst()), .right) : ($0, .left) }
    }

    mutating func add(_ cells: String..., isAlert: Bool = false) {
        rows.append((cells, isAlert ? .alert : .plain))
    }

    /// Heading and rows; "none" where there are no rows.
    var lines: [PageLine] {
        guard !rows.isEmpty else { return [PageLine("none")] }
        let widths = columns.indices.map { index in
            max(columns[index].heading.count, rows.map { $0.cells[index].count }.max() ?? 0)
        }
        func line(_ cells: [String], _ style: PageLine.Style) -> PageLine {
            var text = ""
            for index in columns.indices {
                let cell = cells[index]
                let space = String(repeating: " ", count: widths[index] - cell.count)
                if index > 0 { text += "  " }
                text += columns[index].alignment == .left ? cell + space : space + cell
            }
            while text.last == " " { text.removeLast() }
            return PageLine(text, style)
        }
        return [line(columns.map(\.heading), .bold)] + rows.map { line($0.cells, $0.style) }
    }
}
