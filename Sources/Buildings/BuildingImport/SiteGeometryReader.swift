import RobotModel
import StructuredText

/// Reads the GeoJSON form of an Open-RMF building: features of type `rmf_vertex` (points) and `rmf_lane` (lines), in
/// longitude and latitude.
///
/// A lane leads from the vertex nearest to its line's first point to the one nearest to its second. Levels are named
/// `level_<level_idx>`. It has no doors, walls and lifts.
/// Source: rmf_building_map_tools, `building.py` `parse_geojson`. Two things are otherwise here: its lanes are never
/// bidirectional, since it looks for the parameter under another name than it writes it; and it writes no graphs of it.
struct SiteGeometryReader {
    private(set) var file: BuildingFile
    private var projection: WorldProjector.Projection?

    /// Metres from a lane's end to its vertex, beyond which they hardly mean the same.
    private static let snap = 1.0

    init(_ root: JSONField, world: WorldProjector?) {
        file = BuildingFile(
            name: root.optional("site_name")?.textValue ?? "no_name", coordinateSystem: .cartesianMeters, levels: [],
            lifts: [])
        let crs = root.required("preferred_crs")
        file.crsName = crs.string()
        file.offset = Point2D(
            root.optional("suggested_offset_x")?.double() ?? 0, root.optional("suggested_offset_y")?.double() ?? 0)
        guard let world else {
            root.reject(
                "the building is drawn in world coordinates", expected: "metres",
                hint: "convert it to metres: doorstep building convert \(root.location.file) --out FILE")
            return
        }
        guard crs.isPresent else { return }
        do {
            projection = try world.projection("EPSG:4326", crs.string())
        } catch {
            crs.reject(error.what, expected: error.expected, hint: error.hint)
            return
        }
        let features = root.required("features")
        features.forEach { feature in
            if feature.optional("feature_type")?.textValue == "rmf_vertex" { addVertex(feature) }
        }
        features.forEach { feature in
            if feature.optional("feature_type")?.textValue == "rmf_lane" { addLane(feature) }
        }
    }

    private static func levelID(_ properties: JSONField?) -> LevelID {
        LevelID("level_\(properties?.optional("level_idx")?.int(in: -1000...1000) ?? 0)")
    }

    private func meters(_ place: JSONField) -> Point2D {
        let point = place.point()
        guard let projected = projection?.apply(Point2D(point.y, point.x)) else {
            place.reject("(\(point.x), \(point.y)) lies outside of the projection", expected: "longitude, latitude")
            return Point2D(0, 0)
        }
        let position = Point2D(projected.y, projected.x)
        if !MapBounds.contain(position) {
            place.reject(
                "the vertex lies at (\(position.x), \(position.y)) m", expected: MapBounds.places,
                hint: MapBounds.placeHint)
        }
        return position
    }

    private mutating func addVertex(_ feature: JSONField) {
        let properties = feature.optional("properties")
        let id = Self.levelID(properties)
        let position = meters(feature.required("geometry").required("coordinates"))
        let vertex = BuildingFile.VertexDrawing(
            drawn: position, position: position, name: properties?.optional("name")?.textValue ?? "", parameters: [:])
        if let index = file.levels.firstIndex(where: { $0.id == id }) {
            file.levels[index].vertices.append(vertex)
        } else {
            file.levels.append(
                BuildingFile.LevelDrawing(
                    id: id, elevation: 0, vertices: [vertex], lanes: [], doors: [], walls: []))
        }
    }

    private mutating func addLane(_ feature: JSONField) {
        let properties = feature.optional("properties")
        let id = Self.levelID(properties)
        guard let index = file.levels.firstIndex(where: { $0.id == id }) else {
            feature.reject("a lane on \(id), which has no vertices", expected: "the level_idx of a vertex")
            return
        }
        let ends = feature.required("geometry").required("coordinates").list()
        guard ends.count >= 2 else {
            feature.reject("a lane has \(ends.count) points", expected: "two points")
            return
        }
        let start = nearest(ends[0], on: index)
        let end = nearest(ends[1], on: index)
        var parameters: [String: ParameterValue] = [
            "graph_idx": .int(properties?.optional("graph_idx")?.int(in: 0...9) ?? 0),
            "bidirectional": .bool(properties?.optional("is_bidirectional")?.bool() ?? false),
        ]
        if let limit = properties?.optional("speed_limit") {
            parameters["speed_limit"] = .double(limit.speedLimit() ?? 0)
        }
        if let mutex = properties?.optional("mutex")?.textValue { parameters["mutex"] = .string(mutex) }
        file.levels[index].lanes.append(BuildingFile.EdgeDrawing(start: start, end: end, parameters: parameters))
    }

    private func nearest(_ end: JSONField, on level: Int) -> Int {
        let point = meters(end)
        let vertices = file.levels[level].vertices
        let best =
            vertices.indices.min {
                vertices[$0].position.distance(to: point) < vertices[$1].position.distance(to: point)
            } ?? 0
        let distance = vertices[best].position.distance(to: point)
        if distance > Self.snap {
            end.warn(
                "the nearest vertex is \((distance * 10).rounded() / 10) m away", expected: "a vertex at a lane's end")
        }
        return best
    }
}
