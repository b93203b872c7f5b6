import RobotModel
import StructuredText

/// A level while it is being read: its drawing, and what only the reading needs.
struct LevelSection {
    var drawing: BuildingFile.LevelDrawing
    let field: Field
    let vertexFields: [Field]
    let laneFields: [Field]
    let doorFields: [Field]
    /// Drawing units, y up.
    let fiducials: [(name: String, position: Point2D)]
    private let measurementFields: [Field]

    init(id: LevelID, _ level: Field, flip: Double) {
        level.warnUnknownKeys(of: "a level", known: Self.keys)
        func list(_ key: String) -> [Field] { level.optional(key)?.listOrEmpty() ?? [] }
        field = level
        vertexFields = list("vertices")
        laneFields = list("lanes")
        doorFields = list("doors")
        measurementFields = list("measurements")
        let vertices = vertexFields.map { BuildingFile.VertexDrawing($0, flip: flip) }
        fiducials = list("fiducials").map { fiducial in
            let parts = fiducial.list()
            guard parts.count >= 3 else {
                fiducial.reject("a fiducial has \(parts.count) elements", expected: "[x, y, name]")
                return ("", Point2D(0, 0))
            }
            return (parts[2].stringOrEmpty(), Point2D(parts[0].double(), flip * parts[1].double()))
        }
        func edges(_ fields: [Field], _ known: [String], _ what: String) -> [BuildingFile.EdgeDrawing] {
            fields.map { BuildingFile.EdgeDrawing($0, vertices: vertices.count, known: known, what: what) }
        }
        drawing = BuildingFile.LevelDrawing(
            id: id, elevation: level.optional("elevation")?.coordinate() ?? 0, vertices: vertices,
            lanes: edges(laneFields, BuildingFile.EdgeDrawing.laneKeys, "a lane"),
            doors: edges(doorFields, BuildingFile.EdgeDrawing.doorKeys, "a door"),
            walls: edges(list("walls"), BuildingFile.EdgeDrawing.wallKeys, "a wall"))
        for (lane, field) in zip(drawing.lanes, laneFields) { lane.checkLane(field) }
    }

    /// Metres a unit of the drawing: the mean over the measurements; nil without one.
    func measuredScale() -> Double? {
        var ratios: [Double] = []
        for measurement in measurementFields {
            let vertices = drawing.vertices
            let edge = BuildingFile.EdgeDrawing(
                measurement, vertices: vertices.count, known: ["distance"], what: "a measurement")
            guard vertices.indices.contains(edge.start), vertices.indices.contains(edge.end) else { continue }
            let length = vertices[edge.start].drawn.distance(to: vertices[edge.end].drawn)
            guard let distance = edge.parameters["distance"]?.double, distance > 0, length > 0 else {
                measurement.reject(
                    "a measurement says nothing",
                    expected: "distance: [3, metres] above 0 between two different points")
                continue
            }
            ratios.append(distance / length)
        }
        return ratios.isEmpty ? nil : ratios.reduce(0, +) / Double(ratios.count)
    }

    /// The keys of a level in traffic editor's files; most of them concern only the editor and the simulation.
    private static let keys = [
        "constraints", "doors", "drawing", "elevation", "features", "fiducials", "flattened_x_offset",
        "flattened_y_offset", "floors", "holes", "human_lanes", "lanes", "layers", "measurements", "models", "vertices",
        "walls", "x_meters", "y_meters", "zones",
    ]
}

