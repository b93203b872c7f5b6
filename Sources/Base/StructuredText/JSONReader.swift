public import RobotModel

/// Reads a JSON file of a foreign format into a value, in the manner of `YAMLReader`: every getter records what is
/// wrong with file, line and column, and gives a placeholder, so that everything wrong is said at once.
///
/// Unlike there, keys that nobody asks for are passed over: such formats are extended by their vendors.
public enum JSONReader {
    /// The longest text that is read. A graph of a million nodes and four million edges has some hundred megabytes.
    public static let maximumLength = 2 << 30

    /// Reads a text. `file` is the name that errors show. What is odd is appended to `warnings`.
    ///
    /// Throws `FileProblems` with at least one error: a syntax error, or all that is wrong with the content.
    public static func read<Value>(
        file: String, bytes: [UInt8], warnings: inout [RobotError], _ build: (JSONField) -> Value
    ) throws(FileProblems) -> Value {
        let text = try JSONText(file: file, bytes: bytes)
        let collector = ProblemCollector(file: file)
        let start = text.scan(from: 0) { scanner in
            scanner.skipSpace()
            return scanner.position
        }
        let value = build(JSONField(text: text, offset: start, collector: collector))
        let problems = collector.finish()
        warnings += collector.finishWarnings()
        guard problems.isEmpty else { throw FileProblems(problems) }
        return value
    }
}
