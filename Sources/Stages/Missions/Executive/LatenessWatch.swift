public import RobotModel

/// Notices that a delivery will be late, before it is, and says so once.
///
/// Late is expected when half of all cases take longer than there is time. It is said when that has held for some
/// seconds (a route is planned anew, a door opens), again when it has become much later, and once when the promise will
/// be kept after all.
public struct LatenessWatch: Sendable {
    /// A forecast in doubt is not news.
    private static let patience = Duration.seconds(5)
    /// Seconds from a promised time beyond which it is not believed.
    private static let sensible = 86_400.0
    /// Seconds later than said last that are news again.
    private static let news = 300.0

    private var mission: MissionID?
    private var since: Instant?
    /// Seconds of lateness that were announced; nil while nothing was.
    private var announced: Double?

    public init() {}

    /// Looks at a forecast.
    ///
    /// - Parameters:
    ///   - p50: Seconds until the meal is at its recipient's, in half of all cases.
    ///   - p90: The same in nine of ten.
    ///   - timeLeft: Seconds until the promised time; negative when it has passed.
    /// - Returns: What to say, if there is news.
    public mutating func look(
        _ mission: MissionID, p50: Double, p90: Double, timeLeft: Double, at now: Instant
    ) -> MissionAction? {
        if mission != self.mission { (self.mission, since, announced) = (mission, nil, nil) }
        // A promise of days ago is a clock that has not been set, or a file of another day.
        guard abs(timeLeft) < Self.sensible else { return nil }
        let late = p50 - timeLeft
        guard late > 0 else {
            since = nil
            guard announced != nil, p90 <= timeLeft else { return nil }
            announced = nil
            return .say("mission \(mission) will be on time after all")
        }
        let start = since ?? now
        since = start
        guard now - start >= Self.patience, late > (announced.map { $0 + Self.news } ?? 0) else { return nil }
        announced = late
        return .say(
            "mission \(mission) will be late: expected in \(words(p50)) (\(words(p90)) at most, nine times of ten), "
                + (timeLeft > 0 ? "promised in \(words(timeLeft))" : "promised \(words(-timeLeft)) ago"), .warning,
            hint: "tell the recipient, or send another robot")
    }

    private func words(_ seconds: Double) -> String {
        seconds < 90 ? "\(Int(seconds.rounded())) s" : "\(Int((seconds / 60).rounded())) min"
    }
}
