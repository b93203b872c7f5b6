import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

extension World {
    /// How far around the hull the truth cares what is near, metres.
    private static let sight = 1.5
    /// Below this gap the hull touches, metres.
    private static let touching = 0.001

    /// Moves the robot by what the wheels ask for, as far as nothing is in the way, and says how it moved.
    func move(_ asked: Twist2D, _ dt: Double) -> Twist2D {
        // People and doors come nearer too, at a walking pace.
        margin -= (abs(asked.linear) + abs(asked.angular) * hull.radius + 1.6) * dt
        if margin > 0.02 {
            pose = World.moved(pose, asked, dt)
            drive.isBlocked = false
            isTouching = false
            return asked
        }
        let tries = [asked, Twist2D(angular: asked.angular), Twist2D(linear: asked.linear)]
        for (index, twist) in tries.enumerated() {
            let next = World.moved(pose, twist, dt)
            if let hit = obstacle(at: next, moving: twist) {
                if index == 0 { touch(hit) }
                continue
            }
            if index == 0 {
                drive.isBlocked = false
                // Rubbing along is one contact until the hull is a finger's breadth away again.
                if margin > 0.01 { isTouching = false }
            } else {
                drive.isBlocked = abs(asked.linear) > 0.01
            }
            pose = next
            return twist
        }
        drive.isBlocked = true
        return .zero
    }

    private func touch(_ hit: Hull.Gap) {
        lastContact = hit.kind
        if !isTouching { contacts += 1 }
        isTouching = true
    }

    static func moved(_ pose: Pose2D, _ twist: Twist2D, _ dt: Double) -> Pose2D {
        let middle = pose.yaw + twist.angular * dt / 2
        return Pose2D(
            x: pose.x + twist.linear * dt * cos(middle), y: pose.y + twist.linear * dt * sin(middle),
            yaw: normalizedAngle(pose.yaw + twist.angular * dt))
    }

    /// What the hull would touch at a pose if it moves towards it; brings `margin` up to date when it is free.
    private func obstacle(at next: Pose2D, moving twist: Twist2D) -> Hull.Gap? {
        var blocking: Hull.Gap?
        var nearest = Double.infinity
        forEachGap(at: next, within: 0.1) { gap in
            nearest = min(nearest, gap.distance)
            guard gap.distance <= World.touching else { return }
            let velocity = Point2D(twist.linear - twist.angular * gap.point.y, twist.angular * gap.point.x)
            if velocity.dot(self.hull.outward(at: gap.point)) > 1e-9 { blocking = gap }
        }
        if blocking == nil { margin = min(nearest, 0.1) }
        return blocking
    }

    /// Looks at how near everything is: for the truth, for the bumper, and for how far the robot may go unchecked.
    func survey() {
        var nearest = Double.infinity
        var person = Double.infinity
        var front = Double.infinity
        forEachGap(at: pose, within: World.sight) { gap in
            if gap.isPerson { person = min(person, gap.distance) }
            nearest = min(nearest, gap.distance)
            if gap.point.x > self.hull.halfLength - 0.03 { front = min(front, gap.distance) }
        }
        margin = min(nearest, World.sight)
        isBumperHit = front <= 0.005
        if abs(twist.linear) > 0.01 || abs(twist.angular) > 0.02 {
            nearestApproach = min(nearestApproach, nearest)
            nearestPerson = min(nearestPerson, person)
        }
    }

    /// Calls `body` with the gap between the hull at a pose and everything that may come within `distance` metres.
    private func forEachGap(at pose: Pose2D, within distance: Double, _ body: (Hull.Gap) -> Void) {
        let (s, c) = (sin(pose.yaw), cos(pose.yaw))
        let reach = hull.radius + distance
        func local(_ p: Point2D) -> Point2D {
            let dx = p.x - pose.x
            let dy = p.y - pose.y
            return Point2D(c * dx + s * dy, c * dy - s * dx)
        }
        func look(_ segment: Edge) {
            let a = local(segment.a)
            let b = local(segment.b)
            // A quick way out for what is clearly on one side.
            if min(a.x, b.x) > reach || max(a.x, b.x) < -reach || min(a.y, b.y) > reach || max(a.y, b.y) < -reach {
                return
            }
            let gap = hull.gap(to: a, b)
            if gap.distance <= distance {
                body(Hull.Gap(distance: gap.distance, point: gap.point, kind: segment.kind.rawValue))
            }
        }
        scene.standing.forEach(near: pose.position, radius: reach, look)
        for leaf in scene.leaves { look(leaf) }
        for person in people where person.level == level {
            let centre = local(person.position)
            let gap = hull.distance(to: centre) - PersonBody.radius
            guard gap <= distance else { continue }
            let edge = hull.outward(at: centre)
            let point = centre - edge * PersonBody.radius
            body(Hull.Gap(distance: max(0, gap), point: point, kind: "person", isPerson: true))
        }
    }
}
