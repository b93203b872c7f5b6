import RobotModel
import StructuredText

/// A level while it is being read: its drawing, and what only the reading needs.
struct LevelSection {
    var drawing: BuildingFile.LevelDrawing
    let field: Field
    let vertexFields: [Field]
    let doorFields: [Field]
    /// Drawing units, y up.
    let fiducials: [(name: String, position: Point2D)]
    /// Metres a unit of the drawing: the mean over the measurements; nil without one.
    let measuredScale: Double?

    init(id: LevelID, _ level: Field, flip: Double) {
        _ = level.entries()
        field = level
        vertexFields = level.optional("vertices")?.list() ?? []
        doorFields = level.optional("doors")?.list() ?? []
        let vertices = vertexFields.map { BuildingFile.VertexDrawing($0, flip: flip) }
        fiducials = (level.optional("fiducials")?.list() ?? []).map { fiducial in
            let parts = fiducial.list()
            guard parts.count == 3 else {
                fiducial.reject("a fiducial has \(parts.count) elements", expected: "[x, y, name]")
                return ("", Point2D(0, 0))
            }
            return (parts[2].string(), Point2D(parts[0].double(), flip * parts[1].double()))
        }
        var ratios: [Double] = []
        for measurement in level.optional("measurements")?.list() ?? [] {
            let edge = BuildingFile.EdgeDrawing(measurement, vertices: vertices.count)
            guard vertices.indices.contains(edge.start), vertices.indices.contains(edge.end) else { continue }
            let length = vertices[edge.start].position.distance(to: vertices[edge.end].position)
            guard let distance = edge.parameters["distance"]?.double, distance > 0, length > 0 else {
                measurement.reject(
                    "a measurement says nothing", expected: "distance: [3, metres] above 0 between two different points"
                )
                continue
            }
            ratios.append(distance / length)
        }
        measuredScale = ratios.isEmpty ? nil : ratios.reduce(0, +) / Double(ratios.count)
        func edges(_ fields: [Field]) -> [BuildingFile.EdgeDrawing] {
            fields.map { BuildingFile.EdgeDrawing($0, vertices: vertices.count) }
        }
        drawing = BuildingFile.LevelDrawing(
            id: id, elevation: level.optional("elevation")?.double() ?? 0, vertices: vertices,
            lanes: (level.optional("lanes")?.list() ?? []).map { lane in
                let edge = BuildingFile.EdgeDrawing(lane, vertices: vertices.count)
                edge.checkLane(lane)
                return edge
            },
            doors: edges(doorFields), walls: edges(level.optional("walls")?.list() ?? []),
            transform: LevelTransform())
    }
}

extension BuildingFile.VertexDrawing {
    /// Reads `[x, y, z, name, {parameters}?]`.
    init(_ field: Field, flip: Double) {
        let parts = field.list()
        parameters = [:]
        guard parts.count == 4 || parts.count == 5 else {
            field.reject("a vertex has \(parts.count) elements", expected: "[x, y, 0, name] or [x, y, 0, name, {…}]")
            position = Point2D(0, 0)
            name = ""
            return
        }
        position = Point2D(parts[0].double(), flip * parts[1].double())
        name = parts[3].stringOrEmpty()
        guard parts.count == 5 else { return }
        for (key, value) in parts[4].entries() {
            guard let parameter = ParameterValue(value) else { continue }
            parameters[key] = parameter
            if key == "yaw", parameter.double == nil {
                value.reject("yaw is '\(parameter)'", expected: "yaw: [3, radians]")
            }
        }
    }
}

extension BuildingFile.EdgeDrawing {
    /// Reads `[start, end, {parameters}]`; `vertices` is how many there are to refer to.
    ///
    /// After a recorded problem the ends are 0: the file is looked at to its end, but never used.
    init(_ field: Field, vertices: Int) {
        let parts = field.list()
        start = 0
        end = 0
        parameters = [:]
        guard parts.count == 2 || parts.count == 3 else {
            field.reject("an edge has \(parts.count) elements", expected: "[start, end, {…}]")
            return
        }
        guard vertices > 0 else {
            field.reject("an edge refers to vertices, and the level has none", expected: "vertices")
            return
        }
        start = parts[0].int(in: 0...(vertices - 1))
        end = parts[1].int(in: 0...(vertices - 1))
        for (key, value) in parts.count == 3 ? parts[2].entries() : [] { parameters[key] = ParameterValue(value) }
    }

