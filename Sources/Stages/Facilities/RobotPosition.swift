import RobotModel

/// Where the robot is, as far as a door or a lift is concerned.
enum RobotPosition: Hashable, Sendable {
    case outside
    /// Between the door's posts, in the lift's car, or partly so.
    case inside
    /// A session has been taken up again after a restart, and nobody has looked yet: it may be inside.
    case unknown

    /// Whether nothing may be done that harms a robot inside.
    var mayBeInside: Bool { self != .outside }
}

extension Instant {
    /// The same moment on a clock whose zero is `now`; ages beyond `horizon` count as `horizon`.
    func rebased(to now: Instant, horizon: Duration) -> Instant { .zero - min(now - self, horizon) }
}
