import RobotModel
import StructuredText

/// The waypoints in each lift's car, which must stand above one another.
///
/// Source: rmf_fleet_adapter, `parse_graph.cpp`, which throws when two of a lift's waypoints are more than 0.1 m apart
/// (also on one level), and snaps them to their mean otherwise.
struct LiftStacks {
    /// Metres.
    static let tolerance = 0.1

    private var waypoints: [LiftID: [(position: Point2D, level: LevelID, field: Field)]] = [:]

    mutating func add(_ position: Point2D, of lift: LiftID, on level: LevelID, _ field: Field) {
        waypoints[lift, default: []].append((position, level, field))
    }

    /// Rejects every waypoint that is too far from one before it.
    func check() {
        for (lift, stack) in waypoints {
            for (index, waypoint) in stack.enumerated() {
                let distances = stack[..<index].map { (other: $0, apart: $0.position.distance(to: waypoint.position)) }
                guard let worst = distances.max(by: { $0.apart < $1.apart }), worst.apart > Self.tolerance else {
                    continue
                }
                let centimetres = (worst.apart * 100).rounded()
                waypoint.field.reject(
                    "this waypoint of lift '\(lift)' on level \(waypoint.level) is \(Int(exactly: centimetres).map(String.init) ?? "\(centimetres)") cm beside the one on "
                        + "level \(worst.other.level)",
                    expected: "at most 10 cm: waypoints in one lift stand above one another",
                    hint: "move one of them, the other one is in line \(worst.other.field.location.line), or mend the "
                        + "fiducials of the level")
            }
        }
    }
}
