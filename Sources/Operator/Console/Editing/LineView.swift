/// What of a line stands on the terminal, and the fewest bytes that make another of it.
///
/// The line stays on one row: what is longer than the row is shown through a window around the cursor, so that no
/// terminal's own wrapping matters. At 115200 baud a byte takes 87 µs, so a key is answered in well under a millisecond.
struct LineView: Sendable {
    /// Columns of a row that may be used; the last one stays free, since terminals differ in what they do there.
    private var columns = 0
    private var prompt = ""
    /// What stands behind the prompt.
    private var shown: [Character] = []
    /// The column behind the prompt in which the cursor stands.
    private var cursorColumn = 0
    /// The first character of the line that is shown.
    private var windowStart = 0

    init(columns: Int) { setColumns(columns) }

    mutating func setColumns(_ columns: Int) { self.columns = max(19, columns - 1) }

    /// Writes the prompt on a fresh row.
    mutating func begin(prompt: String) -> [UInt8] {
        self.prompt = prompt
        shown = []
        cursorColumn = 0
        windowStart = 0
        return Array("\r\(prompt)\u{1B}[K".utf8)
    }

    /// Writes prompt and line anew, wherever the terminal is.
    mutating func redraw(_ line: [Character], cursor: Int) -> [UInt8] {
        let first = windowStart
        let start = begin(prompt: prompt)
        windowStart = first
        return start + update(to: line, cursor: cursor)
    }

    /// Makes the terminal show this line with the cursor in front of the character `cursor`.
    mutating func update(to line: [Character], cursor: Int) -> [UInt8] {
        moveWindow(line, cursor)
        let target = Array(line[windowStart..<windowEnd(line)])
        let targetColumn = width(of: line[windowStart..<cursor])
        let same = zip(shown, target).prefix { $0 == $1 }.count
        var out: [UInt8] = []
        if same < shown.count || same < target.count {
            out += moves(from: cursorColumn, to: width(of: target[..<same]))
            out += Array(String(target[same...]).utf8)
            cursorColumn = width(of: target[...])
            if cursorColumn < width(of: shown[...]) { out += Array("\u{1B}[K".utf8) }
        }
        out += moves(from: cursorColumn, to: targetColumn)
        cursorColumn = targetColumn
        shown = target
        return out
    }

    /// Keeps the cursor inside the window; it moves by a third of a row, not at every key.
    private mutating func moveWindow(_ line: [Character], _ cursor: Int) {
        windowStart = min(windowStart, line.count)
        let step = room / 3
        if cursor < windowStart || (cursor == windowStart && windowStart > 0) {
            windowStart = max(0, cursor - step)
        }
        while width(of: line[windowStart..<cursor]) > room { windowStart = min(windowStart + step, cursor) }
    }

    private func windowEnd(_ line: [Character]) -> Int {
        var end = windowStart
        var used = 0
        while end < line.count {
            used += columnWidth(of: line[end])
            if used > room { break }
            end += 1
        }
        return end
    }

    private var room: Int { max(8, columns - prompt.count) }

    private func width(of characters: ArraySlice<Character>) -> Int {
        characters.reduce(0) { $0 + columnWidth(of: $1) }
    }

    private func moves(from column: Int, to target: Int) -> [UInt8] {
        let left = column - target
        if left == 0 { return [] }
        if left < 0 { return Array((left == -1 ? "\u{1B}[C" : "\u{1B}[\(-left)C").utf8) }
        // A backspace is one byte, a sequence at least four.
        return left <= 4 ? [UInt8](repeating: 0x08, count: left) : Array("\u{1B}[\(left)D".utf8)
    }
}

/// How many columns a character takes: two for the wide ones of East Asia and for emoji (Unicode Standard Annex 11).
func columnWidth(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    switch first.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
        0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
        return 2
    default: return 1
    }
}
