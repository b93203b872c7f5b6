public import RobotModel

/// Why there is no route.
public enum RouteError: Error, Hashable, Sendable {
    /// The building has no such level.
    case unknownLevel(LevelID, known: [LevelID])
    /// The building has no such place.
    case unknownPlace(PlaceID, known: [PlaceID])
    /// The place is inside a lift's car, where nobody can be delivered to.
    case insideLift(PlaceID, LiftID)
    /// No lane is near the robot without a wall between; metres to the nearest lane at all, if there is one.
    case offGraph(LevelID, nearest: Double?)
    /// The place cannot be reached; what is closed on the way that would lead there, or nothing when no way exists at all.
    case unreachable(PlaceID, blockedBy: [Obstacle])

    /// Something closed.
    public enum Obstacle: Hashable, Sendable, CustomStringConvertible {
        case door(DoorID)
        case lift(LiftID)
        case lane(LaneReference)

        public var description: String {
            switch self {
            case .door(let id): "door '\(id)'"
            case .lift(let id): "lift '\(id)'"
            case .lane(let lane): "lane \(lane.from)–\(lane.to) on \(lane.level)"
            }
        }
    }

    /// The error as a person reads it.
    public var robotError: RobotError {
        switch self {
        case .unknownLevel(let level, let known):
            RobotError(.unavailable, "there is no level '\(level)'", expected: Self.oneOf(known))
        case .unknownPlace(let place, let known):
            RobotError(
                .unavailable, "there is no place '\(place)'", expected: Self.oneOf(known),
                hint: "places are the named vertices of the building file that lie on a lane")
        case .insideLift(let place, let lift):
            RobotError(.unavailable, "'\(place)' is inside lift '\(lift)'", expected: "a place on a level")
        case .offGraph(let level, let nearest):
            RobotError(
                .unavailable,
                "no lane of \(level) can be reached"
                    + (nearest.map { "; the nearest is \(($0 * 10).rounded() / 10) m away" } ?? ""),
                hint: "push the robot onto a lane, or check where it believes it is")
        case .unreachable(let place, let obstacles):
            RobotError(
                .unavailable,
                "'\(place)' cannot be reached"
                    + (obstacles.isEmpty ? "" : ": closed " + obstacles.map(\.description).joined(separator: ", ")),
                hint: obstacles.isEmpty
                    ? "look whether the lanes of the map lead there, and may be driven forwards" : nil)
        }
    }

    private static func oneOf<ID: Identifier>(_ ids: [ID]) -> String {
        "one of " + ids.map(\.rawValue).joined(separator: ", ")
    }
}
