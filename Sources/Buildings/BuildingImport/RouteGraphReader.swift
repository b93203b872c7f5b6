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
        // Edges whose nodes have not come yet.
        var early: [JSONField] = []
        features.forEach { feature in
            guard let geometry = feature.optional("geometry") else { return }
            switch geometry.optional("type")?.textValue {
            case "Point": addNode(feature, geometry, to: &level)
            case "LineString", "MultiLineString": if !addEdge(feature, to: &level) { early.append(feature) }
            case let type:
                feature.warn(
                    "a feature of type \(type ?? "none") is passed over",
                    expected: "Point, LineString or MultiLineString")
            }
        }
        for edge in early { addLateEdge(edge, to: &level) }
        if level.vertices.isEmpty { features.reject("the graph has no nodes", expected: "features of type Point") }
        if level.lanes.isEmpty { features.reject("the graph has no edges", expected: "features of type LineString") }
        if let frame { level.id = LevelID(frame) }
        building.levels = [level]
        building.levelOrder = [level.id]
        if root.isFileSound { warnOfUnreachable(features) }
    }

    private func warnOfUnreachable(_ features: JSONField) {
        let unreachable = Dictionary(unreachablePlaces(in: building).map { ($0.place, $0.why) }) { first, _ in first }
        if unreachable.isEmpty { return }
        features.forEach { feature in
            guard feature.optional("geometry")?.optional("type")?.textValue == "Point",
                let id = feature.optional("properties")?.optional("id"),
                let why = unreachable[PlaceID("\(id.int(in: Self.ids))")]
            else { return }
            id.warn("node \(id.int(in: Self.ids)) \(why)", hint: UnreachablePlace.hint)
        }
    }

    private static func stem(of file: String) -> String {
        let name = file.split(separator: "/").last ?? ""
        return String(name.split(separator: ".").first ?? "")
    }

    private mutating func addNode(_ feature: JSONField, _ geometry: JSONField, to level: inout Level) {
        let properties = feature.required("properties")
        let field = properties.required("id")
        let id = field.int(in: Self.ids)
        guard indices[UInt32(id)] == nil else {
            field.reject("node \(id) is there twice", expected: "an id of its own for every node")
            return
        }
        indices[UInt32(id)] = UInt32(level.vertices.count)
        let place = geometry.required("coordinates")
        let position = place.point()
        if !MapBounds.contain(position) {
            place.reject(
                "the node lies at (\(position.x), \(position.y)) m", expected: MapBounds.places,
                hint: MapBounds.placeHint)
        }
        var vertex = Vertex(position: position, name: "\(id)")
        for (key, value) in properties.optional("metadata")?.entries() ?? [] where !value.isObject {
            vertex.parameters[key] = value.textValue ?? value.source
        }
        let name = PlaceID(vertex.name)
        level.places[name] = Place(id: name, position: position, vertex: level.vertices.count)
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

    /// False when one of its nodes has not been seen so far.
    private func addEdge(_ feature: JSONField, to level: inout Level) -> Bool {
        guard let properties = feature.optional("properties"),
            let from = properties.optional("startid")?.numberValue.flatMap(node),
            let to = properties.optional("endid")?.numberValue.flatMap(node)
        else { return false }
        level.lanes.append(lane(from, to, properties))
        return true
    }

    /// Adds an edge after all nodes are known, or records what is wrong with it.
    private func addLateEdge(_ feature: JSONField, to level: inout Level) {
        let properties = feature.required("properties")
        let ends = [properties.required("startid"), properties.required("endid")].compactMap { field -> Int? in
            guard field.isPresent else { return nil }
            let id = field.int(in: Self.ids)
            if let index = node(Double(id)) { return index }
            field.reject("there is no node \(id)", expected: "the id of a Point feature")
            return nil
        }
        if ends.count == 2 { level.lanes.append(lane(ends[0], ends[1], properties)) }
    }

    private func node(_ id: Double) -> Int? {
        UInt32(exactly: id).flatMap { indices[$0] }.map(Int.init)
    }

    private func lane(_ from: Int, _ to: Int, _ properties: JSONField) -> Lane {
        var lane = Lane(from: from, to: to)
        guard let metadata = properties.optional("metadata") else { return lane }
        lane.speedLimit = metadata.optional("abs_speed_limit")?.speedLimit()
        if let field = metadata.optional("speed_limit") {
            let percent = field.double()
            if (1...100).contains(percent) {
                lane.extras.speedShare = percent / 100
            } else {
                field.reject("speed_limit is \(percent)", expected: "percent of the top speed, 1 to 100")
            }
        }
        return lane
    }
}
