/// Edits one line on a terminal that does not echo: bytes go in, edits happen, the bytes to write come out.
///
/// Keys as in readline: Ctrl-A, E, B, F, D, H, K, U, W, L, P, N and C, arrows, Home, End, Delete, words with Ctrl or Alt
/// and an arrow, history with up and down, Tab completes. Nothing that is sent can make it fail or grow.
public struct LineEditor: Sendable {
    /// What became of a key.
    public enum Outcome: Hashable, Sendable {
        /// The line goes on.
        case editing
        /// Return: the line is done.
        case line(String)
        /// Ctrl-C: the line is given up.
        case interrupted
        /// Ctrl-D on an empty line.
        case ended
    }

    /// The longest line, in characters; more is answered with the bell.
    public static let longestLine = 400
    private static let bell: [UInt8] = [0x07]
    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    /// Widths that a terminal may have; what is reported beyond them is no width (F3 with a modifier looks alike).
    private static let widths = 20...500

    /// Asks the terminal for its width, as a serial line does not tell it: to the far right, where is the cursor, back.
    static let widthQuestion = Array("\u{1B}7\u{1B}[999C\u{1B}[6n\u{1B}8".utf8)

    private var decoder = KeyDecoder()
    private var view: LineView
    private var history = LineHistory()
    private var columns: Int
    private var line: [Character] = []
    private var cursor = 0
    private var isHidden = false

    /// - Parameter columns: Width of the terminal, until that has told it itself.
    public init(columns: Int = 80) {
        self.columns = columns
        view = LineView(columns: columns)
    }

    /// Starts an empty line behind a prompt and returns what to write.
    ///
    /// - Parameter isHidden: Nothing of the line is shown, kept in the history or completed: for a code.
    public mutating func begin(prompt: String, isHidden: Bool = false) -> [UInt8] {
        self.isHidden = isHidden
        line = []
        cursor = 0
        history.rewind()
        return view.begin(prompt: prompt)
    }

    /// Writes prompt and line anew, after something else has been written.
    public mutating func redraw() -> [UInt8] { view.redraw(isHidden ? [] : line, cursor: isHidden ? 0 : cursor) }

    /// Keeps a line for the arrow keys. The owner decides, since a line may hold what must not be shown again.
    public mutating func remember(_ line: String) { history.add(line) }

    /// Takes one byte; what became of it, and what to write.
    ///
    /// - Parameter completions: All words that could stand in place of the last word of this text; asked on Tab only.
    public mutating func handle(
        _ byte: UInt8, completions: (String) -> [String] = { _ in [] }
    ) -> (outcome: Outcome, output: [UInt8]) {
        guard let key = decoder.decode(byte) else { return (.editing, []) }
        switch key {
        case .enter:
            let text = String(line)
            line = []
            cursor = 0
            return (.line(text), Self.lineEnd)
        case .control("C"):
            line = []
            cursor = 0
            return (.interrupted, Array("^C".utf8) + Self.lineEnd)
        case .control("D") where line.isEmpty: return (.ended, Self.lineEnd)
        case .control("L"): return (.editing, Array("\u{1B}[2J\u{1B}[H".utf8) + redraw() + Self.widthQuestion)
        case .cursorReport(let column): return (.editing, widen(to: column))
        case .tab: return (.editing, complete(completions))
        default:
            let answer = edit(key) ? [] : Self.bell
            return (.editing, isHidden ? [] : view.update(to: line, cursor: cursor) + answer)
        }
    }

    /// Takes the terminal's width over.
    private mutating func widen(to width: Int) -> [UInt8] {
        guard Self.widths.contains(width), width != columns else { return [] }
        columns = width
        view.setColumns(width)
        return isHidden ? [] : redraw()
    }

