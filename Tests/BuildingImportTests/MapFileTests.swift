import BuildingImport
import BuildingMap
import RobotModel
import StructuredText
import Testing

/// Every format is told from its content, and gives the building that it describes.
struct MapFileTests {
    private func read(_ text: String, graph: Int = 0) throws -> (building: Building, warnings: [RobotError]) {
        var warnings: [RobotError] = []
        let map = try MapFile(file: "map", bytes: Array(text.utf8), graph: graph, warnings: &warnings)
        return (map.building(graph: graph), warnings)
    }

    private func problems(_ text: String, _ old: String, _ new: String) throws -> [RobotError] {
        let changed = text.replacing(old, with: new)
        try #require(changed != text, "the change changes nothing")
        return try #require(throws: FileProblems.self) { _ = try read(changed) }.errors
    }

    @Test("a file is recognised by what is in it, whatever its name")
    func recognised() throws {
        try withFolder { folder in
            let texts = [
                (BuildingFileTests.good, "small"), (MapFormats.navigationGraph, "small"),
                (MapFormats.layout, "two floors"), (MapFormats.routeGraph, "corridor"),
            ]
            for (text, name) in texts {
                try write(text, folder + "/a.map")
                #expect(try readMap(at: folder + "/a.map").name == name)
            }
            try write(
                "{\"name\": \"flow\", \"levels\": {\"L\": {\"vertices\": []}}, coordinate_system: cartesian_meters}",
                folder + "/flow")
            #expect(try readMap(at: folder + "/flow").name == "flow")
            #expect(try readMap(at: riverside).levels.allSatisfy { $0.occupancy != nil })
        }
    }

    @Test("a navigation graph gives lanes with all that they say, doors, and lifts with a door where a lane enters")
    func navigationGraph() throws {
        let building = try read(MapFormats.navigationGraph).building
        let level = building.levels[0]
        #expect(level.lanes.map(\.door) == ["front", "front"])
        #expect(level.lanes.map(\.orientation) == [.forward, .backward])
        #expect(level.lanes.map(\.speedLimit) == [0.5, 0.5])
        #expect(level.places["start"]?.isCharger == true && level.vertices[1].lift == "lift")
        #expect(building.levels[1].lanes[0].extras == LaneExtras(mutex: "narrow", dock: "bay"))
        #expect(building.doors["front"]?.width == 2)
        let lift = try #require(building.lifts["lift"])
        #expect(lift.width == 2 && lift.depth == 3)
        let entry = try #require(lift.doors["L1"]?.first)
        #expect(abs(entry.a.x - 4) < 1e-9 && abs(entry.b.x - 4) < 1e-9 && abs(entry.segment.middle.y + 5) < 1e-9)
        let exit = try #require(lift.doors["L2"]?.first)
        #expect(abs(exit.a.x - 6) < 1e-9)
        #expect(building.levelOrder == ["L1", "L2"])
    }

    @Test("an older graph without doors and lifts gets both where its lanes name them")
    func olderGraph() throws {
        let text = """
            building_name: old
            levels:
              L1:
                vertices: [[0, 0, {name: a}], [4, 0, {name: ""}], [8, 0, {name: "", lift: car}]]
                lanes: [[0, 1, {door_name: gate}], [1, 2, {}]]
            """
        let building = try read(text).building
        let door = try #require(building.doors["gate"])
        #expect(door.segment.middle.distance(to: Point2D(2, 0)) < 1e-9 && abs(door.a.x - door.b.x) < 1e-9)
        let lift = try #require(building.lifts["car"])
        #expect(lift.pose.position.distance(to: Point2D(8, 0)) < 1e-9 && lift.doors["L1"]?.count == 1)
    }

