public import RobotModel

/// A straight piece between two points, in metres.
public struct Segment: Hashable, Sendable {
    public var a: Point2D
    public var b: Point2D

    public init(_ a: Point2D, _ b: Point2D) {
        self.a = a
        self.b = b
    }

    public var length: Double { a.distance(to: b) }
    public var middle: Point2D { (a + b) * 0.5 }

    /// The point at a share of the way from `a` (0) to `b` (1).
    public func point(at share: Double) -> Point2D { a + (b - a) * share }

    /// The share of the way from `a` to `b` at which the segment is nearest to a point, 0...1.
    public func share(nearest point: Point2D) -> Double {
        let along = b - a
        let square = along.dot(along)
        guard square > 0 else { return 0 }
        return min(max((point - a).dot(along) / square, 0), 1)
    }

    /// Metres from the segment to a point.
    public func distance(to point: Point2D) -> Double { self.point(at: share(nearest: point)).distance(to: point) }

    /// The share of this segment's way at which it meets another one; nil when it does not, or is parallel to it.
    public func crossing(_ other: Segment) -> Double? {
        let first = b - a
        let second = other.b - other.a
        let determinant = first.cross(second)
        // Parallel to within a thousandth of a radian: such a meeting has no useful place.
        guard abs(determinant) > 1e-3 * first.length * second.length else { return nil }
        let t = (other.a - a).cross(second) / determinant
        let u = (other.a - a).cross(first) / determinant
        return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? t : nil
    }
}

extension Wall {
    /// Where the wall runs.
    public var segment: Segment { Segment(a, b) }
}

extension Door {
    /// The opening, from post to post.
    public var segment: Segment { Segment(a, b) }
}

extension LiftDoor {
    /// The opening, from post to post.
    public var segment: Segment { Segment(a, b) }
}
