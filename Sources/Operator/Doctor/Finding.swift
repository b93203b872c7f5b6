/// One thing that was looked at on a board, and what came of it.
public struct Finding: Hashable, Sendable, Encodable {
    /// From "as it should be" to "the robot will not work so".
    public enum Verdict: String, Hashable, Sendable, Encodable, CaseIterable {
        case good
        /// It could not be looked at here.
        case unknown
        /// The robot works, and worse than it could.
        case advice
        /// The robot will not work, or not safely.
        case bad
    }

    /// What was looked at: "kernel", "port wheels".
    public var check: String
    public var verdict: Verdict
    /// What was found, in one line.
    public var what: String
    /// What to do about it.
    public var hint: String?

    init(_ check: String, _ verdict: Verdict, _ what: String, hint: String? = nil) {
        self.check = check
        self.verdict = verdict
        self.what = what
        self.hint = hint
    }
}
