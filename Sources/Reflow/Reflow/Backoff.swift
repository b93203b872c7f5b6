public import RobotModel

/// How long to wait before another attempt: twice as long each time, up to a limit, and each robot a little different,
/// so that a fleet does not come back at the same instant.
public struct Backoff: Sendable {
    private let first: Duration
    private let limit: Duration
    private var pause: Duration
    private var random: SeededRandom

    /// - Parameters:
    ///   - first: The first pause.
    ///   - limit: The longest one.
    ///   - random: For the ± 20 % by which each pause differs.
    public init(first: Duration = .seconds(1), limit: Duration = .seconds(30), random: SeededRandom) {
        self.first = first
        self.limit = limit
        pause = first
        self.random = random
    }

    /// The pause before the next attempt, now that one has failed.
    public mutating func next() -> Duration {
        defer { pause = min(pause * 2, limit) }
        return pause * Double.random(in: 0.8...1.2, using: &random)
    }

    /// An attempt succeeded.
    public mutating func reset() { pause = first }
}
