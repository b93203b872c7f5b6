import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A polyline made drivable: corners become arcs, sharp ones become the ends of legs, at which the robot turns on the
/// spot.
struct DrivePath: Sendable {
    /// A place on a leg.
    struct Place: Sendable {
        var point: Point2D
        /// Direction of travel, radians in the map frame.
        var heading: Double
        /// 1/m, positive to the left.
        var curvature: Double
        /// Metres from the leg's start.
        var s: Double
    }

    /// A part that is driven without stopping; places are at most 5 cm apart.
    struct Leg: Sendable {
        var places: [Place]
        var length: Double { places[places.count - 1].s }
        var end: Place { places[places.count - 1] }
    }

    var legs: [Leg] = []

    /// - Parameters:
    ///   - corners: The polyline, metres in the map frame.
    ///   - cut: How far an arc may pass inside a corner, metres.
    init(_ corners: [Point2D], cut: Double) {
        var points: [Point2D] = []
        for corner in corners where points.last.map({ $0.distance(to: corner) > 0.02 }) ?? true {
            points.append(corner)
        }
        guard points.count > 1 else { return }
        var builder = Builder()
        // Where the present straight piece starts: behind the arc of the corner before it.
        var from = points[0]
        for index in 1..<points.count {
            let corner = points[index]
            let heading = direction(points[index - 1], corner)
            guard index + 1 < points.count else {
                builder.line(from, corner, heading)
                break
            }
            let turn = normalizedAngle(direction(corner, points[index + 1]) - heading)
            let half = abs(turn) / 2
            let room =
                0.48 * min(points[index - 1].distance(to: corner), corner.distance(to: points[index + 1]))
            let wanted = half > 0.02 ? min(1, cut / (1 / cos(min(half, 1.4)) - 1)) : 0
            let radius = half > 0.02 ? min(wanted, room / tan(min(half, 1.4))) : 0
            if half <= 0.02 {
                builder.line(from, corner, heading)
                from = corner
            } else if abs(turn) < 1.8 && radius >= 0.25 {
                let tangent = radius * tan(half)
                let start = corner - Point2D(cos(heading), sin(heading)) * tangent
                builder.line(from, start, heading)
                from = builder.arc(start, heading, turn: turn, radius: radius)
            } else {
                builder.line(from, corner, heading)
                from = corner
                // A slight bend between short pieces is steered through; a sharp corner is turned on the spot.
                if abs(turn) > 0.35 { legs.append(builder.finish()) }
            }
        }
        legs.append(builder.finish())
        legs.removeAll { $0.places.count < 2 }
    }

    private struct Builder {
        var places: [Place] = []
        var s = 0.0

        mutating func finish() -> Leg {
            defer {
                places = []
                s = 0
            }
            return Leg(places: places)
        }

        mutating func line(_ a: Point2D, _ b: Point2D, _ heading: Double) {
            let length = a.distance(to: b)
            guard length > 1e-6 else { return }
            add(a, heading, 0, s)
            let steps = max(1, Int((length / 0.05).rounded(.up)))
            for step in 1...steps {
                let share = Double(step) / Double(steps)
                add(a + (b - a) * share, heading, 0, s + length * share)
            }
            s += length
        }

        /// Returns where the arc ends.
        mutating func arc(_ start: Point2D, _ heading: Double, turn: Double, radius: Double) -> Point2D {
            let side = turn > 0 ? 1.0 : -1.0
            let center = start + Point2D(-sin(heading), cos(heading)) * (side * radius)
            let length = abs(turn) * radius
            let steps = max(2, Int((length / 0.05).rounded(.up)))
            var last = start
            for step in 1...steps {
                let angle = heading + turn * Double(step) / Double(steps)
                last = center + Point2D(sin(angle), -cos(angle)) * (side * radius)
                add(last, angle, side / radius, s + length * Double(step) / Double(steps))
            }
            s += length
            return last
        }

        private mutating func add(_ point: Point2D, _ heading: Double, _ curvature: Double, _ s: Double) {
            if let last = places.last, s - last.s < 1e-6 {
                places[places.count - 1].heading = normalizedAngle(heading)
                return
            }
            places.append(Place(point: point, heading: normalizedAngle(heading), curvature: curvature, s: s))
        }
    }
}

/// The direction from one point to another, radians.
func direction(_ a: Point2D, _ b: Point2D) -> Double { atan2(b.y - a.y, b.x - a.x) }

extension DrivePath.Leg {
    /// The place at `s` metres; beyond the ends the leg goes on straight.
    func at(_ s: Double) -> DrivePath.Place {
        if s <= 0 { return extended(places[0], by: s) }
        if s >= length { return extended(end, by: s - length) }
        var low = 0
        var high = places.count - 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if places[middle].s <= s { low = middle } else { high = middle }
        }
        let (a, b) = (places[low], places[high])
        let share = (s - a.s) / (b.s - a.s)
        return DrivePath.Place(
            point: a.point + (b.point - a.point) * share,
            heading: normalizedAngle(a.heading + normalizedAngle(b.heading - a.heading) * share),
            curvature: share < 0.5 ? a.curvature : b.curvature, s: s)
    }

    private func extended(_ place: DrivePath.Place, by s: Double) -> DrivePath.Place {
        DrivePath.Place(
            point: place.point + Point2D(cos(place.heading), sin(place.heading)) * s, heading: place.heading,
            curvature: 0, s: place.s + s)
    }

    /// The nearest place to a point between two lengths, and how far left of it the point lies, metres.
    ///
    /// Before the start and behind the end the leg counts as going on straight.
    func project(_ point: Point2D, from: Double, to: Double) -> (s: Double, lateral: Double) {
        var best = (s: 0.0, lateral: 0.0)
        var nearest = Double.infinity
        for index in 0..<(places.count - 1) where places[index + 1].s >= from && places[index].s <= to {
            let (a, b) = (places[index], places[index + 1])
            let span = b.point - a.point
            var share = (point - a.point).dot(span) / max(span.dot(span), 1e-12)
            if index > 0 { share = max(share, 0) }
            if index < places.count - 2 { share = min(share, 1) }
            let foot = a.point + span * share
            let distance = foot.distance(to: point)
            if distance < nearest {
                nearest = distance
                let heading = a.heading + normalizedAngle(b.heading - a.heading) * min(max(share, 0), 1)
                best = (a.s + (b.s - a.s) * share, Point2D(cos(heading), sin(heading)).cross(point - foot))
            }
        }
        return best
    }
}
