package import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A person: a round body to keep away from, and two legs to a LiDAR.
package struct PersonBody: Sendable {
    /// Metres.
    package static let radius = 0.22
    package static let legRadius = 0.07
    /// How near a person walks to the robot's hull by choice.
    package static let respect = 0.45

    package var level: LevelID
    package var position: Point2D
    package var heading = 0.0
    /// Somebody who has not come, or has gone.
    package var isPresent = true
    /// How far this person has walked: the legs swing with it.
    package var walked = 0.0

    package init(level: LevelID, position: Point2D) {
        self.level = level
        self.position = position
    }

    /// The middles of the two legs.
    package var legs: (Point2D, Point2D) {
        let (s, c) = (sin(heading), cos(heading))
        let swing = 0.18 * sin(walked * 2 * .pi / 1.3)
        return (
            Point2D(position.x - 0.1 * s + swing * c, position.y + 0.1 * c + swing * s),
            Point2D(position.x + 0.1 * s - swing * c, position.y - 0.1 * c - swing * s)
        )
    }
}
