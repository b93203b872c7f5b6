import RobotModel
import Yams

/// What is wrong with a file so far, and which keys of which mapping were asked for.
final class ProblemCollector {
    private struct Opened {
        var location: SourceLocation
        var name: String
        var keys: [(name: String, location: SourceLocation)]
        var asked: [String] = []
        var missing: [String] = []
        var anyKey = false
    }

    /// A file that is wrong throughout is told by its first mistakes; a page of them helps nobody.
    private static let limit = 200

    private let file: String
    private var problems: [RobotError] = []
    private var warnings: [RobotError] = []
    private var untold = 0
    private var opened: [String: Opened] = [:]
    private var seen: Set<String> = []

    init(file: String) { self.file = file }

    /// Notes a problem; the same one only once, since a value may be read twice.
    func record(_ problem: RobotError) {
        guard !problems.contains(problem) else { return }
        if problems.count < Self.limit { problems.append(problem) } else { untold += 1 }
    }

    /// Notes what is odd but does not hinder; the same only once.
    func warn(_ warning: RobotError) {
        if warnings.count < Self.limit, !warnings.contains(warning) { warnings.append(warning) }
    }

    var hasProblems: Bool { !problems.isEmpty }

    func hasProblem(at location: SourceLocation) -> Bool { problems.contains { $0.location == location } }

    func location(of node: Node, or other: SourceLocation) -> SourceLocation {
        guard let mark = node.mark else { return other }
        return SourceLocation(file: file, line: mark.line, column: mark.column)
    }

    /// True when this is said of a path for the first time.
    func firstTime(_ what: String, _ path: String) -> Bool { seen.insert("\(what) \(path)").inserted }

    func open(_ mapping: Node.Mapping, of field: Field) {
        guard opened[field.path] == nil else { return }
        let keys = mapping.map { key, _ in
            (name: key.scalar?.string ?? "", location: location(of: key, or: field.location))
        }
        opened[field.path] = Opened(location: field.location, name: field.name, keys: keys)
    }

    func ask(_ key: String, in field: Field) {
        guard let asked = opened[field.path]?.asked, !asked.contains(key) else { return }
        opened[field.path]?.asked.append(key)
    }

    func miss(_ key: String, in field: Field) {
        guard let missing = opened[field.path]?.missing, !missing.contains(key) else { return }
        opened[field.path]?.missing.append(key)
    }

    func allowAnyKey(in field: Field) { opened[field.path]?.anyKey = true }

    /// Everything that is wrong, in the order of the file.
    func finish() -> [RobotError] {
        for mapping in opened.values { checkKeys(of: mapping) }
        let told = inOrderOfLines(problems)
        guard untold > 0 else { return told }
        let place = SourceLocation(file: file, line: 1, column: 1)
        return told + [
            RobotError(
                .invalidFile, "and \(untold) more problems", at: place, hint: "mend the first ones, and look again")
        ]
    }

    /// Everything that is odd, in the order of the file.
    func finishWarnings() -> [RobotError] { inOrderOfLines(warnings) }

    /// Unknown and missing keys together: a misspelt key is one mistake, not two.
    private func checkKeys(of mapping: Opened) {
        var missing = mapping.missing
        for key in mapping.keys where !mapping.anyKey && !mapping.asked.contains(key.name) {
            let free = mapping.asked.filter { name in !mapping.keys.contains { $0.name == name } }
            let near = nearest(to: key.name, among: free)
            missing.removeAll { $0 == near }
            let hint = near.map { "did you mean '\($0)'?" } ?? "remove it, or look for the section that it belongs to"
            record(
                RobotError(
                    .invalidFile, "unknown key '\(key.name)' in \(mapping.name)", at: key.location,
                    expected: mapping.asked.isEmpty ? nil : "one of " + mapping.asked.joined(separator: ", "),
                    hint: hint))
        }
        for key in missing {
            record(
                RobotError(
                    .invalidFile, "\(mapping.name) has no '\(key)'", at: mapping.location, expected: "the key '\(key)'",
                    hint: "add a line '\(key): …'"))
        }
    }
}

/// Sorted by line and column; what stands at one place keeps its order.
func inOrderOfLines(_ problems: [RobotError]) -> [RobotError] {
    problems.enumerated().sorted { a, b in
        let (first, second) = (a.element.location, b.element.location)
        return (first?.line ?? 0, first?.column ?? 0, a.offset) < (second?.line ?? 0, second?.column ?? 0, b.offset)
    }.map(\.element)
}
