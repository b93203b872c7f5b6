import BuildingMap
import RobotModel

/// Distances at doors and lifts, metres.
enum RouteClearance {
    /// Before and behind a door whose leaves slide.
    static let door = 0.9
    /// What a hinged leaf's sweep is kept away from: half a robot's length and some.
    static let leaf = 0.45
    /// Before and behind the door of a lift's car.
    static let lift = 1.1
    /// Nearer to a door's plane than this, the robot stands in the doorway.
    static let doorway = 0.5
    /// A shorter drive is none.
    static let drive = 0.02

    /// Before and behind a door. Which way a hinged leaf swings is not known: it could be towards the robot.
    static func of(_ door: Door) -> Double {
        switch door.kind {
        case .hinged: max(self.door, door.width + leaf)
        case .doubleHinged: max(self.door, door.width / 2 + leaf)
        case .sliding, .doubleSliding, .unknown: self.door
        }
    }
}
