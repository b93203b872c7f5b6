import BuildingImport
import BuildingMap
import Foundation
import GeoReference
import RobotModel
import StructuredText
import Testing

/// Whether PROJ's library is there: a name that it does not know is told otherwise than the missing library.
private let haveLibrary: Bool = {
    do throws(RobotError) {
        _ = try WorldProjector.proj.projection("EPSG:4326", "EPSG:3414")
        return true
    } catch {
        return error.code != .unavailable
    }
}()

private let converter = "/usr/bin/cs2cs"
private let haveConverter = FileManager.default.isExecutableFile(atPath: converter)

@Suite("World coordinates", .enabled(if: haveLibrary, "libproj25 is not installed"))
struct WorldProjectorTests {
    /// A place, two vertices beside it, a door across the second lane, and a lift at the third one.
    static let wgs84 = """
        name: campus
        coordinate_system: wgs84
        parameters:
          generate_crs: [1, EPSG:3414]
          suggested_offset_x: [3, 22000]
          suggested_offset_y: [3, 31500]
        levels:
          L1:
            vertices:
              - [103.7801803978422, 1.299727118212341, 0, dead_end]
              - [103.7807781653839, 1.299589815215642, 0, ""]
              - [103.7808439939168, 1.299697731420392, 0, side_road]
              - [103.78084, 1.29964, 0, ""]
              - [103.78078, 1.29964, 0, ""]
            lanes:
              - [0, 1, {bidirectional: [4, true], graph_idx: [2, 0]}]
              - [1, 2, {bidirectional: [4, true], graph_idx: [2, 0]}]
            doors:
              - [3, 4, {name: [1, gate], type: [1, hinged]}]
        lifts:
          lift:
            x: 103.7808439939168
            y: 1.299697731420392
            yaw: 0.5
            width: 2
            depth: 2
            level_doors: {L1: [front]}
            doors: {front: {x: 0, y: 1, width: 1, motion_axis_orientation: 0}}
        """

    private func read(_ text: String) throws -> (map: MapFile, warnings: [RobotError]) {
        var warnings: [RobotError] = []
        let map = try MapFile(file: "map", bytes: Array(text.utf8), world: .proj, warnings: &warnings)
        return (map, warnings)
    }

    @Test("longitude and latitude become metres east and north, as Open-RMF's own projection gives them")
    func singapore() throws {
        let graph = try read(Self.wgs84).map.navigationGraph()
        // By Open-RMF's generator with pyproj.
        let expected = [
            Point2D(22086.195576995564, 31342.8019001078), Point2D(22152.721462116016, 31327.61824382232),
            Point2D(22160.047839565384, 31339.55091437469),
        ]
        for (vertex, point) in zip(graph.levels[0].vertices, expected) {
            #expect(vertex.position.distance(to: point) < 1e-6)
        }
        #expect(graph.crsName == "EPSG:3414" && graph.offset == Point2D(22000, 31500))
        #expect(graph.levels[0].vertices[2].lift == "lift")
    }

    @Test("the converted map is in metres, is read without PROJ, and its lanes have the doors that degrees hide")
    func converts() throws {
        let (map, warnings) = try read(Self.wgs84)
        guard case .building(let drawn) = map else { throw RobotError(.internalError, "no building") }
        let metric = try BuildingFile(file: "metric", text: drawn.yamlInMeters())
        let (a, b) = (drawn.navigationGraph(), metric.navigationGraph())
        #expect(a.levels[0].vertices == b.levels[0].vertices && a.offset == b.offset && a.crsName == b.crsName)
        #expect(a.levels[0].lanes.allSatisfy { $0.lane.door == nil }, "Open-RMF sees no door in degrees")
        #expect(b.levels[0].lanes.map(\.lane.door) == [nil, nil, "gate", "gate"])
        #expect(warnings.map(\.what).contains { $0.contains("'gate', which Open-RMF does not see") })
    }

