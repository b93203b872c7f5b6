import BuildingMap
import RobotModel

/// The lanes of one level by their places, so that those near a point are found without looking at all of them.
///
/// Squares as wide as a lane is joined from; each lists the lanes whose bounding box, widened by that much, touches it.
struct LaneIndex: Sendable {
    private let origin: Point2D
    private let columns: Int
    private let rows: Int
    private let width: Double
    /// Compressed rows: the lanes of square `s` are `lanes[first[s]..<first[s + 1]]`.
    private let first: [UInt32]
    private let lanes: [UInt32]

    init(_ level: Level, reach: Double) {
        let boxes = level.lanes.map { Box(level.segment(of: $0), margin: reach) }
        let whole = boxes.reduce(into: Box?.none) { whole, box in whole = whole?.union(box) ?? box }
        guard let whole else {
            (origin, columns, rows, width, first, lanes) = (Point2D(0, 0), 0, 0, reach, [0], [])
            return
        }
        // A long lane alone in a wide field must not make more squares than there are lanes.
        let area = (whole.upper.x - whole.lower.x) * (whole.upper.y - whole.lower.y)
        let width = max(reach, (area / Double(4 * boxes.count)).squareRoot())
        let columns = Int((whole.upper.x - whole.lower.x) / width) + 1
        let rows = Int((whole.upper.y - whole.lower.y) / width) + 1
        func squares(_ box: Box) -> [Int] {
            let x = Int((box.lower.x - whole.lower.x) / width)...Int((box.upper.x - whole.lower.x) / width)
            let y = Int((box.lower.y - whole.lower.y) / width)...Int((box.upper.y - whole.lower.y) / width)
            return y.flatMap { row in x.map { row * columns + $0 } }
        }
        var first = [UInt32](repeating: 0, count: columns * rows + 1)
        for box in boxes { for square in squares(box) { first[square + 1] += 1 } }
        for index in 1..<first.count { first[index] += first[index - 1] }
        var next = first
        var lanes = [UInt32](repeating: 0, count: Int(first[first.count - 1]))
        for (lane, box) in boxes.enumerated() {
            for square in squares(box) {
                lanes[Int(next[square])] = UInt32(lane)
                next[square] += 1
            }
        }
        (self.origin, self.columns, self.rows, self.width) = (whole.lower, columns, rows, width)
        (self.first, self.lanes) = (first, lanes)
    }

    /// The lanes that may be within reach of a point, by their numbers.
    func lanes(near point: Point2D) -> [Int] {
        let (x, y) = ((point.x - origin.x) / width, (point.y - origin.y) / width)
        guard x >= 0, y >= 0, x < Double(columns), y < Double(rows) else { return [] }
        let square = Int(y) * columns + Int(x)
        return lanes[Int(first[square])..<Int(first[square + 1])].map(Int.init)
    }
}

/// An upright rectangle.
private struct Box {
    var lower: Point2D
    var upper: Point2D

    init(_ segment: Segment, margin: Double) {
        let (a, b) = (segment.a, segment.b)
        lower = Point2D(min(a.x, b.x) - margin, min(a.y, b.y) - margin)
        upper = Point2D(max(a.x, b.x) + margin, max(a.y, b.y) + margin)
    }

    func union(_ other: Box) -> Box {
        var union = self
        union.lower = Point2D(min(lower.x, other.lower.x), min(lower.y, other.lower.y))
        union.upper = Point2D(max(upper.x, other.upper.x), max(upper.y, other.upper.y))
        return union
    }
}
