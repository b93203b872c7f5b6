public import RobotModel

extension Building {
    /// The doors of a level, by name.
    public func doors(on level: LevelID) -> [Door] {
        doors.values.filter { $0.level == level }.sorted { $0.id < $1.id }
    }

    /// The car doors that lifts have on a level, by the lifts' names.
    public func liftDoors(on level: LevelID) -> [LiftDoor] {
        lifts.values.sorted { $0.id < $1.id }.flatMap { $0.doors[level] ?? [] }
    }

    /// The lift in whose car a point of a level lies, with `margin` metres added on each side.
    public func lift(containing point: Point2D, on level: LevelID, margin: Double = 0.05) -> Lift? {
        lifts.values.sorted { $0.id < $1.id }.first { $0.doors[level] != nil && $0.contains(point, margin: margin) }
    }

    /// Every place of the building, by name.
    public var places: [(place: Place, level: LevelID)] {
        levels.flatMap { level in level.places.values.map { (place: $0, level: level.id) } }
            .sorted { $0.place.id < $1.place.id }
    }

    /// Where the lifts' car is reached on a level: the vertex of the navigation graph inside it.
    public func cabinVertex(of lift: LiftID, on level: LevelID) -> Int? {
        self.level(level)?.vertices.firstIndex { $0.lift == lift }
    }
}

extension Level {
    /// The smallest rectangle around walls and vertices, metres; nil on an empty level.
    public var bounds: (lower: Point2D, upper: Point2D)? {
        var points = walls.flatMap { [$0.a, $0.b] }
        points += vertices.map(\.position)
        guard let first = points.first else { return nil }
        return points.reduce((first, first)) { box, p in
            (Point2D(min(box.0.x, p.x), min(box.0.y, p.y)), Point2D(max(box.1.x, p.x), max(box.1.y, p.y)))
        }
    }

    /// The straight line of a lane.
    public func segment(of lane: Lane) -> Segment { Segment(vertices[lane.from].position, vertices[lane.to].position) }

    /// Whether a wall, of whatever material, stands between two points.
    public func wallStands(between a: Point2D, and b: Point2D) -> Bool {
        let way = Segment(a, b)
        return walls.contains { way.crossing($0.segment) != nil }
    }
}
