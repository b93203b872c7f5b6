import Console
import RobotModel
import Testing

@Suite struct LineEditorTests {
    /// What was typed, what stands on the screen, where its cursor stands, and what Return would give.
    static let edits: [(typed: String, line: String, column: Int)] = [
        ("status", "status", 6),
        ("statuss\u{7F}", "status", 6),
        ("sttus\u{1B}[D\u{1B}[D\u{1B}[Da", "status", 3),
        ("tatus\u{01}s", "status", 1),
        ("tatus\u{01}s\u{05}!", "status!", 7),
        ("status devices\u{17}", "status ", 7),
        ("status devices  \u{17}", "status ", 7),
        ("status\u{15}top", "top", 3),
        ("status devices\u{1B}b\u{0B}", "status ", 7),
        ("xstatus\u{1B}[H\u{1B}[3~", "status", 0),
        ("xstatus\u{01}\u{04}", "status", 0),
        ("a b c\u{1B}[1;5D\u{1B}[1;5D\u{1B}[1;5C.", "a b. c", 4),
        ("größe\u{7F}\u{7F}", "grö", 3),
        ("e\u{301}x\u{1B}[D\u{7F}", "x", 0),
        ("電子\u{1B}[D!", "電!子", 3),
        ("\u{7F}\u{1B}[3~\u{1B}[D\u{1B}[C\u{0B}\u{17}a", "a", 1),
        ("ab\u{02}\u{02}\u{06}-", "a-b", 2),
    ]

    @Test("the screen shows the line as it is, with the cursor where it is", arguments: edits)
    func showsTheLine(typed: String, line: String, column: Int) {
        var screen = Screen()
        var editor = LineEditor()
        screen.write(editor.begin(prompt: "> "))
        for byte in typed.utf8 { screen.write(editor.handle(byte).output) }
        #expect(screen.rows[0].filter { $0 != "\u{0}" } == Array("> " + line))
        #expect(screen.column == 2 + column)
        #expect(screen.strange.isEmpty)
        #expect(editor.handle(0x0D).outcome == .line(line))
    }

