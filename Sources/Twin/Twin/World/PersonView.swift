package import RobotModel

/// What a person sees of the robot and of the way.
package struct PersonView {
    package var time: Double
    package var robotLevel: LevelID
    package var robot: Pose2D
    /// The gap between a body here and the robot's hull, metres.
    package var gap: (Point2D) -> Double
    /// Whether a body fits here between walls, doors and furniture.
    package var isFree: (Point2D) -> Bool
}

extension Trigger {
    func fires(_ view: PersonView, at point: Point2D, on level: LevelID) -> Bool {
        switch self {
        case .time(let seconds): view.time >= seconds
        case .robotWithin(let distance):
            view.robotLevel == level && view.robot.position.distance(to: point) <= distance
        }
    }
}
