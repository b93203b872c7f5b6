#if canImport(Glibc)
    import Glibc
#endif
package import RobotModel

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

/// Somebody who walks along a path, waits for a robot in the way, and walks around it when it stays.
package struct Walker: Sendable {
    /// Seconds a person waits for the robot before walking around it, and before turning back.
    private static let patience = 2.5
    private static let givingUp = 12.0

    package var body: PersonBody
    private let setup: WalkerSetup
    private var path: [Point2D]
    private var next = 1
    private var hasStarted = false
    private var waiting = 0.0

    package init(_ setup: WalkerSetup) {
        self.setup = setup
        path = setup.path
        body = PersonBody(level: setup.level, position: setup.path.first ?? Point2D(0, 0))
        if path.count > 1 { body.heading = atan2(path[1].y - path[0].y, path[1].x - path[0].x) }
    }

    /// Lets time pass and says whether the person has moved.
    package mutating func step(_ dt: Double, _ view: PersonView) -> Bool {
        if !hasStarted { hasStarted = setup.trigger.fires(view, at: body.position, on: setup.level) }
        guard hasStarted, next < path.count else { return false }
        let way = path[next] - body.position
        let length = setup.speed * dt
        if way.length <= length {
            let arrives = path[next]
            if move(to: arrives, view) { next += 1 }
            return true
        }
        let direction = way * (1 / way.length)
        if move(to: body.position + direction * length, view) {
            waiting = max(0, waiting - dt)
            return true
        }
        waiting += dt
        if waiting > Self.givingUp {
            waiting = 0
            path = Array(path[..<next].reversed())
            next = 0
            return false
        }
        return waiting > Self.patience && goAround(direction, length, view)
    }

    /// Walks sideways around the robot, on the side where there is room.
    private mutating func goAround(_ direction: Point2D, _ length: Double, _ view: PersonView) -> Bool {
        let away = body.position - view.robot.position
        let left = Point2D(-away.y, away.x) * (1 / max(away.length, 1e-6))
        let side = left.dot(direction) >= 0 ? left : left * -1
        // A little outwards too: a circle's tangent alone would creep inwards.
        let outwards = away * (0.3 / max(away.length, 1e-6))
        for way in [side + outwards, side * -1 + outwards] {
            let unit = way * (1 / way.length)
            if move(to: body.position + unit * length, view) { return true }
        }
        return false
    }

    private mutating func move(to point: Point2D, _ view: PersonView) -> Bool {
        if view.robotLevel == body.level {
            let gap = view.gap(point)
            if gap < PersonBody.respect && gap <= view.gap(body.position) { return false }
        }
        // Nobody checks each step of the planned way against the walls: a path goes where there is room.
        if waiting > Self.patience && !view.isFree(point) { return false }
        let step = point - body.position
        if step.length > 0 { body.heading = atan2(step.y, step.x) }
        body.walked += step.length
        body.position = point
        return true
    }
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
