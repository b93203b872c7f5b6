import Control
import RobotModel

/// A page that is shown again every second in place, until a key is pressed.
struct Watch: Sendable {
    static let period = Duration.seconds(1)
    /// A lone Escape is a key too, but the start of others: it counts when nothing has followed.
    private static let escapeTime = Duration.milliseconds(100)
    /// Rows of the terminal that may be used; the last one stays for the prompt.
    private static let rows = 23

    /// Clears the terminal and hides its cursor.
    static let start = Array("\u{1B}[2J\u{1B}[H\u{1B}[?25l".utf8)
    /// Goes below the page and shows the cursor.
    static let farewell = Array("\u{1B}[\(rows + 1);1H\u{1B}[?25h\r\n".utf8)

    let page: StatusPage
    /// The number of the question under way.
    private(set) var awaited: Int?
    private var lastAsked = Instant.zero
    private var shown: [PageLine] = []
    private var keys = KeyDecoder()
    private var endsAt: Instant?

    init(page: StatusPage) { self.page = page }

    mutating func asked(number: Int, at now: Instant) {
        awaited = number
        lastAsked = now
    }

    /// Whether the page is due again. A daemon that is slow is not asked twice at a time, but asked again in the end.
    func isDue(at now: Instant) -> Bool {
        now - lastAsked >= (awaited == nil ? Self.period : ConsoleSession.patience)
    }

    /// Takes a byte; whether it ends the watch.
    mutating func takeKey(_ byte: UInt8, at now: Instant) -> Bool {
        if keys.decode(byte) != nil || !keys.isInside { return true }
        endsAt = now + Self.escapeTime
        return false
    }

    /// Whether a key that was begun has ended it.
    func endsByTime(at now: Instant) -> Bool { endsAt.map { now >= $0 } ?? false }

    /// The bytes that make the terminal show the answer: the rows that differ from what stands there.
    mutating func show(_ response: ControlResponse) -> [UInt8] {
        awaited = nil
        var lines =
            switch response {
            case .status(let status): page.lines(status)
            case .refused(let error): PageLine.refusal(error)
            case .done, .lines: [PageLine("the daemon gave another answer than a status", .alert)]
            }
        if lines.count > Self.rows {
            lines = lines.prefix(Self.rows - 1) + [PageLine("(\(lines.count - Self.rows + 1) rows more)")]
        }
        var out: [UInt8] = []
        for (row, line) in lines.enumerated() where row >= shown.count || shown[row] != line {
            out += Array("\u{1B}[\(row + 1);1H".utf8) + line.bytes + Array("\u{1B}[K".utf8)
        }
        if lines.count < shown.count { out += Array("\u{1B}[\(lines.count + 1);1H\u{1B}[J".utf8) }
        shown = lines
        return out
    }
}
