public import RobotModel
import Yams

/// Reads a YAML file of the house into a value, and says everything that is wrong with it at once.
///
/// The reading is written straight on, as if the file were right; every getter records what is wrong, with file, line
/// and column, and gives a placeholder so that the rest is looked at too. If anything was recorded, the value is thrown
/// away and `FileProblems` is thrown.
///
///     struct Lamp { var name: String; var watts: Double; var colour: Colour; var spots: [Int] }
///
///     let lamp = try YAMLReader.read(file: "lamp.yaml", text: text) { root in
///         root.required("version").int(in: 1...1)
///         return Lamp(
///             name: root.required("name").string(),
///             watts: root.required("watts").double(in: 0.1...500, unit: "watts"),
///             colour: root.optional("colour")?.choice() ?? .white,
///             spots: root.optional("spots")?.list { $0.int(in: 0...9) } ?? [])
///     }
///
/// A key that was never asked for is unknown, and reported with the nearest key that was. Checks between fields are
/// the caller's: `field.reject("lower is above upper", expected: …, hint: …)`.
public enum YAMLReader {
    /// The longest text that is read; a file of the house has some kilobytes.
    public static let maximumLength = 1 << 20

    /// Reads a text. `file` is the name that errors show.
    ///
    /// Throws `FileProblems` with at least one error: a syntax error, or all that is wrong with the content.
    public static func read<Value>(
        file: String, text: String, _ build: (Field) -> Value
    ) throws(FileProblems) -> Value {
        var warnings: [RobotError] = []
        return try read(file: file, text: text, warnings: &warnings, build)
    }

    /// Reads a text that may be odd without being wrong: what `Field.warn` noted is appended to `warnings`, also when
    /// the text is wrong too. A foreign format may be longer than a file of the house: `limit` in bytes.
    public static func read<Value>(
        file: String, text: String, limit: Int = maximumLength, warnings: inout [RobotError], _ build: (Field) -> Value
    ) throws(FileProblems) -> Value {
        let collector = ProblemCollector(file: file)
        let root = try compose(file: file, text: text, limit: limit)
        let start = SourceLocation(file: file, line: 1, column: 1)
        let value = build(Field(node: root, path: "", location: start, collector: collector))
        let problems = collector.finish()
        warnings += collector.finishWarnings()
        guard problems.isEmpty else { throw FileProblems(problems) }
        return value
    }

    /// Reads a file. Errors show the path as it is given here.
    ///
    /// Throws `FileProblems`: unreadable, not UTF-8, too long, a syntax error, or all that is wrong with the content.
    public static func read<Value>(path: String, _ build: (Field) -> Value) throws(FileProblems) -> Value {
        try read(file: path, text: readTextFile(path, limit: maximumLength), build)
    }

    /// Parses the text, and turns the parser's own errors into the house's.
    private static func compose(file: String, text: String, limit: Int) throws(FileProblems) -> Node {
        func failure(_ what: String, line: Int = 1, column: Int = 1, hint: String? = nil) -> FileProblems {
            let location = SourceLocation(file: file, line: line, column: column)
            return FileProblems([
                RobotError(.invalidFile, what, at: location, expected: "YAML 1.1", hint: hint)
            ])
        }
        guard text.utf8.count <= limit else {
            throw failure("the file has \(text.utf8.count) bytes, more than \(limit)")
        }
        // libyaml itself refuses more than 1000 levels, so that its callers may recurse.
        do {
            if let node = try Yams.compose(yaml: text) { return node }
        } catch let error as YamlError {
            switch error {
            case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
                .composer(let context, let problem, let mark, _):
                let what = [context?.text, problem].compactMap { $0 }.joined(separator: ", ")
                throw failure(
                    "not YAML: \(what)", line: mark.line, column: mark.column, hint: syntaxHint(text, line: mark.line))
            case .duplicatedKeysInMapping(let keys, let context):
                let names = keys.map { "'\($0)'" }.joined(separator: ", ")
                throw FileProblems([
                    RobotError(
                        .invalidFile, "duplicate key \(names)",
                        at: SourceLocation(file: file, line: context.mark.line, column: context.mark.column),
                        expected: "every key once", hint: "remove one of the two")
                ])
            case .reader(let problem, let offset, _, _):
                let (line, column) = position(of: offset ?? 0, in: text)
                throw failure(
                    "not YAML: \(problem)", line: line, column: column, hint: "remove the invisible control character")
            default:
                throw failure("not YAML: \(error)")
            }
        } catch {
            throw failure("not YAML: \(error)")
        }
        throw failure("the file is empty")
    }

    /// The mistakes that people make most.
    private static func syntaxHint(_ text: String, line: Int) -> String? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard line >= 1, line <= lines.count else { return nil }
        if lines[line - 1].contains("\t") { return "indent with spaces, not tabs" }
        return "look at the indentation and the quotes of this line and the line above it"
    }

    /// Line and column of a character.
    private static func position(of offset: Int, in text: String) -> (line: Int, column: Int) {
        let before = text.prefix(offset)
        let line = before.count(where: \.isNewline) + 1
        let column = (before.lastIndex(where: \.isNewline).map { before[$0...].count - 1 } ?? before.count) + 1
        return (line, column)
    }
}
