import DeviceProtocols
import RobotModel

/// Which complaints about messages are passed on: one of a topic in ten minutes, however many kinds of nonsense come on it.
struct ComplaintLimit: Sendable {
    static let period = Duration.seconds(600)
    /// So many topics are remembered; subscriptions with wildcards can bring any number of them.
    static let topicLimit = 100

    private var last: [String: Instant] = [:]

    /// Whether somebody is to be told.
    mutating func lets(_ problem: MessageProblem, at now: Instant) -> Bool {
        if let before = last[problem.topic], now - before < Self.period { return false }
        if last.count >= Self.topicLimit { last = last.filter { now - $0.value < Self.period } }
        guard last.count < Self.topicLimit else { return false }
        last[problem.topic] = now
        return true
    }
}
