import BuildingMap
import Control
import RobotModel

/// Lays out the live view for a terminal of any size: the map beside the figures, below them what the robot said.
struct Dashboard {
    /// The figures' names take so many columns.
    private static let names = 9
    /// Without so much room there is no map.
    private static let smallest = (columns: 64, rows: 16)

    let building: Building
    /// The technician's end of the console.
    let console: String?

    func frame(
        _ status: RobotStatus, truth: TruthSample?, error: (metres: Double, degrees: Double)?,
        happenings: [Happenings.Item], columns: Int, rows: Int
    ) -> Frame {
        var frame = Frame(columns: columns, rows: rows)
        title(status, &frame)
        let figures = Figures(status: status, error: error).rows
        let hasMap = columns >= Self.smallest.columns && rows >= Self.smallest.rows
        let width = hasMap ? min(max(columns * 3 / 8, 40), 56) : columns - 1
        let level = hasMap ? LevelView(LevelID(status.place.level), in: building) : nil
        // At least four rows of news, and one for the console's path.
        let most = rows - 2 - 5
        let mapColumns = columns - width - 2
        let wanted = max(figures.count + 3, min(level?.rows(inColumns: mapColumns) ?? 0, most))
        let height = max(1, min(wanted, most))
        let used = list(figures, in: &frame, row: 1, column: columns - width, width: width, rows: height)
        level?.draw(
            status, truth: truth, into: &frame, row: 1, column: 1, columns: mapColumns, rows: max(height, used))
        news(happenings, &frame, from: 1 + max(height, used))
        if let console {
            let command = "console: picocom -b 115200 \(console)"
            let hint = " (unlock with 7321)"
            frame.put(
                command.count + hint.count < columns ? command + hint : command, row: rows - 1, column: 1, ink: .faint,
                width: columns - 1)
        }
        return frame
    }

    private func title(_ status: RobotStatus, _ frame: inout Frame) {
        let columns = frame.columns
        frame.put(String(repeating: " ", count: columns), row: 0, column: 0, ink: .title)
        let mission = status.mission.map { "\($0.id): \($0.state)" } ?? "no mission"
        let right = " \(status.place.level)  \(clockText(status.uptime))  Ctrl-C ends "
        frame.put(
            " Doorstep  \(status.robot)  \(mission)", row: 0, column: 0, ink: .title,
            width: max(1, columns - right.count))
        if columns > right.count + 20 { frame.put(right, row: 0, column: columns - right.count, ink: .title) }
    }

    /// Names and texts below one another; a text may take a second row. Returns the rows that were used.
    private func list(
        _ figures: [Figures.Row], in frame: inout Frame, row: Int, column: Int, width: Int, rows: Int
    ) -> Int {
        let room = width - Self.names - 1
        var used = 0
        for (index, figure) in figures.enumerated() {
            guard used < rows else { break }
            let isName = figures.indices.contains(index - 1) && figures[index - 1].name == figure.name
            frame.put(isName ? "" : figure.name, row: row + used, column: column, ink: .faint)
            // The rest of the figures come first when rows are scarce.
            let isTight = figures.count >= rows
            let lines = broken(figure.text, width: room, rows: isTight && index > 1 ? 1 : 2)
            for line in lines where used < rows {
                frame.put(line, row: row + used, column: column + Self.names, ink: figure.ink, width: room)
                used += 1
            }
        }
        return used
    }

    /// Breaks a text between words; the last row takes what is left.
    private func broken(_ text: String, width: Int, rows: Int) -> [String] {
        var lines: [String] = []
        var rest = text[...]
        while lines.count + 1 < rows, rest.count > width, let space = rest.prefix(width + 1).lastIndex(of: " ") {
            lines.append(String(rest[..<space]))
            rest = rest[rest.index(after: space)...]
        }
        return lines + [String(rest)]
    }

    /// What happened last, the newest below.
    private func news(_ happenings: [Happenings.Item], _ frame: inout Frame, from first: Int) {
        let last = frame.rows.count - (console == nil ? 1 : 2)
        guard last > first else { return }
        frame.put(String(repeating: "─", count: frame.columns), row: first, column: 0, ink: .faint)
        for (offset, item) in happenings.suffix(last - first).enumerated() {
            let time = clockText(item.time)
            frame.put(time, row: first + 1 + offset, column: max(0, 6 - time.count), ink: .faint)
            frame.put(
                item.text, row: first + 1 + offset, column: 8, ink: item.isStep ? .faint : .plain,
                width: frame.columns - 9)
        }
    }
}
