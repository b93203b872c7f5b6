/// What `help` says.
enum HelpPage {
    /// The list of commands, or one command's use.
    static func lines(_ name: String?) -> [PageLine] {
        guard let name else { return list }
        guard let command = ConsoleCommand.named(name) else {
            return [PageLine("unknown command \(name)", .alert)]
                + PageLine.wrap(
                    "  "
                        + suggestion(
                            for: name, among: ConsoleCommand.all.map(\.name), otherwise: "`help` lists the commands"))
        }
        var lines = [PageLine(command.usage, .bold)] + PageLine.wrap("  \(command.summary)", indent: 2)
        if command.needsUnlock {
            lines.append(PageLine("  needs an unlock; refused during a mission where it moves the robot"))
        }
        for case .words(let words) in command.arguments {
            lines += PageLine.wrap("  one of: \(words.joined(separator: ", "))", indent: 4)
        }
        return lines
    }

    private static var list: [PageLine] {
        [PageLine("Looking", .bold)] + rows(ConsoleCommand.all.filter { !$0.needsUnlock })
            + [PageLine("Moving and switching (unlock first; no moving by hand during a mission)", .bold)]
            + rows(ConsoleCommand.all.filter(\.needsUnlock))
            + [
                PageLine(
                    "Keys: Tab completes, arrows Home End edit and recall, ^E ^K ^U ^W ^L ^C (picocom: leave with ^A ^X)."
                )
            ]
    }

    private static func rows(_ commands: [ConsoleCommand]) -> [PageLine] {
        let width = 22
        return commands.flatMap { command -> [PageLine] in
            let space = String(repeating: " ", count: max(1, width - command.usage.count))
            // A use that is longer than its column gets a row of its own.
            guard command.usage.count < width else {
                return [PageLine("  " + command.usage)]
                    + PageLine.wrap(String(repeating: " ", count: width + 2) + command.summary, indent: width + 2)
            }
            return PageLine.wrap("  " + command.usage + space + command.summary, indent: width + 2)
        }
    }
}
