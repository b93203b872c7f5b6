package import RobotModel

/// Somebody who stands between the posts of a door for a while.
///
/// Steps in only while the robot is far enough not to be startled, and steps away afterwards.
package struct DoorwayVisitor: Sendable {
    package var body: PersonBody
    /// Nil until called in.
    private var remaining: Double?
    private let setup: DoorwaySetup
    private var isOver = false

    package init(_ setup: DoorwaySetup, level: LevelID, at middle: Point2D, heading: Double) {
        self.setup = setup
        body = PersonBody(level: level, position: middle)
        body.heading = heading
        body.isPresent = false
    }

    package mutating func step(_ dt: Double, _ view: PersonView) -> Bool {
        if isOver { return false }
        guard let left = remaining else {
            guard setup.trigger.fires(view, at: body.position, on: body.level),
                view.robotLevel != body.level || view.gap(body.position) > 0.9
            else { return false }
            remaining = setup.seconds
            body.isPresent = true
            return true
        }
        remaining = left - dt
        if left > dt { return false }
        leave()
        return true
    }

    package mutating func leave() {
        isOver = true
        body.isPresent = false
    }
}
