public import RobotModel

/// Everything that is wrong with a file, in the order of its lines; never empty.
public struct FileProblems: Error, Hashable, Sendable, CustomStringConvertible {
    /// Each with its place, what was expected, and a hint where there is one.
    public var errors: [RobotError]

    public init(_ errors: [RobotError]) {
        precondition(!errors.isEmpty, "problems of a file are not empty")
        self.errors = errors
    }

    /// One error after another, a line or two each.
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
