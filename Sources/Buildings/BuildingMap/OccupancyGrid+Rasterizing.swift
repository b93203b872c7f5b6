import RobotModel

extension OccupancyGrid {
    /// Draws a level's walls into a map.
    ///
    /// - Solid walls are occupied.
    /// - Glass and the openings of doors, open or closed, are unknown: no beam is matched against them, and no wheel
    ///   enters them without a door step. A door cuts the wall it stands in, up to its posts.
    /// - What can be reached from the navigation graph's vertices without crossing either is free.
    /// - Everything else is unknown.
    ///
    /// Cells lie so that multiples of the resolution are in their centres: a wall drawn at 6.00 m is not half a cell
    /// beside itself in the map. `resolution` and `margin` (around the walls) in metres.
    public init(
        rasterizing level: Level, doors: [Door] = [], liftDoors: [LiftDoor] = [], resolution: Double = 0.05,
        margin: Double = 0.5
    ) {
        let bounds = level.bounds ?? (Point2D(0, 0), Point2D(0, 0))
        func below(_ x: Double) -> Double { ((x - margin) / resolution).rounded(.down) * resolution - resolution / 2 }
        let origin = Point2D(below(bounds.lower.x), below(bounds.lower.y))
        let columns = Int(((bounds.upper.x + margin - origin.x) / resolution).rounded(.up))
        let rows = Int(((bounds.upper.y + margin - origin.y) / resolution).rounded(.up))
        self.init(
            width: columns, height: rows, resolution: resolution, origin: origin,
            cells: [Cell](repeating: .unknown, count: columns * rows))
        var marks = [Mark](repeating: .untouched, count: width * height)
        for wall in level.walls where wall.material == .glass {
            visit(wall.segment) { marks[$0] = .seenThrough }
        }
        for wall in level.walls where wall.material == .solid { visit(wall.segment) { marks[$0] = .solid } }
        for opening in doors.map(\.segment) + liftDoors.map(\.segment) {
            // The posts themselves belong to the wall.
            let inset = min(resolution / max(opening.length, resolution), 0.5)
            visit(Segment(opening.point(at: inset), opening.point(at: 1 - inset))) { marks[$0] = .seenThrough }
        }
        var queue = level.vertices.compactMap { index(at: $0.position) }.filter { marks[$0] == .untouched }
        for cell in queue { marks[cell] = .reached }
        while let cell = queue.popLast() {
            let column = cell % width
            let row = cell / width
            for (c, r) in [(column - 1, row), (column + 1, row), (column, row - 1), (column, row + 1)] {
                guard c >= 0, r >= 0, c < width, r < height, marks[r * width + c] == .untouched else { continue }
                marks[r * width + c] = .reached
                queue.append(r * width + c)
            }
        }
        cells = marks.map { mark in
            switch mark {
            case .solid: .occupied
            case .reached: .free
            case .untouched, .seenThrough: .unknown
            }
        }
    }

    private enum Mark { case untouched, solid, seenThrough, reached }

    /// The cell of a point, as an index into `cells`.
    private func index(at point: Point2D) -> Int? {
        let column = Int(((point.x - origin.x) / resolution).rounded(.down))
        let row = Int(((point.y - origin.y) / resolution).rounded(.down))
        guard column >= 0, row >= 0, column < width, row < height else { return nil }
        return row * width + column
    }

    /// Visits every cell that a segment touches, edge to edge, so that nothing slips through diagonally.
    ///
    /// Source: Amanatides, Woo, "A Fast Voxel Traversal Algorithm for Ray Tracing", Eurographics 1987.
    private func visit(_ segment: Segment, _ body: (Int) -> Void) {
        let start = (segment.a - origin) * (1 / resolution)
        let end = (segment.b - origin) * (1 / resolution)
        var column = Int(start.x.rounded(.down))
        var row = Int(start.y.rounded(.down))
        let steps = abs(Int(end.x.rounded(.down)) - column) + abs(Int(end.y.rounded(.down)) - row)
        let along = end - start
        let right = along.x > 0
        let up = along.y > 0
        // Shares of the way to the next vertical and the next horizontal cell border.
        func share(_ cell: Int, _ forward: Bool, _ from: Double, _ distance: Double) -> Double {
            distance == 0 ? .infinity : (Double(forward ? cell + 1 : cell) - from) / distance
        }
        for _ in 0...steps {
            if column >= 0, row >= 0, column < width, row < height { body(row * width + column) }
            if share(column, right, start.x, along.x) < share(row, up, start.y, along.y) {
                column += right ? 1 : -1
            } else {
                row += up ? 1 : -1
            }
        }
    }
}

extension Building {
    /// The occupancy map of a level, drawn from its walls, doors and lift doors.
    public func rasterize(_ level: Level, resolution: Double = 0.05, margin: Double = 0.5) -> OccupancyGrid {
        OccupancyGrid(
            rasterizing: level, doors: doors(on: level.id), liftDoors: liftDoors(on: level.id), resolution: resolution,
            margin: margin)
    }
}
