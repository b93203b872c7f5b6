/// The lines typed before, and where in them the technician is.
struct LineHistory: Sendable {
    /// Lines kept; older ones are forgotten.
    static let capacity = 100

    private var lines: [String] = []
    /// Index into `lines`; their count is the line being typed.
    private var position = 0
    /// What was being typed when the technician went up.
    private var draft = ""

    /// Keeps a line, unless it is empty or the same as the last one, and goes back to the end.
    mutating func add(_ line: String) {
        if !line.isEmpty, line != lines.last {
            lines.append(line)
            if lines.count > Self.capacity { lines.removeFirst() }
        }
        rewind()
    }

    /// Goes back to the line being typed.
    mutating func rewind() {
        position = lines.count
        draft = ""
    }

    /// The line before; nil at the oldest.
    mutating func previous(current: String) -> String? {
        guard position > 0 else { return nil }
        if position == lines.count { draft = current }
        position -= 1
        return lines[position]
    }

    /// The line after, at last the one that was being typed; nil there.
    mutating func next() -> String? {
        guard position < lines.count else { return nil }
        position += 1
        return position == lines.count ? draft : lines[position]
    }
}
