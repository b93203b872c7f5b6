import Foundation

extension House {
    /// The rooms of Package.swift: its calls of `room`, `command` and `shim` in the list of targets, and nothing else of
    /// Swift's grammar.
    static func rooms(ofPackage package: String) -> [String: Room] {
        guard let targets = package.range(of: "targets: [\n") else { return [:] }
        let list = withoutComments(String(package[targets.upperBound...]))
        var rooms: [String: Room] = [:]
        for (function, arguments) in calls(in: list) {
            let name = strings(in: arguments.prefix { $0 != "," }).first ?? ""
            switch function {
            case "room":
                rooms[name] = Room(
                    name: name, wing: value("in", in: arguments).first ?? "",
                    imports: Set(value("imports", in: arguments)))
            case "command":
                rooms[name] = Room(name: name, wing: "Commands", imports: Set(value("imports", in: arguments)))
            case "shim": rooms[name] = Room(name: name, wing: "C", imports: [])
            default: break
            }
        }
        return rooms
    }

    /// The rooms of a Markdown table with the columns wing, room, what, imports; the wing stands in its first row only.
    ///
    /// Several rooms may share a row; imports are names in backticks.
    static func rooms(ofReadme readme: String) -> [String: Room] {
        var rooms: [String: Room] = [:]
        var wing = ""
        for line in readme.split(separator: "\n") where line.hasPrefix("|") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { codeWords(in: $0) }
            guard cells.count == 6 else { continue }
            if let name = cells[1].first { wing = String(name.prefix { $0 != "/" }) }
            for name in cells[2] { rooms[name] = Room(name: name, wing: wing, imports: Set(cells[4])) }
        }
        return rooms
    }

    /// Everything that a room reaches, itself included.
    static func reach(_ name: String, _ rooms: [String: Room]) -> Set<String> {
        var reached: Set<String> = []
        var waiting = [name]
        while let next = waiting.popLast() {
            if reached.insert(next).inserted { waiting += rooms[next]?.imports ?? [] }
        }
        return reached
    }

    private static func withoutComments(_ text: String) -> String {
        text.split(separator: "\n").map { line in
            line.range(of: "//").map { line[..<$0.lowerBound] } ?? line
        }.joined(separator: "\n")
    }

    /// Calls at the outermost level: names and what stands between their parentheses.
    private static func calls(in text: String) -> [(String, String)] {
        var calls: [(String, String)] = []
        var word = ""
        var depth = 0
        var arguments = ""
        for character in text {
            switch character {
            case "(":
                if depth > 0 { arguments.append(character) }
                depth += 1
            case ")":
                depth -= 1
                if depth == 0 {
                    calls.append((word, arguments))
                    (word, arguments) = ("", "")
                } else if depth < 0 {
                    return calls
                } else {
                    arguments.append(character)
                }
            case _ where depth > 0: arguments.append(character)
            case _ where character.isLetter: word.append(character)
            default: word = ""
            }
        }
        return calls
    }

    /// The string, or the strings of the list, behind a label.
    private static func value(_ label: String, in arguments: String) -> [String] {
        guard let start = arguments.range(of: "\(label): ") else { return [] }
        let rest = arguments[start.upperBound...]
        return rest.first == "[" ? strings(in: rest.prefix { $0 != "]" }) : Array(strings(in: rest).prefix(1))
    }

    private static func strings(in text: some StringProtocol) -> [String] { everySecond(text, "\"") }

    private static func codeWords(in text: some StringProtocol) -> [String] { everySecond(text, "`") }

    /// What stands between the first and the second mark, the third and the fourth, and so on.
    private static func everySecond(_ text: some StringProtocol, _ mark: Character) -> [String] {
        text.split(separator: mark, omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
