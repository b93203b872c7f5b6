/// A terminal of 80 columns and 24 rows, as far as the console uses one: what a technician would see.
struct Screen {
    static let columns = 80
    private(set) var rows: [[Character]] = [[]]
    private(set) var row = 0
    private(set) var column = 0
    private(set) var isCursorShown = true
    private(set) var bells = 0
    private var saved = 0
    /// Sequences that this terminal does not know.
    private(set) var strange: [String] = []

    /// The row with the cursor, without trailing blanks.
    var line: String { text(rows[row]) }

    /// All rows.
    var text: String { rows.map(text).joined(separator: "\n") }

    mutating func write(_ bytes: [UInt8]) {
        var rest = Array(String(decoding: bytes, as: UTF8.self))[...]
        while let character = rest.popFirst() {
            switch character {
            case "\r\n":
                column = 0
                newRow()
            case "\r": column = 0
            case "\n": newRow()
            case "\u{08}": column = max(0, column - 1)
            case "\u{07}": bells += 1
            case "\u{1B}": control(&rest)
            default: put(character)
            }
        }
    }

    private mutating func put(_ character: Character) {
        let isWide = character.unicodeScalars.first.map { (0x2E80...0xA4CF).contains($0.value) } ?? false
        while rows[row].count < column + (isWide ? 2 : 1) { rows[row].append(" ") }
        rows[row][column] = character
        // The second half of a wide character has nothing of its own.
        if isWide { rows[row][column + 1] = "\u{0}" }
        column += isWide ? 2 : 1
    }

    private mutating func newRow() {
        row += 1
        while rows.count <= row { rows.append([]) }
    }

    private mutating func control(_ rest: inout ArraySlice<Character>) {
        switch rest.popFirst() {
        case "[": break
        case "7":
            saved = column
            return
        case "8":
            column = saved
            return
        default:
            strange.append("ESC")
            return
        }
        var parameters = ""
        while let next = rest.popFirst() {
            guard next.isLetter else {
                parameters.append(next)
                continue
            }
            perform(next, parameters)
            return
        }
    }

    private mutating func perform(_ final: Character, _ parameters: String) {
        let numbers = parameters.split(separator: ";").compactMap { Int($0) }
        switch (final, parameters) {
        case ("K", ""): rows[row] = Array(rows[row].prefix(column))
        case ("C", _): column = min(Self.columns - 1, column + (numbers.first ?? 1))
        case ("n", "6"): break  // The test answers, if it wants to.
        case ("D", _): column = max(0, column - (numbers.first ?? 1))
        case ("J", "2"): rows = Array(repeating: [], count: rows.count)
        case ("J", ""):
            rows[row] = Array(rows[row].prefix(column))
            rows = Array(rows.prefix(row + 1))
        case ("H", _):
            row = (numbers.first ?? 1) - 1
            column = (numbers.count > 1 ? numbers[1] : 1) - 1
            while rows.count <= row { rows.append([]) }
        case ("m", _): break
        case ("l", "?25"): isCursorShown = false
        case ("h", "?25"): isCursorShown = true
        default: strange.append("\(parameters)\(final)")
        }
    }

    private func text(_ row: [Character]) -> String {
        var text = String(row.filter { $0 != "\u{0}" })
        while text.last == " " { text.removeLast() }
        return text
    }
}
