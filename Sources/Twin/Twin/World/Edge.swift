package import RobotModel

/// A straight edge of something that stands in the world, seen from above.
package struct Edge: Hashable, Sendable {
    package var a: Point2D
    package var b: Point2D
    /// A beam goes through it, a hull does not.
    package var isGlass: Bool
    /// What it belongs to, for the report of a contact.
    package var kind: Kind

    package enum Kind: String, Hashable, Sendable {
        case wall, door, lift, furniture, box, vehicle
    }

    package init(_ a: Point2D, _ b: Point2D, isGlass: Bool = false, kind: Kind = .wall) {
        self.a = a
        self.b = b
        self.isGlass = isGlass
        self.kind = kind
    }

    /// Where a ray from `origin` along the unit vector (`dx`, `dy`) meets the segment, metres; nil when it does not.
    @inline(__always)
    package func hit(from origin: Point2D, dx: Double, dy: Double) -> Double? {
        let ex = b.x - a.x
        let ey = b.y - a.y
        let denominator = dx * ey - dy * ex
        if abs(denominator) < 1e-12 { return nil }
        let ax = a.x - origin.x
        let ay = a.y - origin.y
        let range = (ax * ey - ay * ex) / denominator
        if range <= 0 { return nil }
        let along = (ax * dy - ay * dx) / denominator
        return along >= 0 && along <= 1 ? range : nil
    }

    /// Distance to a point, metres.
    package func distance(to point: Point2D) -> Double { nearest(to: point).distance(to: point) }

    /// The point of the segment that is nearest to `point`.
    package func nearest(to point: Point2D) -> Point2D {
        let e = b - a
        let square = e.dot(e)
        if square == 0 { return a }
        let share = min(max((point - a).dot(e) / square, 0), 1)
        return a + e * share
    }

    /// The cosine of the angle between a beam and the segment's normal, 0...1.
    package func incidence(dx: Double, dy: Double) -> Double {
        let e = b - a
        return abs(dx * e.y - dy * e.x) / max(e.length, 1e-9)
    }
}

/// The outline of a rectangle, counter-clockwise.
package func rectangle(of pose: Pose2D, length: Double, width: Double, kind: Edge.Kind) -> [Edge] {
    let corners = [
        Point2D(length / 2, width / 2), Point2D(-length / 2, width / 2), Point2D(-length / 2, -width / 2),
        Point2D(length / 2, -width / 2),
    ].map { pose.transform($0) }
    return corners.indices.map { Edge(corners[$0], corners[($0 + 1) % 4], kind: kind) }
}
