import RobotModel

extension BuildingFile {
    /// The navigation graph of an index; without lanes when no lane has that index.
    public func navigationGraph(_ index: Int = 0) -> NavigationGraph {
        var doors: [DoorID: (a: Point2D, b: Point2D, level: LevelID)] = [:]
        for level in levels {
            for door in level.doors {
                let a = level.transform.apply(level.vertices[door.start].position)
                let b = level.transform.apply(level.vertices[door.end].position)
                doors[DoorID(door.name)] = (a, b, level.id)
            }
        }
        return NavigationGraph(
            buildingName: name, levels: levels.map { navigationLevel($0, index) },
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
            let position = level.transform.apply(vertex.position)
            return NavigationGraph.Vertex(
                position: position, name: vertex.name, lift: lift(containing: position, on: level)?.id,
                parameters: vertex.parameters)
        }
        var directed: [NavigationGraph.Lane] = []
        for lane in lanes {
            let start = level.vertices[lane.start]
            let end = level.vertices[lane.end]
            // The last crossing door wins, as in Open-RMF.
            let door = level.doors.last { door in
                Self.crosses(
                    start.position, end.position, level.vertices[door.start].position,
                    level.vertices[door.end].position)
            }
            let limit = lane.parameters["speed_limit"]?.double ?? 0
            let forward = NavigationGraph.Lane(
                from: mapped[lane.start] ?? 0, to: mapped[lane.end] ?? 0, door: door.map { DoorID($0.name) },
                orientation: lane.word("orientation"), speedLimit: limit > 0 ? limit : nil, mutex: lane.word("mutex"),
                dock: end.parameters["dock_name"]?.string, undock: start.parameters["dock_name"]?.string,
                isBidirectional: lane.isBidirectional)
            directed.append(forward)
            guard lane.isBidirectional else { continue }
            var backward = forward
            (backward.from, backward.to) = (forward.to, forward.from)
            (backward.dock, backward.undock) = (forward.undock, forward.dock)
            switch forward.orientation {
            case "forward": backward.orientation = "backward"
            case "backward": backward.orientation = "forward"
            default: break
            }
            directed.append(backward)
        }
        return NavigationGraph.Level(id: level.id, vertices: vertices, lanes: directed)
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

extension BuildingFile.EdgeDrawing {
    /// A parameter's text, or nil when it is missing or empty.
    func word(_ key: String) -> String? {
        guard let word = parameters[key]?.string, !word.isEmpty else { return nil }
        return word
    }
}
