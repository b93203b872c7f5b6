import BuildingImport
import BuildingMap
import RobotModel
import StructuredText
import Testing

/// The importer against what Open-RMF's own generator made of real maps.
@Suite(.enabled(if: haveRealMaps, "needs ../shared/data/maps"))
struct NavigationGraphTests {
    static let graphs = [("hotel", 0), ("hotel", 1), ("hotel", 2), ("office", 0)]

    @Test("real maps give the graphs of Open-RMF's generator to a micrometre", arguments: graphs)
    func real(map: String, index: Int) throws {
        let ours = try BuildingFile(path: "\(realMaps)/\(map).building.yaml").navigationGraph(index)
        let vertices = try YAMLReader.read(path: "\(realMaps)/nav_graphs/\(map)/\(index).yaml") { root in
            _ = root.entries()
            #expect(root.required("building_name").string() == ours.buildingName)
            compareDoors(root.required("doors"), ours)
            compareLifts(root.required("lifts"), ours)
            let levels = root.required("levels").entries()
            #expect(levels.map(\.key) == ours.levels.map(\.id.rawValue))
            for (level, theirs) in zip(ours.levels, levels) { compare(theirs.value, level) }
            return ours.levels.reduce(0) { $0 + $1.vertices.count }
        }
        #expect(vertices > 0)
    }

    @Test("a graph that nothing is drawn in is empty")
    func empty() throws {
        let graph = try BuildingFile(path: "\(realMaps)/office.building.yaml").navigationGraph(7)
        #expect(graph.levels.allSatisfy { $0.lanes.isEmpty && $0.vertices.isEmpty })
        #expect(graph.doors.count == 3)
    }

    private func near(_ a: Point2D, _ x: Double, _ y: Double) -> Bool { a.distance(to: Point2D(x, y)) < 1e-6 }

    private func compare(_ theirs: Field, _ level: NavigationGraph.Level) {
        let vertices = theirs.required("vertices").list()
        #expect(vertices.count == level.vertices.count)
        for (vertex, field) in zip(level.vertices, vertices) {
            let parts = field.list()
            #expect(near(vertex.position, parts[0].double(), parts[1].double()))
            var expected: [String: String] = [:]
            for (key, value) in parts[2].entries() { expected[key] = value.stringOrEmpty() }
            var ours = vertex.parameters.mapValues(\.description)
            ours["name"] = vertex.name
            ours["lift"] = vertex.lift?.rawValue
            #expect(ours == expected)
        }
        let lanes = theirs.required("lanes").list()
        #expect(lanes.count == level.lanes.count)
        for (graphLane, field) in zip(level.lanes, lanes) {
            let parts = field.list()
            let lane = graphLane.lane
            #expect(lane.from == parts[0].int() && lane.to == parts[1].int())
            var expected: [String: String] = [:]
            for (key, value) in parts[2].entries() { expected[key] = value.stringOrEmpty() }
            var ours: [String: String] = [:]
            ours["door_name"] = lane.door?.rawValue
            ours["orientation_constraint"] = lane.orientation?.rawValue
            ours["speed_limit"] = lane.speedLimit.map { "\($0)" }
            ours["mutex"] = lane.extras.mutex
            ours["dock_name"] = lane.extras.dock
            ours["undock_name"] = lane.extras.undock
            if !graphLane.isBidirectional { ours["is_bidirectional"] = "false" }
            #expect(ours == expected)
        }
    }

    private func compareDoors(_ theirs: Field, _ ours: NavigationGraph) {
        let doors = theirs.entries()
        #expect(doors.count == ours.doors.count)
        for (name, field) in doors {
            let door = ours.doors[DoorID(name)]
            let ends = field.required("endpoints").list { $0.doubles(count: 2) }
            #expect(door.map { near($0.a, ends[0][0], ends[0][1]) && near($0.b, ends[1][0], ends[1][1]) } == true)
            #expect(door?.level.rawValue == field.required("map").string())
        }
    }

    private func compareLifts(_ theirs: Field, _ ours: NavigationGraph) {
        let lifts = theirs.entries()
        #expect(lifts.count == ours.lifts.count)
        for (name, field) in lifts {
            let lift = ours.lifts[LiftID(name)]
            let position = field.required("position").doubles(count: 3)
            let size = field.required("dims").doubles(count: 2)
            #expect(lift.map { near($0.pose.position, position[0], position[1]) } == true)
            #expect(lift?.pose.yaw == position[2])
            #expect(lift?.width == size[0] && lift?.depth == size[1])
        }
    }
}