    @Test("without a projector a map in world coordinates is refused, with the command that converts it")
    func refused() throws {
        for text in [Self.wgs84, Self.wgs84.replacing("wgs84", with: "web_mercator"), Self.geoJSON] {
            var warnings: [RobotError] = []
            let errors = try #require(throws: FileProblems.self) {
                _ = try MapFile(file: "my.map", bytes: Array(text.utf8), warnings: &warnings)
            }.errors
            #expect(errors.count == 1 && errors[0].what.contains("world coordinates"))
            #expect(errors[0].hint?.contains("doorstep building convert my.map") == true)
        }
    }

    @Test("web Mercator counts from the vertex of the origin's name")
    func webMercator() throws {
        let text = """
            name: merc
            coordinate_system: web_mercator
            parameters: {generate_crs: [1, EPSG:3414]}
            levels:
              L1:
                vertices: [[201.8, -127.0759, 0, origin], [201.80001, -127.0758, 0, ""]]
                lanes: [[0, 1, {graph_idx: [2, 0]}]]
            """
        let (map, warnings) = try read(text)
        let graph = map.navigationGraph()
        let offset = try #require(graph.offset)
        // The frame's zero is where Open-RMF puts it: its y is turned once more for the origin than for the others.
        let origin = graph.levels[0].vertices[0].position
        #expect(abs(origin.x) > 1 && abs(offset.x) > 1)
        let step = graph.levels[0].vertices[1].position - origin
        #expect(abs(step.x - 1.565) < 0.01 && abs(step.y - 15.55) < 0.1, "\(step)")
        #expect(warnings.isEmpty)
        #expect(
            try read(text.replacing("0, origin]", with: "0, \"\"]")).warnings[0].what.contains("no vertex 'origin'"))
    }

    @Test("a projection with the easting first is read as Open-RMF reads it, mirrored, with a warning")
    func mirrored() throws {
        let (map, warnings) = try read(Self.wgs84.replacing("EPSG:3414", with: "EPSG:32648"))
        #expect(warnings.contains { $0.what.contains("easting first") && $0.location?.line == 2 })
        let vertices = map.navigationGraph().levels[0].vertices
        let step = vertices[1].position - vertices[0].position
        #expect(abs(step.x + 15.2) < 1 && abs(step.y - 66.5) < 1, "east has become y: \(step)")
    }

    @Test(
        "a projection that is missing or unknown, and a place outside of it, are told with their lines",
        arguments: [
            ("generate_crs: [1, EPSG:3414]", "other: [1, x]", 2, "names no projection"),
            ("EPSG:3414", "EPSG:1", 2, "PROJ does not know 'EPSG:1'"),
            ("[103.7801803978422, 1.29", "[1e9, 1.29", 10, "outside of the projection"),
        ])
    func wrong(old: String, new: String, line: Int, says: String) throws {
        let errors = try #require(throws: FileProblems.self) { _ = try read(Self.wgs84.replacing(old, with: new)) }
            .errors
        #expect(errors[0].what.contains(says) && errors[0].location?.line == line, "\(errors)")
    }

    @Test(
        "the results are those of PROJ's own program", .enabled(if: haveConverter, "cs2cs (proj-bin) is not installed"))
    func peer() throws {
        var random = SeededRandom(seed: 3)
        // Singapore, UTM in both orders of axes, France; with latitudes and longitudes in their areas.
        let areas = [
            ("EPSG:3414", 1.2...1.45, 103.6...104.0), ("EPSG:32633", 40.0...50, 12.0...18),
            ("EPSG:3044", 47.0...54, 6.0...12),
            ("EPSG:2154", 43.0...50, -3.0...8),
        ]
        for (target, latitudes, longitudes) in areas {
            let projection = try WorldProjector.proj.projection("EPSG:4326", target)
            let points = (0..<20).map { _ in
                Point2D(Double.random(in: latitudes, using: &random), Double.random(in: longitudes, using: &random))
            }
            let theirs = try runConverter(to: target, points)
            for (point, expected) in zip(points, theirs) {
                let ours = try #require(projection.apply(point))
                #expect(ours.distance(to: expected) < 1e-6, "\(target) \(point)")
            }
        }
    }

    private func runConverter(to target: String, _ points: [Point2D]) throws -> [Point2D] {
        let file = FileManager.default.temporaryDirectory.appending(path: "doorstep-points-\(UUID().uuidString)")
        try Data(points.map { "\($0.x) \($0.y)\n" }.joined().utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: converter)
        process.arguments = ["-f", "%.9f", "EPSG:4326", target, file.path]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text.split(separator: "\n").map { line in
            let numbers = line.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
            return Point2D(numbers[0], numbers[1])
        }
    }

    /// Open-RMF's GeoJSON: two vertices on a level, a lane that ends a little beside one of them.
    static let geoJSON = """
        {"type": "FeatureCollection", "site_name": "yard", "preferred_crs": "EPSG:3414", "suggested_offset_x": 22000,
         "features": [
          {"type": "Feature", "feature_type": "rmf_vertex", "properties": {"name": "gate", "level_idx": 2},
           "geometry": {"type": "Point", "coordinates": [103.7801803978422, 1.299727118212341]}},
          {"type": "Feature", "feature_type": "rmf_vertex", "properties": {"name": "shed", "level_idx": 2},
           "geometry": {"type": "Point", "coordinates": [103.7807781653839, 1.299589815215642]}},
          {"type": "Feature", "feature_type": "rmf_lane",
           "properties": {"level_idx": 2, "graph_idx": 1, "is_bidirectional": true, "speed_limit": 0.5, "mutex": "m"},
           "geometry": {"type": "LineString", "coordinates": [[103.7801804, 1.2997271], [103.7807782, 1.2995898]]}}]}
        """

    @Test("Open-RMF's GeoJSON gives vertices, and lanes between those that are nearest to their ends")
    func site() throws {
        let (map, warnings) = try read(Self.geoJSON)
        let graph = map.navigationGraph(1)
        let level = try #require(graph.levels.first)
        #expect(warnings.isEmpty && map.graphs == [1] && level.id == "level_2")
        #expect(level.vertices.map(\.name) == ["gate", "shed"])
        #expect(level.vertices[0].position.distance(to: Point2D(22086.195576995564, 31342.8019001078)) < 1e-6)
        #expect(level.lanes.map { [$0.lane.from, $0.lane.to] } == [[0, 1], [1, 0]])
        #expect(level.lanes[0].lane.speedLimit == 0.5 && level.lanes[0].lane.extras.mutex == "m")
        #expect(graph.offset == Point2D(22000, 0))
    }
}
