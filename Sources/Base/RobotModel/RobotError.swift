/// A place in a text file; lines and columns count from 1.
public struct SourceLocation: Hashable, Sendable, Codable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { "\(file):\(line):\(column)" }
}

/// What went wrong, why, and what to do about it: the one error that crosses the house's boundaries.
///
/// Inside a room, errors are typed and small; a room turns them into this one where a person will read them.
public struct RobotError: Error, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The kind of an error. New kinds may be added.
    public struct Code: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        public init(stringLiteral value: String) { self.init(rawValue: value) }

        /// A file does not follow its schema.
        public static let invalidFile: Code = "invalid-file"
        /// A file cannot be read at all.
        public static let unreadableFile: Code = "unreadable-file"
        /// A device's port does not exist.
        public static let noSuchDevice: Code = "no-such-device"
        /// The process may not open a device or file.
        public static let noPermission: Code = "no-permission"
        /// Another process holds a device.
        public static let busy: Code = "busy"
        /// A device says nothing.
        public static let silent: Code = "silent"
        /// Bytes arrive that no frame can be found in.
        public static let garbage: Code = "garbage"
        /// A device answers, but is not the one expected.
        public static let wrongDevice: Code = "wrong-device"
        /// A device refuses a command.
        public static let refused: Code = "refused"
        /// A device reports an alert of its own.
        public static let hardwareAlert: Code = "hardware-alert"
        /// A device went away.
        public static let lost: Code = "lost"
        /// A state's deadline passed.
        public static let deadlinePassed: Code = "deadline-passed"
        /// Something needed is not available (energy, a route, a lift).
        public static let unavailable: Code = "unavailable"
        /// The robot does not know where it is.
        public static let notLocalized: Code = "not-localized"
        /// Storage failed or is full.
        public static let storage: Code = "storage"
        /// A mistake in the program.
        public static let internalError: Code = "internal"
    }

    /// The kind of error.
    public var code: Code
    /// What happened, in one sentence, with names and figures.
    public var what: String
    /// Where in a file, if it is about a file.
    public var location: SourceLocation?
    /// What was expected, if something else was found.
    public var expected: String?
    /// What a person can do about it.
    public var hint: String?

    public init(
        _ code: Code, _ what: String, at location: SourceLocation? = nil, expected: String? = nil, hint: String? = nil
    ) {
        self.code = code
        self.what = what
        self.location = location
        self.expected = expected
        self.hint = hint
    }

    /// One line, or two when there is a hint.
    public var description: String { hint.map { "\(sentence)\n  hint: \($0)" } ?? sentence }

    /// What happened, where, and what was expected, in one line without the hint.
    public var sentence: String {
        let text = (location.map { "\($0): " } ?? "") + what
        return expected.map { "\(text); expected \($0)" } ?? text
    }
}
