import BuildingImport
import BuildingMap
import RobotModel
import RoutePlanning
import StructuredText
import Testing

/// Our routes beside time-shortest routes over Open-RMF's graphs with its event times.
@Suite(.enabled(if: haveRealMaps, "needs ../shared/data/maps"))
struct ReferenceRouteTests {
    static let graphs = [("hotel", 0), ("hotel", 1), ("hotel", 2), ("office", 0)]

    /// Open-RMF's times: 4 s to open a door and 4 s to close it, 4 s a session, 4 s a lift's door.
    static let timing = FacilityTiming(
        doorOpening: .seconds(8), liftSession: .seconds(4), liftCall: .zero, liftDoor: .seconds(4), liftSpeed: 8,
        liftStart: .zero)

    @Test("real buildings give the reference's levels, doors and lifts, and no longer ways", arguments: graphs)
    func sameFacilities(map: String, index: Int) throws {
        let file = try BuildingFile(path: "\(realMaps)/\(map).building.yaml")
        let building = file.building(graph: index)
        let planner = RoutePlanner(
            building: building, kinematics: RouteKinematics(speed: 0.7, acceleration: 0.75, turnRate: 0.6),
            timing: Self.timing)
        let references = try YAMLReader.read(path: "\(realMaps)/routes/nav_graphs_\(map)_\(index).json") { root in
            _ = root.entries()
            return root.required("routes").list { field in
                _ = field.entries()
                return (
                    start: PlaceID(field.required("start").string()), goal: PlaceID(field.required("goal").string()),
                    length: field.required("length_m").double(), path: field.required("path").list { $0.int() }
                )
            }
        }
        #expect(!references.isEmpty)
        for reference in references {
            let start = try #require(building.place(reference.start))
            let route = try planner.route(
                from: Pose2D(start.place.position, yaw: 0), on: start.level, to: reference.goal)
            #expect(
                Self.facilities(route) == Self.facilities(reference.path, file.navigationGraph(index)),
                "\(reference.start) to \(reference.goal)")
            #expect(route.length <= reference.length + 0.05, "\(reference.start) to \(reference.goal)")
            #expect(route.largestGap < 0.05)
        }
    }

    /// The doors and lifts of a route in words.
    private static func facilities(_ route: Route) -> [String] { route.steps.filter { $0.drive == nil }.map(\.word) }

    /// The doors and lifts of a chain of vertices, counted over all levels.
    private static func facilities(_ path: [Int], _ graph: NavigationGraph) -> [String] {
        let vertices = graph.levels.flatMap { level in level.vertices.indices.map { (level, $0) } }
        var words: [String] = []
        var ride: (lift: LiftID, from: LevelID)?
        for (a, b) in zip(path, path.dropFirst()) {
            let ((from, i), (to, j)) = (vertices[a], vertices[b])
            if from.id != to.id {
                ride = ride ?? (from.vertices[i].lift ?? "?", from.id)
                continue
            }
            if let taken = ride { words.append("lift \(taken.lift) \(taken.from)>\(from.id)") }
            ride = nil
            if let door = from.lanes.first(where: { $0.from == i && $0.to == j })?.door, words.last != "door \(door)" {
                words.append("door \(door)")
            }
        }
        return words
    }
}
