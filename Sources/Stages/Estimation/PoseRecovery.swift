public import RobotModel

/// When a robot that does not know where it is looks further afield by itself: once for each loss, and standing.
///
/// The localizer looks around the last pose anyway, all the time; what it does not find there within some seconds is
/// worth a sweep. What the sweep does not find either is a person's to say.
public struct PoseRecovery: Sendable {
    /// How long the search around the last pose has for itself.
    public static let patience = Duration.seconds(4)

    private var since: Instant?
    private var hasSought = false

    public init() {}

    /// Called with every scan; whether to begin a sweep now.
    ///
    /// - Parameter mayLook: The robot stands, and nothing else is finding the pose (a lift ride).
    public mutating func step(_ state: Localization, mayLook: Bool, at now: Instant) -> Bool {
        if case .tracking = state {
            since = nil
            hasSought = false
            return false
        }
        guard mayLook else {
            since = nil
            return false
        }
        let since = since ?? now
        self.since = since
        guard !hasSought, now - since >= Self.patience else { return false }
        hasSought = true
        return true
    }

    /// A person has said where the robot is: no own sweep is due any more.
    public mutating func told() { hasSought = true }
}
