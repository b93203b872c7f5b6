import RobotModel
import StructuredText

#if canImport(Glibc)
    import Glibc
#endif

/// How the points of a building that is drawn in world coordinates come into metres, as in Open-RMF.
///
/// Source: rmf_building_map_tools, `web_mercator_transform.py`, `wgs84_transform.py` and `building.py`. It takes the first
/// coordinate that a projection gives for the northing, whatever the projection's own order of axes; a projection that
/// gives the easting first yields a mirrored map there, and here, so that a robot and Open-RMF speak of the same points.
struct WorldDrawing {
    let coordinateSystem: BuildingFile.CoordinateSystem
    let crsName: String
    /// Where in the projection the frame's zero lies (web Mercator), or should be taken to lie (WGS 84), metres.
    private(set) var offset = Point2D(0, 0)
    private let projection: WorldProjector.Projection

    /// Records at `system` what is missing; then it is nil.
    init?(
        _ coordinateSystem: BuildingFile.CoordinateSystem, _ system: Field, _ parameters: [String: ParameterValue],
        _ world: WorldProjector?
    ) {
        guard let world else {
            system.reject(
                "the building is drawn in world coordinates", expected: "reference_image or cartesian_meters",
                hint: "convert it to metres: doorstep building convert \(system.location.file) --out FILE")
            return nil
        }
        guard let name = parameters["generate_crs"]?.word else {
            system.reject(
                "a map in world coordinates names no projection", expected: "generate_crs among the parameters",
                hint: "add under parameters: generate_crs: [1, EPSG:…], the projection of your country")
            return nil
        }
        do {
            projection = try world.projection(coordinateSystem == .wgs84 ? "EPSG:4326" : "EPSG:3857", name)
        } catch {
            system.reject(error.what, expected: error.expected, hint: error.hint)
            return nil
        }
        self.coordinateSystem = coordinateSystem
        crsName = name
        if projection.isEastFirst {
            system.warn(
                "\(name) gives the easting first, and Open-RMF takes it for the northing: the map is mirrored, here as there",
                expected: "a projection that gives the northing first",
                hint: "name one of that order, as EPSG:3044 to 3049 are for UTM in Europe")
        }
    }

    /// A point as drawn in metres, x east and y north; nil where the projection has no place for it.
    func meters(_ drawn: Point2D) -> Point2D? {
        let place: Point2D
        if coordinateSystem == .wgs84 {
            place = Point2D(drawn.y, drawn.x)  // latitude first, as EPSG:4326 has it
        } else {
            // A world of 256 units a side, whose y counts from below.
            let halfWorld = 6_378_137 * Double.pi
            place = Point2D(halfWorld * (drawn.x - 128) / 128, halfWorld * (128 + drawn.y) / 128)
        }
        guard let projected = projection.apply(place) else { return nil }
        let point = Point2D(projected.y, projected.x)
        return coordinateSystem == .wgs84 ? point : point - offset
    }

    /// Sets the frame's zero: the suggested offset, or in web Mercator the vertex of the origin's name, with its y turned.
    mutating func findOffset(_ parameters: [String: ParameterValue], _ levels: [Field], _ system: Field) {
        if coordinateSystem == .wgs84 {
            offset = Point2D(
                parameters["suggested_offset_x"]?.double ?? 0, parameters["suggested_offset_y"]?.double ?? 0)
            return
        }
        let name = parameters["generate_origin_vertex"]?.word ?? "origin"
        for level in levels {
            for vertex in level.optional("vertices")?.listOrEmpty() ?? [] {
                let parts = vertex.list()
                guard parts.count >= 4, parts[3].stringOrEmpty() == name else { continue }
                offset = meters(Point2D(parts[0].double(), -parts[1].double())) ?? Point2D(0, 0)
                return
            }
        }
        system.warn(
            "there is no vertex '\(name)': the frame's zero is that of the projection",
            expected: "a vertex of that name, or generate_origin_vertex among the parameters")
    }
}
