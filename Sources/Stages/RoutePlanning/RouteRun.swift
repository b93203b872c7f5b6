import BuildingMap
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A part of a way on one level between lift cars: a polyline with what lies on it.
struct RouteRun {
    let level: Int
    private(set) var points: [Point2D]
    /// One for each piece of the polyline.
    private(set) var limits: [Double?] = []
    /// Doors in the order of the way.
    private(set) var doors: [DoorID] = []
    private var starts: [Double] = [0]

    init(level: Int, at point: Point2D) {
        self.level = level
        points = [point]
    }

    var length: Double { starts[starts.count - 1] }

    /// Goes on to a point.
    mutating func append(_ point: Point2D, limit: Double?, door: DoorID? = nil) {
        if let door, doors.last != door { doors.append(door) }
        let distance = points[points.count - 1].distance(to: point)
        guard distance > 1e-9 else { return }
        points.append(point)
        limits.append(limit)
        starts.append(length + distance)
    }

    /// The piece in which a distance along the run lies; there is at least one.
    private func piece(at distance: Double) -> Int {
        min(starts.lastIndex { $0 <= distance } ?? 0, limits.count - 1)
    }

    /// The point at a distance along the run, metres.
    func point(at distance: Double) -> Point2D {
        guard !limits.isEmpty else { return points[0] }
        let index = piece(at: distance)
        let segment = Segment(points[index], points[index + 1])
        return segment.point(at: min(max((distance - starts[index]) / segment.length, 0), 1))
    }

    /// The course at a distance along the run, radians.
    func course(at distance: Double) -> Double {
        guard !limits.isEmpty else { return 0 }
        let index = piece(at: distance)
        let along = points[index + 1] - points[index]
        return atan2(along.y, along.x)
    }

    /// The corners between two distances, both ends included, without those on a straight line; and the lowest limit.
    func path(from start: Double, to end: Double) -> (points: [Point2D], limit: Double?) {
        var path = [point(at: start)]
        for (corner, distance) in zip(points, starts) where distance > start + 1e-6 && distance < end - 1e-6 {
            path.append(corner)
        }
        path.append(point(at: end))
        var simple: [Point2D] = []
        for point in path {
            if simple.count >= 2 {
                let line = Segment(simple[simple.count - 2], point)
                // A millimetre beside the line is on it.
                if line.distance(to: simple[simple.count - 1]) < 1e-3 { simple.removeLast() }
            }
            simple.append(point)
        }
        let used = limits.indices.filter { starts[$0 + 1] > start + 1e-6 && starts[$0] < end - 1e-6 }
        return (simple, used.compactMap { limits[$0] }.min())
    }

    /// Where stretches of one limit end between two distances, the last one at `end`.
    func stretches(from start: Double, to end: Double) -> [Double] {
        let changes = limits.indices.dropFirst().filter { limits[$0] != limits[$0 - 1] }.map { starts[$0] }
        return changes.filter { $0 > start + 1e-6 && $0 < end - 1e-6 } + [end]
    }

    /// The distance along the run at which an opening is crossed; where it is passed at the side, the nearest.
    func crossing(_ opening: Segment, last: Bool = false) -> Double {
        let pieces = last ? Array(limits.indices.reversed()) : Array(limits.indices)
        for index in pieces {
            let segment = Segment(points[index], points[index + 1])
            if let share = segment.crossing(opening) { return starts[index] + share * segment.length }
        }
        let nearest = pieces.map { index in
            let segment = Segment(points[index], points[index + 1])
            let share = segment.share(nearest: opening.middle)
            return (
                distance: segment.point(at: share).distance(to: opening.middle),
                along: starts[index] + share * segment.length
            )
        }
        return nearest.min { $0.distance < $1.distance }?.along ?? 0
    }

    /// How much longer the way is than the distance to an opening's plane when it is crossed aslant, 1...2.
    func slant(at distance: Double, of opening: Segment) -> Double {
        let plane = opening.b - opening.a
        let sine = abs(sin(course(at: distance) - atan2(plane.y, plane.x)))
        return 1 / max(sine, 0.5)
    }
}
