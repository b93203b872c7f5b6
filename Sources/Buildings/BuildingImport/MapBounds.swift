import RobotModel
import StructuredText

/// What the figures of a map must keep to, so that times and distances made of them can be summed up.
enum MapBounds {
    /// The slowest speed limit, m/s: 36 m in an hour. A slower one is a slip of the keys, or some other unit.
    static let leastLimit = 0.01
    /// Metres from the frame's zero, either way. Projections reach far (a Gauss-Krüger easting that begins with the number
    /// of its zone comes to 6 · 10⁷ m), but nothing on Earth lies beyond.
    static let farthest = 1e8

    /// Whether a speed limit in m/s is one that can be driven at, or says that there is none (0 and below).
    static func isLimit(_ limit: Double) -> Bool { limit <= 0 || limit >= leastLimit }

    /// Whether both coordinates are numbers within reach.
    static func contain(_ point: Point2D) -> Bool { abs(point.x) <= farthest && abs(point.y) <= farthest }

    fileprivate static let limits = "m/s: 0 for none, or at least \(leastLimit)"
    static let places = "metres, at most \(farthest) from the frame's zero"
    static let placeHint = "is this in another unit, or has a digit slipped in?"
}

extension Field {
    /// A coordinate of the map's frame, metres; 0 after a recorded problem.
    func coordinate() -> Double {
        let meters = double()
        guard abs(meters) <= MapBounds.farthest else {
            reject("the coordinate is \(meters) m", expected: MapBounds.places, hint: MapBounds.placeHint)
            return 0
        }
        return meters
    }

    /// A list of two coordinates.
    func point() -> Point2D {
        let numbers = doubles(count: 2, in: -MapBounds.farthest...MapBounds.farthest, unit: "metres")
        return Point2D(numbers[0], numbers[1])
    }

    /// A speed limit of a lane, m/s; nil for none, and after a recorded problem.
    func speedLimit() -> Double? {
        let limit = double()
        if !MapBounds.isLimit(limit) { reject("the speed limit is \(limit) m/s", expected: MapBounds.limits) }
        return limit > 0 ? limit : nil
    }
}

extension JSONField {
    /// A coordinate of the map's frame, metres; 0 after a recorded problem.
    func coordinate() -> Double {
        let meters = double()
        guard abs(meters) <= MapBounds.farthest else {
            reject("the coordinate is \(meters) m", expected: MapBounds.places, hint: MapBounds.placeHint)
            return 0
        }
        return meters
    }

    /// A speed limit of a lane, m/s; nil for none, and after a recorded problem.
    func speedLimit() -> Double? {
        let limit = double()
        if !MapBounds.isLimit(limit) { reject("the speed limit is \(limit) m/s", expected: MapBounds.limits) }
        return limit > 0 ? limit : nil
    }
}
