#if canImport(Glibc)
    import Glibc
#endif

/// The terminal while the live view has it: its alternate screen, so that nothing is left in the scroll-back; no cursor,
/// no echo. Only what has changed is written, between the marks of a synchronised update.
final class Screen {
    private var shown: [[Frame.Cell]] = []
    private var before = termios()
    private let hasInput: Bool
    private let isInColour: Bool
    private var isOpen = true

    /// nil where there is no terminal that could show it.
    init?(environment: [String: String]) {
        guard isatty(1) == 1, environment["TERM"] ?? "dumb" != "dumb" else { return nil }
        // https://no-color.org: present and not empty.
        isInColour = environment["NO_COLOR", default: ""].isEmpty
        hasInput = isatty(0) == 1 && tcgetattr(0, &before) == 0
        if hasInput {
            var quiet = before
            quiet.c_lflag &= ~tcflag_t(ECHO | ICANON)
            tcsetattr(0, TCSANOW, &quiet)
        }
        write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
    }

    deinit { close() }

    /// Gives the terminal back as it was.
    func close() {
        guard isOpen else { return }
        isOpen = false
        write("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l")
        if hasInput { tcsetattr(0, TCSAFLUSH, &before) }
    }

    /// Columns and rows as they are now.
    var size: (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    func show(_ frame: Frame) {
        var out = ""
        if shown.count != frame.rows.count || shown.first?.count != frame.columns {
            out += "\u{1B}[0m\u{1B}[2J"
            shown = []
        }
        for (row, cells) in frame.rows.enumerated() where shown.isEmpty || shown[row] != cells {
            out += "\u{1B}[\(row + 1);1H"
            for run in Frame.runs(cells) {
                let attributes = run.ink.attributes(inColour: isInColour)
                out += attributes.isEmpty ? "\u{1B}[0m" : "\u{1B}[0;\(attributes)m"
                out += run.text
            }
        }
        shown = frame.rows
        if !out.isEmpty { write("\u{1B}[?2026h\(out)\u{1B}[0m\u{1B}[?2026l") }
    }

    private func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
