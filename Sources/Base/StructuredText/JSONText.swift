import RobotModel

/// A JSON text (RFC 8259) whose syntax has been checked, to be looked into where it lies.
///
/// Nothing is built from it: a value is an offset, and looking for a key scans the object anew. So a file of hundreds
/// of megabytes costs its own bytes and no more.
final class JSONText: Sendable {
    let file: String
    let bytes: [UInt8]

    /// Throws `FileProblems` with the place of the first mistake.
    ///
    /// `maximumDepth` bounds the nesting, so that no text exhausts the stack.
    init(file: String, bytes: [UInt8]) throws(FileProblems) {
        self.file = file
        // A byte order mark is not JSON, but editors write it.
        self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        let failure = self.bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer)
            return scanner.checkDocument()
        }
        guard let failure else { return }
        throw FileProblems([
            RobotError(
                .invalidFile, "not JSON: \(failure.what)", at: location(of: failure.offset), expected: failure.expected,
                hint: "look at the commas, quotes and brackets of this line and the line above it")
        ])
    }

    /// Line and column (in bytes) of an offset.
    func location(of offset: Int) -> SourceLocation {
        var line = 1
        var lineStart = 0
        for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return SourceLocation(file: file, line: line, column: offset - lineStart + 1)
    }

    /// Runs with a scanner that stands at an offset.
    func scan<Result>(from offset: Int, _ body: (inout JSONScanner) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { buffer in
            var scanner = JSONScanner(buffer, position: offset)
            return body(&scanner)
        }
    }
}