    /// Checks what a lane's parameters mean.
    func checkLane(_ field: Field) {
        if let graph = parameters["graph_idx"], graph.int == nil {
            field.reject("graph_idx is '\(graph)'", expected: "graph_idx: [2, number]")
        }
        if let both = parameters["bidirectional"], both.bool == nil {
            field.reject("bidirectional is '\(both)'", expected: "bidirectional: [4, true] or [4, false]")
        }
        let words = ["", "forward", "backward"]
        if let word = parameters["orientation"], !words.contains(word.string ?? "?") {
            field.reject("orientation is '\(word)'", expected: "forward, backward or \"\"")
        }
        if let limit = parameters["speed_limit"], (limit.double ?? -1) < 0 {
            field.reject("speed_limit is '\(limit)'", expected: "speed_limit: [3, m/s], 0 for none")
        }
        if start == end { field.reject("a lane leads from a vertex to itself", expected: "two different vertices") }
    }
}

extension BuildingFile.LiftDrawing {
    /// Reads a lift; `transform` is that of the level on which its position is drawn.
    init(
        id: LiftID, _ field: Field, flip: Double, transform: LevelTransform, levels: [BuildingFile.LevelDrawing]
    ) {
        _ = field.entries()
        self.id = id
        let drawn = Point2D(field.required("x").double(), flip * field.required("y").double())
        // The yaw is that of the common frame: Open-RMF does not turn it with the level.
        pose = Pose2D(transform.apply(drawn), yaw: field.required("yaw").double())
        width = field.required("width").double(in: 0.1...100, unit: "metres")
        depth = field.required("depth").double(in: 0.1...100, unit: "metres")
        func elevation(_ key: String) -> Double? {
            guard let floor = field.optional(key), !floor.stringOrEmpty().isEmpty else { return nil }
            if let level = levels.first(where: { $0.id.rawValue == floor.stringOrEmpty() }) { return level.elevation }
            floor.rejectLevel(floor.stringOrEmpty(), levels)
            return nil
        }
        lowestElevation = elevation("lowest_floor") ?? -.infinity
        highestElevation = elevation("highest_floor") ?? .infinity
        doors = [:]
        for (name, door) in field.optional("doors")?.entries() ?? [] {
            _ = door.entries()
            doors[name] = BuildingFile.LiftDoorDrawing(
                center: Point2D(door.required("x").double(), door.required("y").double()),
                width: door.required("width").double(in: 0.1...20, unit: "metres"),
                axis: door.optional("motion_axis_orientation")?.double() ?? 0)
        }
        levelDoors = []
        for (name, list) in field.optional("level_doors")?.entries() ?? [] {
            if !levels.contains(where: { $0.id.rawValue == name }) { list.rejectLevel(name, levels) }
            let names = list.list { $0.string() }
            if names.isEmpty {
                list.reject(
                    "lift '\(id)' serves level \(name) without a door", expected: "the name of a door of the lift",
                    hint: "name a door, or remove the level from level_doors")
            }
            for door in names where doors[door] == nil {
                list.reject(
                    "lift '\(id)' has no door '\(door)'",
                    expected: doors.isEmpty ? nil : "one of " + doors.keys.sorted().joined(separator: ", "))
            }
            levelDoors.append((LevelID(name), names))
        }
    }
}

extension Field {
    fileprivate func rejectLevel(_ name: String, _ levels: [BuildingFile.LevelDrawing]) {
        reject(
            "level '\(name)' does not exist", expected: "one of " + levels.map(\.id.rawValue).joined(separator: ", "))
    }
}
