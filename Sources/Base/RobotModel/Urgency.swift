/// How much something that the robot says matters; the words of syslog(3), as the journal sorts them.
public enum Urgency: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    /// A routine step, and what is said to people who stand by.
    case info
    /// A milestone: a mission begins or ends, somebody has given an order.
    case notice
    /// Something is not as it should be, and the robot copes with it.
    case warning
    /// It does not go on by itself: somebody has to do something.
    case error

    public static func < (a: Urgency, b: Urgency) -> Bool { a.rank < b.rank }

    private var rank: Int {
        switch self {
        case .info: 0
        case .notice: 1
        case .warning: 2
        case .error: 3
        }
    }
}