extension BuildingFile.VertexDrawing {
    /// Reads `[x, y, z, name, {parameters}?]`.
    init(_ field: Field, flip: Double) {
        let parts = field.list()
        parameters = [:]
        guard parts.count == 4 || parts.count == 5 else {
            field.reject("a vertex has \(parts.count) elements", expected: "[x, y, 0, name] or [x, y, 0, name, {…}]")
            drawn = Point2D(0, 0)
            name = ""
            return
        }
        drawn = Point2D(parts[0].double(), flip * parts[1].double())
        name = parts[3].stringOrEmpty()
        if case .int = ParameterValue(untyped: parts[3]) { nameIsNumber = true }
        guard parts.count == 5 else { return }
        for (key, value) in parts[4].entriesOrEmpty() {
            guard let parameter = ParameterValue(value) else { continue }
            parameters[key] = parameter
            if key == "yaw", parameter.double == nil {
                value.reject("yaw is '\(parameter)'", expected: "yaw: [3, radians]")
            }
        }
        if !parts[4].isNull { parts[4].warnUnknownKeys(of: "a vertex", known: Self.keys) }
    }

    /// The vertex parameters of traffic editor, and `yaw`, which is ours.
    private static let keys = [
        "dock_name", "dropoff_ingestor", "human_goal_set_name", "is_charger", "is_cleaning_zone", "is_holding_point",
        "is_parking_spot", "is_passthrough_point", "lift_cabin", "merge_radius", "mutex", "pickup_dispenser",
        "spawn_robot_name", "spawn_robot_type", "yaw",
    ]
}

extension BuildingFile.EdgeDrawing {
    /// Reads `[start, end, {parameters}?]`; `vertices` is how many there are to refer to, `known` the parameters that
    /// such an edge has.
    ///
    /// After a recorded problem the ends are 0: the file is looked at to its end, but never used.
    init(_ field: Field, vertices: Int, known: [String], what: String) {
        let parts = field.list()
        start = 0
        end = 0
        parameters = [:]
        guard parts.count == 2 || parts.count == 3 else {
            field.reject("\(what) has \(parts.count) elements", expected: "[start, end, {…}]")
            return
        }
        guard vertices > 0 else {
            field.reject("\(what) refers to vertices, and the level has none", expected: "vertices")
            return
        }
        start = parts[0].int(in: 0...(vertices - 1))
        end = parts[1].int(in: 0...(vertices - 1))
        guard parts.count == 3, !parts[2].isNull else { return }
        for (key, value) in parts[2].entries() { parameters[key] = ParameterValue(value) }
        parts[2].warnUnknownKeys(of: what, known: known)
    }

    static let laneKeys = [
        "bidirectional", "demo_mock_floor_name", "demo_mock_lift_name", "graph_idx", "mutex", "orientation",
        "speed_limit",
    ]
    /// `texture_name` is ours: it says that a leaf is of glass.
    static let doorKeys = [
        "motion_axis", "motion_degrees", "motion_direction", "name", "plugin", "right_left_ratio", "texture_name",
        "type",
    ]
    static let wallKeys = ["alpha", "texture_height", "texture_name", "texture_scale", "texture_width"]

    /// Checks what a lane's parameters mean.
    func checkLane(_ field: Field) {
        if let graph = parameters["graph_idx"] {
            if graph.int == nil {
                field.reject("graph_idx is '\(graph)'", expected: "graph_idx: [2, number]")
            } else if !(0...9).contains(self.graph) {
                field.warn("graph_idx is \(self.graph)", expected: "0 to 9; Open-RMF writes no other graph")
            }
        }
        if let both = parameters["bidirectional"], both.bool == nil {
            field.reject("bidirectional is '\(both)'", expected: "bidirectional: [4, true] or [4, false]")
        }
        let words = ["", "forward", "backward"]
        if let word = parameters["orientation"], !words.contains(word.description) {
            field.reject("orientation is '\(word)'", expected: "forward, backward or \"\"")
        }
        if let limit = parameters["speed_limit"] {
            let number = limit.double ?? -1
            if number < 0 || !MapBounds.isLimit(number) {
                field.reject(
                    "speed_limit is '\(limit)'",
                    expected: "speed_limit: [3, m/s], 0 for none, or at least \(MapBounds.leastLimit)")
            }
        }
        if start == end { field.warn("a lane leads from a vertex to itself", expected: "two different vertices") }
    }
}