    /// Whether the key could do something.
    private mutating func edit(_ key: Key) -> Bool {
        switch key {
        case .character(let scalar): return insert(scalar)
        case .backspace: return erase((cursor - 1)..<cursor)
        case .delete, .control("D"): return erase(cursor..<(cursor + 1))
        case .left, .control("B"): return move(to: cursor - 1)
        case .right, .control("F"): return move(to: cursor + 1)
        case .home, .control("A"): cursor = 0
        case .end, .control("E"): cursor = line.count
        case .wordLeft: cursor = wordStart
        case .wordRight: cursor = wordEnd
        case .control("K"): line.removeSubrange(cursor...)
        case .control("U"):
            line.removeSubrange(..<cursor)
            cursor = 0
        case .control("W"):
            let start = wordStart
            line.removeSubrange(start..<cursor)
            cursor = start
        case .up, .control("P"): return recall { [current = String(line)] in $0.previous(current: current) }
        case .down, .control("N"): return recall { $0.next() }
        default: break
        }
        return true
    }

    private mutating func insert(_ scalar: Unicode.Scalar) -> Bool {
        guard line.count < Self.longestLine else { return false }
        if cursor > 0 {
            // A mark that combines with the character before it does not make another character.
            let before = line[cursor - 1]
            let joined = String(before) + String(Character(scalar))
            if joined.count == 1 {
                // Marks may be heaped on a character without end; a handful is more than any script needs.
                guard before.unicodeScalars.count < 8 else { return false }
                line[cursor - 1] = Character(joined)
                return true
            }
        } else if scalar.properties.isGraphemeExtend {
            // Nothing to combine with: it would change the prompt.
            return false
        }
        line.insert(Character(scalar), at: cursor)
        cursor += 1
        return true
    }

    private mutating func erase(_ range: Range<Int>) -> Bool {
        guard range.lowerBound >= 0, range.upperBound <= line.count else { return false }
        line.removeSubrange(range)
        cursor = range.lowerBound
        return true
    }

    private mutating func move(to position: Int) -> Bool {
        guard (0...line.count).contains(position) else { return false }
        cursor = position
        return true
    }

    private mutating func recall(_ step: (inout LineHistory) -> String?) -> Bool {
        guard !isHidden, let text = step(&history) else { return false }
        line = Array(text)
        cursor = line.count
        return true
    }

    private var wordStart: Int {
        var start = cursor
        while start > 0, line[start - 1] == " " { start -= 1 }
        while start > 0, line[start - 1] != " " { start -= 1 }
        return start
    }

    private var wordEnd: Int {
        var end = cursor
        while end < line.count, line[end] == " " { end += 1 }
        while end < line.count, line[end] != " " { end += 1 }
        return end
    }

    /// One candidate is taken, several are taken as far as they agree, and listed where that is nowhere.
    private mutating func complete(_ completions: (String) -> [String]) -> [UInt8] {
        guard !isHidden else { return [] }
        let before = String(line[..<cursor])
        let typed = String(before.split(separator: " ", omittingEmptySubsequences: false).last ?? "")
        let words = completions(before).filter { $0.hasPrefix(typed) }.sorted()
        guard let first = words.first, let last = words.last else { return Self.bell }
        // Sorted: what the first and the last share, all share.
        let common = words.count == 1 ? first + " " : String(zip(first, last).prefix { $0 == $1 }.map(\.0))
        let addition = Array(common.dropFirst(typed.count))
        if !addition.isEmpty, line.count + addition.count <= Self.longestLine {
            line.insert(contentsOf: addition, at: cursor)
            cursor += addition.count
            return view.update(to: line, cursor: cursor)
        }
        return Self.lineEnd + Array(listing(words).utf8) + redraw()
    }

    /// The words in columns, filled row by row.
    private func listing(_ words: [String]) -> String {
        let width = (words.map(\.count).max() ?? 0) + 2
        let perRow = max(1, (columns - 1) / width)
        var text = ""
        for (index, word) in words.enumerated() {
            let isLast = index % perRow == perRow - 1 || index == words.count - 1
            text += isLast ? word + "\r\n" : word + String(repeating: " ", count: width - word.count)
        }
        return text
    }
}