    @Test("mistakes in a navigation graph are told with their lines")
    func brokenGraph() throws {
        let graph = MapFormats.navigationGraph
        #expect(try problems(graph, "- [1, 0, {", "- [2, 0, {").first?.location?.line == 14)
        #expect(try problems(graph, "name: end", "name: start").first?.what.contains("used twice") == true)
        #expect(
            try problems(graph, "  lift:\n    dims", "  other:\n    dims").first?.what.contains("not declared") == true)
        let shifted = try problems(graph, "- [5.0, -5.0, {lift", "- [5.11, -5.0, {lift")
        #expect(shifted.first?.what.contains("11 cm") == true && shifted.first?.location?.line == 24)
    }

    @Test("a layout's transitions become a lift, its vehicle type picks the edges, a station is a place")
    func layout() throws {
        let (building, warnings) = try read(MapFormats.layout)
        #expect(building.levels.map(\.id) == ["1", "2"])
        #expect(building.levels[0].elevation < building.levels[1].elevation)
        #expect(building.levels[1].elevation == Building.assumedStoreyHeight && warnings.isEmpty)
        let upper = building.levels[1]
        #expect(upper.lanes.map { [$0.from, $0.to] } == [[0, 1], [1, 0]])
        #expect(upper.lanes.map(\.speedLimit) == [0.6, nil])
        #expect(upper.lanes.map(\.orientation) == [nil, .backward])
        #expect(building.levels[0].lanes.map(\.orientation) == [.forward, nil])
        #expect(building.lifts.keys.map(\.rawValue) == ["lift_U1"])
        #expect(building.cabinVertex(of: "lift_U1", on: "1") == 1)
        #expect(building.cabinVertex(of: "lift_U1", on: "2") == 0)
        let kitchen = try #require(building.place("kitchen"))
        #expect(kitchen.level == "2" && kitchen.place.vertex == 1 && kitchen.place.yaw == 1.5)
        #expect(kitchen.place.isCharger)
        let big = try read(MapFormats.layout, graph: 1).building
        #expect(big.levels.map(\.lanes.count) == [0, 1] && big.lifts.isEmpty)
    }

    @Test("layouts with frames of their own give a lift with a door on each level, and a warning")
    func ownFrames() throws {
        let text = MapFormats.layout.replacing("{\"x\": 5, \"y\": 0.04}", with: "{\"x\": 12.4, \"y\": 3.4}").replacing(
            "{\"x\": 9.5, \"y\": 0}", with: "{\"x\": 12.0, \"y\": 3.4}")
        let (building, warnings) = try read(text)
        #expect(warnings.map(\.what).first?.contains("U1, G2 of one lift are 8.14 m apart") == true)
        let lift = try #require(building.lifts["lift_U1"])
        // The way out leads west, on the upper level to a waypoint that is still in the car.
        for (level, cabin) in [("1", Point2D(5, 0)), ("2", Point2D(12.4, 3.4))] {
            let door = try #require(lift.doors[LevelID(level)]?.first)
            #expect(door.segment.middle.distance(to: cabin - Point2D(lift.width / 2, 0)) < 1e-9, "level \(level)")
        }
    }

    @Test("the draft of LIF 2.0 is told apart")
    func draft() throws {
        let errors = try #require(throws: FileProblems.self) {
            _ = try read("{\"metaInformation\": {}, \"origins\": []}")
        }.errors
        #expect(errors.count == 1 && errors[0].what.contains("2.0") && errors[0].expected == "LIF 1.0.0")
    }

    @Test("mistakes in a layout are told with line and column")
    func brokenLayout() throws {
        let missing = try problems(MapFormats.layout, "\"endNodeId\": \"U2\"", "\"endNodeId\": \"U9\"")
        #expect(missing.map(\.what) == ["there is no node 'U9'"])
        #expect(missing[0].location == SourceLocation(file: "map", line: 16, column: 60))
        #expect(
            try problems(MapFormats.layout, "\"nodeId\": \"G2\"", "\"nodeId\": \"U2\"").contains {
                $0.what.contains("twice")
            })
        #expect(try problems(MapFormats.layout, "{\"x\": 0, \"y\": 0}", "{\"x\": 0}")[0].what.contains("no 'y'"))
        #expect(try problems(MapFormats.layout, "[\"U2\"]}", "[\"U2\"]")[0].what.contains("not JSON"))
    }

    @Test("a route graph gives places by id, directed lanes and their limits")
    func routeGraph() throws {
        let building = try read(MapFormats.routeGraph).building
        let level = building.levels[0]
        #expect(level.id == "map" && level.places.keys.sorted() == ["0", "1", "70000"])
        #expect(level.vertices[1].position == Point2D(2.5, -0.1))
        #expect(level.vertices[1].parameters == ["class": "kitchen", "seats": "4"])
        #expect(level.lanes.map { [$0.from, $0.to] } == [[0, 1], [1, 0], [1, 2], [2, 1]])
        #expect(level.lanes.map(\.speedLimit) == [0.4, nil, nil, nil])
        #expect(level.lanes[2].extras.speedShare == 0.6)
    }

    @Test("mistakes in a route graph are told with line and column")
    func brokenRouteGraph() throws {
        let unknown = try problems(MapFormats.routeGraph, "\"endid\": 70000", "\"endid\": 7")
        #expect(unknown.map(\.what) == ["there is no node 7"] && unknown[0].location?.line == 16)
        #expect(try problems(MapFormats.routeGraph, "\"id\": 70000}", "\"id\": 1}")[0].what.contains("twice"))
        #expect(try problems(MapFormats.routeGraph, "[2.5, 4]}", "[2.5]}")[0].expected?.contains("two numbers") == true)
        #expect(
            try problems(MapFormats.routeGraph, "\"id\": 70000}", "\"id\": 70000, \"frame\": \"odom\"}")[0].what
                .contains("frame"))
        #expect(
            try problems(MapFormats.routeGraph, "\"speed_limit\": 60", "\"speed_limit\": 160")[0].what.contains("160"))
    }

    @Test("a speed limit that nobody drives at is refused with its place in every format, and 0 is none")
    func slowestLimit() throws {
        let formats: [(text: String, old: String, key: String, line: Int)] = [
            (BuildingFileTests.good, "[4, false], ", "speed_limit: [3, #], ", 28),
            (MapFormats.navigationGraph, "is_bidirectional: false, ", "speed_limit: #, ", 22),
            (MapFormats.layout, "\"maxSpeed\": 0.6", "\"maxSpeed\": #", 17),
            (MapFormats.routeGraph, "\"abs_speed_limit\": 0.4", "\"abs_speed_limit\": #", 11),
        ]
        for (text, old, key, line) in formats {
            // What stands in braces without a value of its own stays beside the limit.
            let rest = old.hasSuffix(", ") ? old : ""
            for limit in ["1e-20", "0.0099"] {
                let found = try problems(text, old, rest + key.replacing("#", with: limit))
                #expect(found.map(\.location?.line) == [line], "\(found)")
                #expect(found[0].what.contains(limit) && found[0].expected?.contains("0.01") == true, "\(found)")
            }
            let slow = try read(text.replacing(old, with: rest + key.replacing("#", with: "0.01"))).building
            #expect(slow.levels.flatMap(\.lanes).contains { $0.speedLimit == 0.01 })
            let none = try read(text.replacing(old, with: rest + key.replacing("#", with: "0"))).building
            #expect(!none.levels.flatMap(\.lanes).contains { $0.speedLimit == 0 })
        }
        let share = try problems(MapFormats.routeGraph, "\"speed_limit\": 60", "\"speed_limit\": 1e-9")
        #expect(share.count == 1 && share[0].expected?.contains("1 to 100") == true)
    }

    @Test("a place further away than anything on Earth is refused with its place in the file, in every format")
    func farthest() throws {
        let formats: [(text: String, old: String, new: String, line: Int)] = [
            (BuildingFileTests.good, "[10, 50, 0, start]", "[#, 50, 0, start]", 10),
            (BuildingFileTests.good, "    x: 50\n", "    x: #\n", 31),
            (BuildingFileTests.good, "elevation: 4", "elevation: #", 22),
            (MapFormats.navigationGraph, "[1.0, -5.0, {name", "[1.0, #, {name", 16),
            (MapFormats.navigationGraph, "[2.0, -4.0]", "[2.0, #]", 5),
            (MapFormats.navigationGraph, "[5.0, -5.0, 0.0]", "[5.0, #, 0.0]", 29),
            (MapFormats.layout, "\"x\": 9.5", "\"x\": #", 11),
            (MapFormats.routeGraph, "\"coordinates\": [2.5, 4]}", "\"coordinates\": [#, 4]}", 9),
        ]
        for (text, old, new, line) in formats {
            // In the drawings of the building file, ten units are a metre.
            for far in ["-1.1e9", "1e20", "1e300"] {
                let found = try problems(text, old, new.replacing("#", with: far))
                #expect(
                    found.contains {
                        $0.location?.line == line && $0.expected?.contains("100000000.0") == true
                    }, "\(found)")
            }
        }
        let far = MapFormats.routeGraph.replacing("[2.5, 4]}", with: "[6.1e7, 4]}")
        #expect(try read(far).building.levels[0].vertices[2].position.x == 6.1e7, "a zone's number before the easting")
    }

    @Test("a place that no lane leads to, or away from, is a warning with its line, in every format")
    func unreachable() throws {
        func warnings(_ text: String) throws -> [String] {
            try read(text).warnings.map { "\($0.location?.line ?? 0): \($0.what)" }
        }
        #expect(
            try warnings(MapFormats.navigationGraph) == [
                "25: place 'end' cannot be used: no lane leads away from there"
            ])
        let alone = BuildingFileTests.good.replacing(
            "    lanes:\n      - [0, 1, {bid", with: "    lanes:\n      - [1, 0, {bid")
        #expect(
            try warnings(BuildingFileTests.good) == [
                "26: place 'end' of graph 0 cannot be used: no lane leads away from there"
            ])
        #expect(try warnings(alone) == ["26: place 'end' of graph 0 cannot be used: no lane leads there"])
        let route = MapFormats.routeGraph.replacing(
            "\"startid\": 70000, \"endid\": 1", with: "\"startid\": 0, \"endid\": 1")
        #expect(try warnings(route) == ["8: node 70000 cannot be used: no lane leads away from there"])
        let layout = MapFormats.layout.replacing(
            "\"startNodeId\": \"G1\", \"endNodeId\": \"G2\"", with: "\"startNodeId\": \"G2\", \"endNodeId\": \"G1\"")
        #expect(try warnings(layout).last == "28: node 'G1' cannot be used: no lane leads away from there")
    }

    @Test("a vertex that names a lift in whose car it does not lie is a warning: where it lies is what counts")
    func cabins() throws {
        let outside = BuildingFileTests.good.replacing(
            "[10, 50, 0, start]", with: "[10, 50, 0, start, {lift_cabin: [1, lift]}]")
        let (building, warnings) = try read(outside)
        #expect(building.levels[0].vertices[0].lift == nil)
        #expect(
            warnings.contains {
                $0.what == "lift_cabin is 'lift', but the vertex lies in no lift's car" && $0.location?.line == 10
            })
        let unknown = BuildingFileTests.good.replacing("{lift_cabin: [1, lift]}", with: "{lift_cabin: [1, left]}")
        #expect(try read(unknown).warnings.contains { $0.what == "lift_cabin is 'left', which is no lift" })
    }

    @Test("every level's waypoints are strung to a lift's in the order of the file, as Open-RMF reads it")
    func order() throws {
        let turned = MapFormats.navigationGraph.replacing("  L1:", with: "  L9:").replacing("map: L1", with: "map: L9")
        #expect(try read(turned).building.levelOrder == ["L9", "L2"])
        #expect(try read(BuildingFileTests.good).building.levelOrder == ["L1", "L2"])
    }

    @Test("no map makes it crash: right ones with some bytes changed give a building that can be drawn, or problems")
    func garbage() {
        var random = SeededRandom(seed: 17)
        let alphabet = Array("{}[]\",:'- \n0123456789.eE+xL~#".utf8) + [0, 0xC3]
        let texts = [BuildingFileTests.good, MapFormats.navigationGraph, MapFormats.layout, MapFormats.routeGraph]
        var read = 0
        for round in 0..<1200 {
            var bytes = Array(texts[round % texts.count].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[place] = alphabet.randomElement(using: &random)!
                case 1: bytes.insert(alphabet.randomElement(using: &random)!, at: place)
                default: bytes.removeSubrange(place..<min(place + Int.random(in: 1...9, using: &random), bytes.count))
                }
            }
            var warnings: [RobotError] = []
            do throws(FileProblems) {
                let building = try MapFile(file: "map", bytes: bytes, warnings: &warnings).building()
                read += 1
                #expect(warnings.count <= 600)
                #expect(building.renderSVG()?.hasSuffix("</svg>\n") ?? true)
            } catch {
                #expect(!error.errors.isEmpty)
            }
        }
        #expect(read > 100, "most of a map's bytes are not its syntax")
    }
}
