/// One picture of the view: rows of characters with their inks. It knows no terminal.
struct Frame {
    struct Cell: Hashable {
        var character: Character = " "
        var ink = Ink.plain
    }

    let columns: Int
    private(set) var rows: [[Cell]]

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = Array(repeating: Array(repeating: Cell(), count: columns), count: rows)
    }

    /// Writes text from a column on, at most `width` columns of it; what lies outside is left out.
    mutating func put(_ text: String, row: Int, column: Int, ink: Ink = .plain, width: Int = .max) {
        guard rows.indices.contains(row) else { return }
        let isTooLong = text.count > width
        for (offset, character) in text.prefix(width).enumerated() {
            guard (0..<columns).contains(column + offset) else { continue }
            let shown = isTooLong && offset == width - 1 ? "…" : character
            rows[row][column + offset] = Cell(character: shown, ink: ink)
        }
    }

    /// Stretches of one ink in a row.
    static func runs(_ row: [Cell]) -> [(column: Int, text: String, ink: Ink)] {
        var runs: [(column: Int, text: String, ink: Ink)] = []
        for (column, cell) in row.enumerated() {
            if runs.last?.ink == cell.ink {
                runs[runs.count - 1].text.append(cell.character)
            } else {
                runs.append((column, String(cell.character), cell.ink))
            }
        }
        return runs
    }
}
