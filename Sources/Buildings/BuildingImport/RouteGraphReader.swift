import BuildingMap
import RobotModel
import StructuredText

/// Reads nav2's route graph: GeoJSON with a `Point` a node, and a `LineString` or `MultiLineString` a directed edge.
///
/// - Node: `properties` {`id`, `frame`?, `metadata`?}; the place is named by its id. Edge: {`id`, `startid`, `endid`,
///   `metadata`?}. Coordinates are metres of the map frame; the line of an edge is not looked at, as in nav2.
/// - `metadata.abs_speed_limit` is in m/s (nav2's TimeScorer), `metadata.speed_limit` in percent of the robot's own top
///   speed (its AdjustSpeedLimit).
/// - Ids are whole numbers below 2³²; nav2's own stop at 65 535.
///
/// Source: nav2_route, `geojson_graph_file_loader.cpp`, `time_scorer.cpp`, `adjust_speed_limit.cpp`.
struct RouteGraphReader {
    private(set) var building: Building
    private var indices: [UInt32: UInt32] = [:]
    private var frame: String?
    private static let ids = 0...Int(UInt32.max)

    init(_ root: JSONField, file: String) {
        let name = root.optional("name")?.textValue ?? Self.stem(of: file)
        building = Building(name: name, levels: [Level(id: "map", elevation: 0)], doors: [:], lifts: [:])
        let features = root.required("features")
        var level = building.levels[0]
        features.forEach { addNode($0, to: &level) }
        features.forEach { addEdge($0, to: &level) }
        if level.vertices.isEmpty { features.reject("the graph has no nodes", expected: "features of type Point") }
        if level.lanes.isEmpty { features.reject("the graph has no edges", expected: "features of type LineString") }
        if let frame { level.id = LevelID(frame) }
        building.levels = [level]
        building.levelOrder = [level.id]
    }

    private static func stem(of file: String) -> String {
        let name = file.split(separator: "/").last ?? ""
        return String(name.split(separator: ".").first ?? "")
    }

    private mutating func addNode(_ feature: JSONField, to level: inout Level) {
        guard let geometry = feature.optional("geometry"), geometry.optional("type")?.textValue == "Point" else {
            return
        }
        let properties = feature.required("properties")
        let field = properties.required("id")
        let id = field.int(in: Self.ids)
        guard indices[UInt32(id)] == nil else {
            field.reject("node \(id) is there twice", expected: "an id of its own for every node")
            return
        }
        indices[UInt32(id)] = UInt32(level.vertices.count)
        let position = geometry.required("coordinates").point()
        var vertex = Vertex(position: position, name: "\(id)")
        for (key, value) in properties.optional("metadata")?.entries() ?? [] where !value.isObject {
            vertex.parameters[key] = value.textValue ?? value.source
        }
        let place = PlaceID(vertex.name)
        level.places[place] = Place(id: place, position: position, vertex: level.vertices.count)
        level.vertices.append(vertex)
        checkFrame(properties)
    }

    private mutating func checkFrame(_ properties: JSONField) {
        guard let field = properties.optional("frame") else { return }
        let name = field.string()
        if let frame, frame != name {
            field.reject(
                "a node in frame '\(name)', others in '\(frame)'", expected: "one frame for the whole graph",
                hint: "where the two lie to one another is not in the file: bring the nodes into one frame")
        }
        frame = frame ?? name
    }

    private func addEdge(_ feature: JSONField, to level: inout Level) {
        guard let type = feature.required("geometry").optional("type")?.textValue else { return }
        guard type == "LineString" || type == "MultiLineString" else {
            if type != "Point" {
                feature.warn("a feature of type \(type) is passed over", expected: "Point, LineString, MultiLineString")
            }
            return
        }
        let properties = feature.required("properties")
        guard let from = node(properties.required("startid")), let to = node(properties.required("endid")) else {
            return
        }
        var lane = Lane(from: from, to: to)
        if let metadata = properties.optional("metadata") {
            if let limit = metadata.optional("abs_speed_limit")?.double(), limit > 0 { lane.speedLimit = limit }
            if let field = metadata.optional("speed_limit") {
                let percent = field.double()
                if percent > 0, percent <= 100 {
                    lane.extras.speedShare = percent / 100
                } else {
                    field.reject("speed_limit is \(percent)", expected: "percent of the top speed, above 0 to 100")
                }
            }
        }
        level.lanes.append(lane)
    }

    private func node(_ field: JSONField) -> Int? {
        guard field.isPresent else { return nil }
        let id = field.int(in: Self.ids)
        if let index = indices[UInt32(id)] { return Int(index) }
        field.reject("there is no node \(id)", expected: "the id of a Point feature")
        return nil
    }
}
