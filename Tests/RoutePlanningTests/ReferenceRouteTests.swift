import BuildingImport
import BuildingMap
import RobotModel
import RoutePlanning
import StructuredText
import Testing

/// Our routes beside those that others have computed over Open-RMF's graphs with its event times.
@Suite(.enabled(if: haveRealMaps, "needs ../shared/data/maps"))
struct ReferenceRouteTests {
    static let graphs = [("hotel", 0), ("hotel", 1), ("hotel", 2), ("office", 0)]
    static let planned = [("hotel", 2), ("office", 0)]

    /// Half a turn by the reference's figures: π over 0.6 rad/s, and 0.6 over 2.0 rad/s² for its ends.
    static let halfTurn = Double.pi / 0.6 + 0.6 / 2.0

    @Test(
        "Open-RMF's own planner takes the same levels and lifts, and as long, but for the half turn that it forgets in a lift",
        arguments: planned)
    func openRMF(map: String, index: Int) throws {
        let building = try readBuilding(at: "\(realMaps)/\(map).building.yaml", graph: index)
        let planner = RoutePlanner(building: building, kinematics: .openRMF(), rules: .openRMF)
        var workspace = RouteWorkspace()
        let references = try Reference.planner(map, index)
        #expect(!references.isEmpty)
        var ratios: [Double] = []
        for reference in references {
            let trace = try planner.trace(from: reference.start, to: reference.goal, in: &workspace)
            #expect(trace.levels == reference.levels, "\(reference.name)")
            #expect(trace.lifts == reference.lifts(building), "\(reference.name)")
            ratios.append(trace.seconds / reference.seconds)
            if abs(trace.seconds / reference.seconds - 1) > 0.01 {
                // A lane between two waypoints of a lift has no length, and their search goes on from it as if the robot
                // faced anywhere. The half turn that it needs then is in the plan's times, not in the choice.
                #expect(trace.levels.count > 1, "\(reference.name)")
                let explained = (trace.seconds + Self.halfTurn) / reference.seconds
                #expect(abs(explained - 1) < 0.01, "\(reference.name)")
            }
        }
        ratios.sort()
        print(
            "\(map) \(index): \(ratios.count) routes, ours over Open-RMF's \(ratios[0])...\(ratios[ratios.count - 1]), "
                + "median \(ratios[ratios.count / 2])")
        #expect(abs(ratios[ratios.count / 2] - 1) < 1e-3)
        #expect(ratios[ratios.count - 1] < 1.01)
    }

    @Test("without accelerations and turns the time is that of the shortest way in time", arguments: graphs)
    func timeShortest(map: String, index: Int) throws {
        let building = try readBuilding(at: "\(realMaps)/\(map).building.yaml", graph: index)
        let planner = RoutePlanner(
            building: building, kinematics: RouteKinematics(speed: 0.7, acceleration: 1e9, turnRate: 1e9),
            rules: .openRMF)
        var workspace = RouteWorkspace()
        let references = try Reference.timeShortest(map, index)
        #expect(!references.isEmpty)
        for reference in references {
            let trace = try planner.trace(from: reference.start, to: reference.goal, in: &workspace)
            #expect(trace.levels == reference.levels, "\(reference.name)")
            #expect(abs(trace.seconds - reference.seconds) < 0.05, "\(reference.name)")
        }
    }

    /// The search holds before a door on the door's own lane; the steps do so on the lane before, where that one is short.
    /// That is a stop more or less, twice at most in these buildings.
    @Test("the robot's own route takes as long step by step as the search found, but for two stops", arguments: graphs)
    func steps(map: String, index: Int) throws {
        let building = try readBuilding(at: "\(realMaps)/\(map).building.yaml", graph: index)
        let planner = RoutePlanner(building: building)
        var workspace = RouteWorkspace()
        for reference in try Reference.timeShortest(map, index) {
            let start = try #require(building.place(reference.start))
            let route = try planner.route(
                from: Pose2D(start.place.position, yaw: 0), on: start.level, to: reference.goal)
            let trace = try planner.trace(from: reference.start, to: reference.goal, in: &workspace)
            let stop = planner.kinematics.speed / planner.kinematics.acceleration
            #expect(abs(route.duration.inSeconds - trace.seconds) < 2 * stop, "\(reference.name)")
            #expect(abs(route.length - trace.length) < 0.2, "\(reference.name)")
            #expect(route.largestGap < 0.05)
        }
    }
}

/// A route that somebody else has computed.
struct Reference {
    var start: PlaceID
    var goal: PlaceID
    var seconds: Double
    var levels: [LevelID]
    /// Vertices, counted over all levels; one may follow itself.
    var vertices: [Int]

    var name: String { "\(start) to \(goal)" }

    /// The lifts that the vertices lie in, in their order.
    func lifts(_ building: Building) -> [LiftID] {
        let all = building.levels.flatMap(\.vertices)
        return vertices.reduce(into: []) { lifts, vertex in
            if let lift = all[vertex].lift, lifts.last != lift { lifts.append(lift) }
        }
    }

    /// Those of Open-RMF's planner.
    static func planner(_ map: String, _ index: Int) throws -> [Reference] {
        try YAMLReader.read(path: "\(realMaps)/routes/rmf_planner_\(map)_\(index).json") { root in
            root.list { Reference($0, seconds: "duration_s", vertices: "graph_indices") }
        }
    }

    /// Those of a plain time-shortest search.
    static func timeShortest(_ map: String, _ index: Int) throws -> [Reference] {
        try YAMLReader.read(path: "\(realMaps)/routes/nav_graphs_\(map)_\(index).json") { root in
            _ = root.entries()
            return root.required("routes").list { Reference($0, seconds: "time_s", vertices: "path") }
        }
    }

    private init(_ field: Field, seconds: String, vertices: String) {
        _ = field.entries()
        start = PlaceID(field.required("start").string())
        goal = PlaceID(field.required("goal").string())
        self.seconds = field.required(seconds).double()
        levels = field.required("levels").list { LevelID($0.string()) }
        self.vertices = field.required(vertices).list { $0.int() }
    }
}