    @Test("one more character at the end costs one byte on the line")
    func echoesOneByte() {
        var editor = LineEditor()
        _ = editor.begin(prompt: "dory> ")
        for byte in "status".utf8 { #expect(editor.handle(byte).output == [byte]) }
    }

    @Test("a key in the middle of a full row costs less than a millisecond at 115200 baud")
    func isQuick() {
        var editor = LineEditor()
        _ = editor.begin(prompt: "dory> ")
        for byte in String(repeating: "x", count: 60).utf8 { _ = editor.handle(byte) }
        _ = editor.handle(0x01)
        // 115200 baud carry 11.5 bytes in a millisecond; the row has to be moved, so ten of it are the bound here.
        #expect(editor.handle(UInt8(ascii: "y")).output.count <= 115)
    }

    @Test("a line longer than the row stays on its row, whatever is done to it")
    func scrolls() {
        var random = SeededRandom(seed: 3)
        let keys = ["x", "word ", "\u{01}", "\u{05}", "\u{1B}[D", "\u{1B}[C", "\u{1B}b", "\u{7F}", "ö", "電"]
        var screen = Screen()
        var editor = LineEditor()
        screen.write(editor.begin(prompt: "dory> "))
        for _ in 0..<5000 {
            for byte in keys.randomElement(using: &random)!.utf8 { screen.write(editor.handle(byte).output) }
            #expect(screen.row == 0)
            #expect(screen.column < Screen.columns)
            #expect(screen.rows[0].count < Screen.columns)
        }
        // What stands there is what a terminal that is drawn anew would show.
        var fresh = Screen()
        fresh.write(editor.redraw())
        #expect(fresh.line == screen.line)
        #expect(fresh.column == screen.column)
    }

    @Test(
        "a terminal that tells its width, also in the middle of a line, gets rows that fit it", arguments: [24, 40, 79])
    func fits(width: Int) {
        var screen = Screen()
        var editor = LineEditor()
        screen.write(editor.begin(prompt: "dory> "))
        let answers = ["\u{1B}[1;\(width)R", "\u{1B}[1;2R", "\u{1B}[9999;99999R"]
        for text in ["mission sh"] + answers + [String(repeating: "word ", count: 40)] {
            for byte in text.utf8 { screen.write(editor.handle(byte).output) }
        }
        #expect(screen.rows[0].count < width)
        #expect(screen.column < width)
        #expect(screen.line.hasPrefix("dory> "))
        #expect(screen.line.hasSuffix("word"))
        #expect(screen.strange.isEmpty)
        #expect(editor.handle(0x0D).outcome == .line("mission sh" + String(repeating: "word ", count: 40)))
    }

    @Test("a line has an end: what is longer rings the bell")
    func bounds() {
        var editor = LineEditor()
        _ = editor.begin(prompt: "> ")
        var output: [UInt8] = []
        for byte in String(repeating: "x", count: 10_000).utf8 { output = editor.handle(byte).output }
        #expect(output == [0x07])
        #expect(editor.handle(0x0D).outcome == .line(String(repeating: "x", count: LineEditor.longestLine)))
    }

    @Test("Ctrl-C gives the line up, Ctrl-D ends only an empty one")
    func interrupts() {
        var editor = LineEditor()
        _ = editor.begin(prompt: "> ")
        _ = editor.handle(UInt8(ascii: "x"))
        #expect(editor.handle(0x03).outcome == .interrupted)
        _ = editor.begin(prompt: "> ")
        #expect(editor.handle(0x04).outcome == .ended)
    }

    @Test("Ctrl-L leaves the line alone on an empty screen")
    func clears() {
        var screen = Screen()
        var editor = LineEditor()
        screen.write(Array("old\r\n".utf8))
        screen.write(editor.begin(prompt: "> "))
        for byte in "statu\u{1B}[D\u{0C}".utf8 { screen.write(editor.handle(byte).output) }
        #expect(screen.text.trimmed == "> statu")
        #expect(screen.column == 6)
    }

    @Test("the arrows recall lines, and come back to the one that was being typed")
    func recalls() {
        var editor = LineEditor()
        func shown(_ keys: String) -> String {
            var copy = editor
            var screen = Screen()
            screen.write(copy.begin(prompt: "> "))
            for byte in keys.utf8 { screen.write(copy.handle(byte).output) }
            return screen.line
        }
        for line in ["first", "second", "second", ""] { editor.remember(line) }
        #expect(shown("\u{1B}[A") == "> second")
        #expect(shown("\u{1B}[A\u{1B}[A") == "> first")
        #expect(shown("\u{1B}[A\u{1B}[A\u{1B}[A") == "> first")
        #expect(shown("draft\u{10}\u{10}\u{0E}\u{0E}") == "> draft")
        #expect(shown("draft\u{0E}") == "> draft")
    }

    @Test("a hundred lines are remembered")
    func forgets() {
        var editor = LineEditor()
        for number in 0..<250 { editor.remember("line \(number)") }
        var screen = Screen()
        screen.write(editor.begin(prompt: "> "))
        for _ in 0..<300 { for byte in "\u{1B}[A".utf8 { screen.write(editor.handle(byte).output) } }
        #expect(screen.line == "> line 150")
    }

    static let words = ["device", "devices", "door", "doors", "top"]

    @Test(
        "Tab completes one word, completes several as far as they agree, and lists them where that is nowhere",
        arguments: [
            ("t\t", "top "), ("dev\t", "device"), ("doors\t", "doors "), ("x\t", "x"), ("d\t", "d"),
            ("status do\t", "status door"),
        ])
    func completes(typed: String, line: String) {
        var editor = LineEditor()
        _ = editor.begin(prompt: "> ")
        for byte in typed.utf8 { _ = editor.handle(byte, completions: { _ in Self.words }) }
        #expect(editor.handle(0x0D).outcome == .line(line))
    }

    @Test("listed words stand in columns, and the line stands below them again")
    func lists() {
        var editor = LineEditor()
        var screen = Screen()
        screen.write(editor.begin(prompt: "> "))
        for byte in "d\t".utf8 { screen.write(editor.handle(byte, completions: { _ in Self.words }).output) }
        #expect(screen.text == "> d\ndevice   devices  door     doors\n> d")
    }

    @Test("nothing of a hidden line reaches the terminal, the history or the completion")
    func hides() {
        var editor = LineEditor()
        let prompt = editor.begin(prompt: "code: ", isHidden: true)
        #expect(prompt == Array("\rcode: \u{1B}[K".utf8))
        var output: [UInt8] = []
        for byte in "24x\u{7F}68\t\u{1B}[A".utf8 {
            output += editor.handle(byte, completions: { _ in ["2468"] }).output
        }
        #expect(output.isEmpty)
        #expect(editor.redraw() == prompt)
        let (outcome, end) = editor.handle(0x0D)
        #expect(outcome == .line("2468"))
        #expect(end == [0x0D, 0x0A])
    }
}

extension String {
    /// Without blank rows at its ends.
    var trimmed: String {
        split(separator: "\n").map(String.init).drop { $0.isEmpty }.joined(separator: "\n")
    }
}
