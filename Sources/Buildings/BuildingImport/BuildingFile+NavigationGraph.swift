import BuildingMap
import RobotModel

extension BuildingFile {
    /// The navigation graph of an index; without lanes when no lane has that index.
    public func navigationGraph(_ index: Int = 0) -> NavigationGraph {
        var doors: [DoorID: (a: Point2D, b: Point2D, level: LevelID)] = [:]
        for level in levels {
            for door in level.doors {
                let a = level.vertices[door.start].position
                let b = level.vertices[door.end].position
                doors[DoorID(door.name)] = (a, b, level.id)
            }
        }
        return NavigationGraph(
            buildingName: name, crsName: crsName, offset: offset, levels: levels.map { navigationLevel($0, index) },
            lifts: Dictionary(
                uniqueKeysWithValues: lifts.map { ($0.id, (pose: $0.pose, width: $0.width, depth: $0.depth)) }),
            doors: doors)
    }

    private func navigationLevel(_ level: LevelDrawing, _ index: Int) -> NavigationGraph.Level {
        let lanes = level.lanes.filter { $0.graph == index }
        var order: [Int] = []
        var mapped: [Int: Int] = [:]
        for vertex in lanes.flatMap({ [$0.start, $0.end] }) where mapped[vertex] == nil {
            mapped[vertex] = order.count
            order.append(vertex)
        }
        let vertices = order.map { drawn in
            let vertex = level.vertices[drawn]
            let position = vertex.position
            return NavigationGraph.Vertex(
                position: position, name: vertex.name, nameIsNumber: vertex.nameIsNumber,
                lift: lift(containing: position, on: level)?.id,
                parameters: vertex.parameters)
        }
        let directed = lanes.flatMap { lane in
            directedLanes(of: lane, on: level, from: mapped[lane.start] ?? 0, to: mapped[lane.end] ?? 0)
        }
        return NavigationGraph.Level(id: level.id, vertices: vertices, lanes: directed)
    }

    /// One lane, or two for a bidirectional one.
    private func directedLanes(
        of drawn: EdgeDrawing, on level: LevelDrawing, from: Int, to: Int
    ) -> [NavigationGraph.Lane] {
        let limit = drawn.parameters["speed_limit"]?.double ?? 0
        let extras = LaneExtras(
            mutex: drawn.word("mutex"), dock: level.vertices[drawn.end].word("dock_name"),
            undock: level.vertices[drawn.start].word("dock_name"), mockLift: drawn.word("demo_mock_lift_name"),
            mockLevel: drawn.word("demo_mock_floor_name"))
        let forward = NavigationGraph.Lane(
            lane: Lane(
                from: from, to: to, door: level.doorsCrossed(by: drawn).last.map { DoorID($0.name) },
                speedLimit: limit > 0 ? limit : nil,
                orientation: drawn.word("orientation").flatMap(Lane.Orientation.init(rawValue:)), extras: extras),
            isBidirectional: drawn.isBidirectional)
        guard drawn.isBidirectional else { return [forward] }
        var backward = forward
        (backward.lane.from, backward.lane.to) = (to, from)
        if extras.dock != nil || extras.undock != nil {
            (backward.lane.extras.dock, backward.lane.extras.undock) = (extras.undock, extras.dock)
        }
        backward.lane.orientation = forward.lane.orientation.map { $0 == .forward ? .backward : .forward }
        return [forward, backward]
    }

    /// Whether two segments of a drawing cross or touch; nearly parallel ones (determinant below 0.01) do not, as in
    /// Open-RMF's `segments_intersect`.
    static func crosses(_ a: Point2D, _ b: Point2D, _ c: Point2D, _ d: Point2D) -> Bool {
        let first = a - b
        let second = c - d
        let determinant = first.cross(second)
        guard abs(determinant) >= 0.01 else { return false }
        let t = (a - c).cross(second) / determinant
        let u = -first.cross(a - c) / determinant
        return t >= 0 && t <= 1 && u >= 0 && u <= 1
    }
}

extension BuildingFile.LevelDrawing {
    /// The doors that a lane crosses as drawn, in the order of the file; Open-RMF takes the last one.
    ///
    /// In degrees every determinant is below 0.01, so that a map in world coordinates has no lane with a door there.
    func doorsCrossed(by lane: BuildingFile.EdgeDrawing) -> [BuildingFile.EdgeDrawing] {
        doors.filter { door in
            BuildingFile.crosses(
                vertices[lane.start].drawn, vertices[lane.end].drawn, vertices[door.start].drawn,
                vertices[door.end].drawn)
        }
    }
}

extension BuildingFile.EdgeDrawing {
    /// A parameter's text, or nil when it is missing or empty.
    func word(_ key: String) -> String? { parameters[key]?.word }
}

extension BuildingFile.VertexDrawing {
    /// A parameter's text, or nil when it is missing or empty.
    func word(_ key: String) -> String? { parameters[key]?.word }
}
