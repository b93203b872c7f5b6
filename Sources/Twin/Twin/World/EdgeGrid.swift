package import RobotModel

/// The standing segments of a level in a uniform grid, so that a ray or a hull looks only at what is near.
package struct EdgeGrid: Sendable {
    /// Metres a cell: a few segments in each for a building of rooms.
    private static let cell = 0.5

    package let segments: [Edge]
    private let origin: Point2D
    private let columns: Int
    private let rows: Int
    /// The segments of cell `i` are `members[starts[i] ..< starts[i + 1]]`.
    private let starts: [Int32]
    private let members: [Int32]

    package init(_ segments: [Edge]) {
        self.segments = segments
        let xs = segments.flatMap { [$0.a.x, $0.b.x] }
        let ys = segments.flatMap { [$0.a.y, $0.b.y] }
        let margin = 1.0
        let origin = Point2D((xs.min() ?? 0) - margin, (ys.min() ?? 0) - margin)
        let columns = max(1, Int((((xs.max() ?? 0) + margin - origin.x) / Self.cell).rounded(.up)))
        let rows = max(1, Int((((ys.max() ?? 0) + margin - origin.y) / Self.cell).rounded(.up)))
        var cells = [[Int32]](repeating: [], count: columns * rows)
        for (index, segment) in segments.enumerated() {
            let low = Point2D(min(segment.a.x, segment.b.x), min(segment.a.y, segment.b.y))
            let high = Point2D(max(segment.a.x, segment.b.x), max(segment.a.y, segment.b.y))
            let firstColumn = Int((low.x - origin.x) / Self.cell)
            let lastColumn = Int((high.x - origin.x) / Self.cell)
            let firstRow = Int((low.y - origin.y) / Self.cell)
            let lastRow = Int((high.y - origin.y) / Self.cell)
            for row in firstRow...lastRow {
                for column in firstColumn...lastColumn {
                    let centre = Point2D(
                        origin.x + (Double(column) + 0.5) * Self.cell, origin.y + (Double(row) + 0.5) * Self.cell)
                    // Half a diagonal, and a little for rounding.
                    if segment.distance(to: centre) <= Self.cell * 0.7072 {
                        cells[row * columns + column].append(Int32(index))
                    }
                }
            }
        }
        var starts: [Int32] = [0]
        var members: [Int32] = []
        for cell in cells {
            members.append(contentsOf: cell)
            starts.append(Int32(members.count))
        }
        self.origin = origin
        self.columns = columns
        self.rows = rows
        self.starts = starts
        self.members = members
    }

    /// What a ray meets: the nearest opaque segment and the nearest glass before it.
    package struct Hit {
        package var range: Double
        package var glass: (range: Double, segment: Int)?
    }

    /// Follows a ray along the unit vector (`dx`, `dy`) for at most `limit` metres; `range` is `limit` when nothing
    /// opaque is met.
    package func cast(from start: Point2D, dx: Double, dy: Double, limit: Double) -> Hit {
        var hit = Hit(range: limit, glass: nil)
        let gx = (start.x - origin.x) / Self.cell
        let gy = (start.y - origin.y) / Self.cell
        guard gx >= 0, gy >= 0, gx < Double(columns), gy < Double(rows) else {
            // Outside of the building's bounds there is no cell to start in.
            for index in segments.indices { test(index, from: start, dx: dx, dy: dy, &hit) }
            return hit
        }
        var column = Int(gx)
        var row = Int(gy)
        let stepColumn = dx >= 0 ? 1 : -1
        let stepRow = dy >= 0 ? 1 : -1
        let deltaX = dx == 0 ? Double.infinity : Self.cell / abs(dx)
        let deltaY = dy == 0 ? Double.infinity : Self.cell / abs(dy)
        var nextX = dx == 0 ? Double.infinity : (dx > 0 ? Double(column + 1) - gx : gx - Double(column)) * deltaX
        var nextY = dy == 0 ? Double.infinity : (dy > 0 ? Double(row + 1) - gy : gy - Double(row)) * deltaY
        while true {
            let cell = row * columns + column
            var member = Int(starts[cell])
            let end = Int(starts[cell + 1])
            while member < end {
                test(Int(members[member]), from: start, dx: dx, dy: dy, &hit)
                member += 1
            }
            let leaves = min(nextX, nextY)
            if leaves >= hit.range { return hit }
            if nextX < nextY {
                column += stepColumn
                nextX += deltaX
                if column < 0 || column >= columns { return hit }
            } else {
                row += stepRow
                nextY += deltaY
                if row < 0 || row >= rows { return hit }
            }
        }
    }

    @inline(__always)
    private func test(_ index: Int, from start: Point2D, dx: Double, dy: Double, _ hit: inout Hit) {
        guard let range = segments[index].hit(from: start, dx: dx, dy: dy), range < hit.range else { return }
        if segments[index].isGlass {
            if range < hit.glass?.range ?? .infinity { hit.glass = (range, index) }
        } else {
            hit.range = range
        }
    }

    /// Calls `body` with every segment that may come within `radius` of a point; one that crosses several cells may
    /// be given more than once.
    package func forEach(near point: Point2D, radius: Double, _ body: (Edge) -> Void) {
        let firstColumn = max(0, Int(((point.x - radius - origin.x) / Self.cell).rounded(.down)))
        let lastColumn = min(columns - 1, Int(((point.x + radius - origin.x) / Self.cell).rounded(.down)))
        let firstRow = max(0, Int(((point.y - radius - origin.y) / Self.cell).rounded(.down)))
        let lastRow = min(rows - 1, Int(((point.y + radius - origin.y) / Self.cell).rounded(.down)))
        guard firstColumn <= lastColumn, firstRow <= lastRow else { return }
        for row in firstRow...lastRow {
            for column in firstColumn...lastColumn {
                let cell = row * columns + column
                for member in Int(starts[cell])..<Int(starts[cell + 1]) { body(segments[Int(members[member])]) }
            }
        }
    }
}
