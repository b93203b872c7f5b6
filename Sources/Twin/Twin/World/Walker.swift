import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

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
