import BuildingMap
import Estimation
import Facilities
import RobotModel

extension Deliberation {
    /// How far around the robot glass matters, and how densely it is drawn, metres.
    private static let glassRange = 3.0
    private static let glassSpacing = 0.05

    /// What the LiDAR cannot see and the map knows: points of `base_link` on glass walls and shut glass doors nearby, for
    /// the planner to keep clear of as of anything else.
    func glass(_ report: TickReport) -> [Point2D] {
        guard case .tracking = localizer.state, let level = building.level(localizer.level) else { return [] }
        let pose = localizer.pose(odometry: report.odometry)
        var points: [Point2D] = []
        for wall in level.walls where wall.material == .glass {
            points += Self.points(from: wall.a, to: wall.b, seenFrom: pose)
        }
        let states = desk.doors
        for door in building.doors.values
        where door.level == level.id && door.isGlass && mayBeShut(door, states[door.id]?.mode, pose) {
            points += Self.points(from: door.a, to: door.b, seenFrom: pose)
        }
        return points
    }

    /// Whether a glass door has to be taken for shut: one that says so, and seen from outside one that does not say that it
    /// is open. Between its posts the robot is not to be held by a door that has fallen silent.
    private func mayBeShut(_ door: Door, _ mode: DoorMode?, _ pose: Pose2D) -> Bool {
        switch mode {
        case .open: false
        case .closed: true
        case .moving, .offline, .unknown, nil: door.segment.distance(to: pose.position) > 0.45
        }
    }

    private static func points(from a: Point2D, to b: Point2D, seenFrom pose: Pose2D) -> [Point2D] {
        let count = max(1, Int((a.distance(to: b) / glassSpacing).rounded(.up)))
        return (0...count).compactMap { index in
            let point = pose.inverseTransform(a + (b - a) * (Double(index) / Double(count)))
            return point.length < glassRange ? point : nil
        }
    }
}
