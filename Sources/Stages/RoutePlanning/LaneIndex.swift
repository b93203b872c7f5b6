import BuildingMap
import RobotModel

/// The lanes of one level by their places, so that those near a point are found without looking at all of them.
///
/// Squares at least as wide as a lane is joined from; each lists the lanes whose bounding box touches it.
struct LaneIndex: Sendable {
    private let squares: Squares
    /// Compressed rows: the lanes of square `s` are `lanes[first[s]..<first[s + 1]]`.
    let first: [UInt32]
    let lanes: [UInt32]

    init(_ level: Level, reach: Double) {
        let squares = Squares(level, reach: reach)
        var first = [UInt32](repeating: 0, count: squares.count + 1)
        for lane in level.lanes {
            squares.visit(level.segment(of: lane)) { first[$0 + 1] += 1 }
        }
        for index in 1..<first.count { first[index] += first[index - 1] }
        var next = first
        var lanes = [UInt32](repeating: 0, count: Int(first[first.count - 1]))
        for (number, lane) in level.lanes.enumerated() {
            squares.visit(level.segment(of: lane)) { square in
                lanes[Int(next[square])] = UInt32(number)
                next[square] += 1
            }
        }
        (self.squares, self.first, self.lanes) = (squares, first, lanes)
    }

    /// The lanes that may be within reach of a point, by their numbers in rising order.
    func lanes(near point: Point2D) -> [Int] {
        var found: Set<UInt32> = []
        let reach = Point2D(squares.width, squares.width)
        squares.visit(Segment(point - reach, point + reach)) { square in
            found.formUnion(lanes[Int(first[square])..<Int(first[square + 1])])
        }
        return found.sorted().map(Int.init)
    }
}

/// A field of squares over the lanes of a level.
private struct Squares {
    let origin: Point2D
    let columns: Int
    let rows: Int
    /// Metres.
    let width: Double

    var count: Int { columns * rows }

    init(_ level: Level, reach: Double) {
        guard let start = level.lanes.first.map({ level.vertices[$0.from].position }) else {
            (origin, columns, rows, width) = (Point2D(0, 0), 1, 1, reach)
            return
        }
        var (lower, upper) = (start, start)
        var boxes = (sides: 0.0, areas: 0.0)
        for lane in level.lanes {
            let (a, b) = (level.vertices[lane.from].position, level.vertices[lane.to].position)
            let (across, up) = (abs(b.x - a.x), abs(b.y - a.y))
            boxes.sides += across + up
            boxes.areas += across * up
            lower = Point2D(min(lower.x, a.x, b.x), min(lower.y, a.y, b.y))
            upper = Point2D(max(upper.x, a.x, b.x), max(upper.y, a.y, b.y))
        }
        // A field of a · b in squares of w has at most ab / w² + (a + b) / w + 1 of them: two for each lane and one more, for
        // a field that is one line too. The same for the lanes' boxes keeps what they touch at seven squares a lane in the
        // mean. A few long lanes in a wide field, or many that cross all of it, must not fill the memory.
        let (across, up) = (upper.x - lower.x, upper.y - lower.y)
        let count = Double(level.lanes.count)
        let least = max((across * up / count).squareRoot(), (across + up) / count)
        width = max(reach, least, (boxes.areas / count).squareRoot(), boxes.sides / count)
        origin = lower
        columns = Int(across / width) + 1
        rows = Int(up / width) + 1
    }

    /// The squares that a segment's bounding box touches.
    @inline(__always)
    func visit(_ segment: Segment, _ body: (Int) -> Void) {
        let (a, b) = (segment.a - origin, segment.b - origin)
        for row in range(a.y, b.y, count: rows) {
            for column in range(a.x, b.x, count: columns) { body(row * columns + column) }
        }
    }

    @inline(__always)
    private func range(_ a: Double, _ b: Double, count: Int) -> ClosedRange<Int> {
        let last = Double(count - 1)
        return Int(min(max(min(a, b) / width, 0), last))...Int(min(max(max(a, b) / width, 0), last))
    }
}
