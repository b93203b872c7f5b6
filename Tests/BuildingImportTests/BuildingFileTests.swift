import BuildingImport
import BuildingMap
import RobotModel
import StructuredText
import Testing

/// Wrong building files: each is refused with its place, what was expected, and where it helps a hint.
struct BuildingFileTests {
    /// Two levels, a door, a lift; right in itself.
    static let good = """
        name: small
        levels:
          L1:
            elevation: 0
            fiducials: [[0, 0, one], [100, 0, two]]
            measurements: [[0, 1, {distance: [3, 10]}]]
            vertices:
              - [0, 0, 0, ""]
              - [100, 0, 0, ""]
              - [10, 50, 0, start]
              - [50, 50, 0, "", {lift_cabin: [1, lift]}]
              - [20, 40, 0, ""]
              - [20, 60, 0, ""]
            lanes:
              - [2, 3, {bidirectional: [4, true], graph_idx: [2, 0], orientation: [1, forward]}]
            doors:
              - [4, 5, {name: [1, front], type: [1, double_sliding], texture_name: [1, glass]}]
            walls:
              - [0, 1, {texture_name: [1, glass]}]
              - [1, 5, {texture_name: [1, brick]}]
          L2:
            elevation: 4
            fiducials: [[0, 0, one], [100, 0, two]]
            vertices:
              - [50, 50, 0, ""]
              - [90, 50, 0, end, {yaw: [3, 1.5], is_charger: [4, true]}]
            lanes:
              - [0, 1, {bidirectional: [4, false], graph_idx: [2, 0]}]
        lifts:
          lift:
            reference_floor_name: L1
            x: 50
            y: 50
            yaw: 0
            width: 2
            depth: 3
            level_doors: {L1: [west], L2: [east]}
            doors:
              west: {x: -1, y: 0, width: 1.2, motion_axis_orientation: 1.57079632679}
              east: {x: 1, y: 0, width: 1.2, motion_axis_orientation: 1.57079632679}
        """

    private func problems(_ change: (String, String)) throws -> [RobotError] {
        let text = Self.good.replacing(change.0, with: change.1)
        try #require(text != Self.good, "the change changes nothing")
        do {
            _ = try BuildingFile(file: "small.building.yaml", text: text)
            return []
        } catch {
            return error.errors
        }
    }

    @Test("a right file gives levels, lanes both ways, doors, glass, lift doors and headings")
    func right() throws {
        let building = try BuildingFile(file: "small.building.yaml", text: Self.good).building()
        #expect(building.levels.map(\.id) == ["L1", "L2"])
        #expect(building.levels[0].lanes.map { [$0.from, $0.to] } == [[0, 1], [1, 0]])
        #expect(building.levels[1].lanes.map { [$0.from, $0.to] } == [[0, 1]])
        #expect(building.levels[0].lanes[0].door == "front")
        let door = try #require(building.doors["front"])
        #expect(door.isGlass && door.kind == .doubleSliding && abs(door.width - 2) < 1e-9)
        #expect(building.levels[0].walls.map(\.material) == [.glass, .solid])
        #expect(building.levels[0].vertices[1].lift == "lift" && building.levels[1].vertices[0].lift == "lift")
        let lift = try #require(building.lifts["lift"])
        #expect(lift.pose.position.distance(to: Point2D(5, -5)) < 1e-9)
        let posts = try #require(lift.doors["L1"]?.first)
        #expect(posts.a.distance(to: Point2D(4, -5.6)) < 1e-6 && posts.b.distance(to: Point2D(4, -4.4)) < 1e-6)
        let end = try #require(building.place("end"))
        #expect(end.level == "L2" && end.place.yaw == 1.5 && end.place.isCharger)
    }

    @Test("the reverse of a lane that must be driven forward is driven backward")
    func orientation() throws {
        let lanes = try BuildingFile(file: "", text: Self.good).navigationGraph().levels[0].lanes
        #expect(lanes.map(\.lane.orientation) == [.forward, .backward])
    }

    /// A change to the good file, the line that the error must name, words in what it says, and in what it expects.
    static let mistakes: [(old: String, new: String, line: Int, says: String, expects: String)] = [
        ("measurements: [[0, 1, {distance: [3, 10]}]]", "", 4, "no measurement", "distance"),
        ("{distance: [3, 10]}", "{distance: [3, 0]}", 6, "measurement", "above 0"),
        (
            "fiducials: [[0, 0, one], [100, 0, two]]\n    vertices:", "fiducials: []\n    vertices:", 23, "L2 has 0",
            "two"
        ),
        ("start]", "end]", 26, "'end' is used twice", "its own"),
        ("[2, 3, {bi", "[2, 33, {bi", 15, "is 33", "0 to 5"),
        ("- [0, 1, {texture", "- [0, 6, {texture", 19, "is 6", "0 to 5"),
        ("{L1: [west], L2: [east]}", "{L1: [west], L2: []}", 37, "L2 without a door", "door"),
        ("{L1: [west], L2: [east]}", "{L1: [west], L2: [eats]}", 37, "no door 'eats'", "east"),
        ("{L1: [west], L2: [east]}", "{L1: [west], L3: [east]}", 37, "'L3' does not exist", "L1, L2"),
        ("{L1: [west], L2: [east]}", "{L1: [west]}", 25, "no door on level L2", "level_doors"),
        ("reference_floor_name: L1", "reference_floor_name: L7", 31, "'L7' does not exist", "L1, L2"),
        ("[4, true], graph", "[2, 1], graph", 15, "bidirectional", "[4, true]"),
        ("[1, forward]", "[1, sideways]", 15, "sideways", "forward"),
        ("[10, 50, 0, start]", "[10, start]", 10, "2 elements", "name"),
        ("[10, 50, 0, start]", "[ten, 50, 0, start]", 10, "'ten'", "number"),
        ("name: small", "name: small\ncoordinate_system: wgs84", 2, "world", "cartesian_meters"),
        ("name: small", "name: small\nreference_level_name: L5", 2, "does not exist", "L1, L2"),
        ("width: 2\n    depth", "depth", 31, "'width'", "width"),
        ("[3, 1.5]", "[1, north]", 26, "north", "radians"),
        ("[4, false], graph", "[4, false], speed_limit: [3, 1e-20], graph", 28, "speed_limit is '1e-20'", "0.01"),
    ]

    @Test("a mistake is told with its line, what is wrong and what was expected", arguments: 0..<mistakes.count)
    func mistake(_ index: Int) throws {
        let mistake = Self.mistakes[index]
        let found = try problems((mistake.old, mistake.new))
        let text = found.map(\.description).joined(separator: "\n")
        #expect(
            found.contains { error in
                error.location?.line == mistake.line && error.location?.file == "small.building.yaml"
                    && (error.location?.column ?? 0) > 0 && error.what.contains(mistake.says)
                    && (error.expected ?? error.hint ?? "").contains(mistake.expects)
            }, "\(text)")
    }

    @Test("a lane through two doors is refused, with both names")
    func twoDoors() throws {
        let errors = try problems(
            ("- [4, 5, {name: [1, front]", "- [4, 5, {name: [1, back]}]\n      - [4, 5, {name: [1, front]"))
        #expect(errors.map(\.what) == ["the lane crosses 2 doors: 'back', 'front'"])
        #expect(errors[0].location?.line == 15)
    }

    @Test("waypoints of a lift that stand more than 0.1 m beside one another are refused, 0.1 m are not")
    func misaligned() throws {
        let old = "- [50, 50, 0, \"\"]\n      - [90"
        let errors = try problems((old, old.replacing("[50,", with: "[51.2,")))
        #expect(errors.count == 1 && errors[0].what.contains("is 12 cm beside the one on level L1"))
        #expect(errors[0].location?.line == 25)
        #expect(try problems((old, old.replacing("[50,", with: "[50.9,"))).isEmpty)
    }

    @Test("a name may be used again in another graph, and on a vertex that no lane touches")
    func namesOfOtherGraphs() throws {
        let other =
            try problems(("graph_idx: [2, 0]}]\nlifts", "graph_idx: [2, 1]}]\nlifts"))
            + problems(
                ("[20, 60, 0, \"\"]", "[20, 60, 0, start]"))
        #expect(other.isEmpty)
        let text = Self.good.replacing("0, end,", with: "0, start,")
        #expect(throws: FileProblems.self) { _ = try BuildingFile(file: "a", text: text) }
        let apart = text.replacing("[4, false], graph_idx: [2, 0]", with: "[4, false], graph_idx: [2, 3]")
        #expect(try BuildingFile(file: "a", text: apart).graphs == [0, 3])
    }

    /// A change to the good file, the line that the warning must name, and words in it.
    static let oddities: [(old: String, new: String, line: Int, says: String, hint: String?)] = [
        ("name: small", "name: small\nlevel: 1", 2, "unknown key 'level' of the building", "'levels'"),
        ("elevation: 0", "elevaton: 0", 4, "unknown key 'elevaton' of a level", "'elevation'"),
        (
            "[10, 50, 0, start]", "[10, 50, 0, start, {is_charge: [4, true]}]", 10, "'is_charge' of a vertex",
            "'is_charger'"
        ),
        (
            "graph_idx: [2, 0], orientation", "speedlimit: [3, 1], orientation", 15, "'speedlimit' of a lane",
            "'speed_limit'"
        ),
        (
            "texture_name: [1, glass]}]\n            walls", "leaf: [1, x]}]\n            walls", 17,
            "'leaf' of a door", nil
        ),
        ("reference_floor_name: L1", "reference_flor_name: L1", 31, "of a lift", "'reference_floor_name'"),
        (
            "width: 1.2, motion_axis_orientation: 1.57079632679}\n              east",
            "width: 1.2, hight: 2}\n              east", 39, "of a lift's door", nil
        ),
        ("[2, 0], orientation", "[2, 12], orientation", 15, "graph_idx is 12", nil),
        ("[2, 3, {bi", "[2, 2, {bi", 15, "from a vertex to itself", nil),
    ]

    @Test("what is odd is a warning with its line, and the file is read all the same", arguments: 0..<oddities.count)
    func oddity(_ index: Int) throws {
        let oddity = Self.oddities[index]
        let indented = { (text: String) in text.replacing("\n        ", with: "\n") }
        let text = Self.good.replacing(indented(oddity.old), with: indented(oddity.new))
        try #require(text != Self.good, "the change changes nothing")
        var warnings: [RobotError] = []
        _ = try BuildingFile(file: "small", text: text, warnings: &warnings)
        let told = warnings.contains { warning in
            warning.location?.line == oddity.line && warning.what.contains(oddity.says)
                && (oddity.hint.map { warning.hint?.contains($0) == true } ?? true)
        }
        #expect(told, "\(warnings)")
        var none: [RobotError] = []
        _ = try BuildingFile(file: "small", text: Self.good, warnings: &none)
        #expect(none.map(\.location?.line) == [26], "the place that cannot be left")
    }

    @Test("what old and other tools write differently is read: empty sections, the old name, parameters left out")
    func otherWriters() throws {
        let text = """
            building_name: old
            parameters: ~
            graphs: {}
            crowd_sim: {enable: 0}
            levels:
              1:
                drawing: {filename: a.png}
                elevation: 2.5
                vertices:
                - [0.0, 0.0, 0.0, 101, {}]
                - [100, 0.0, 0, '']
                lanes:
                - [0, 1, {graph_idx: [2, 0], bidirectional: [4, True], speed_limit: [3, 0]}]
                - [1, 0, {}]
                measurements: [[0, 1, {distance: [3, 10]}]]
                walls: ~
                doors: []
                layers: {}
            lifts: ~
            """
        let building = try BuildingFile(file: "old", text: text).building()
        #expect(building.name == "old" && building.levels.map(\.id) == ["1"] && building.levels[0].elevation == 2.5)
        #expect(building.place("101")?.place.position == Point2D(0, 0))
        #expect(building.levels[0].lanes.map { [$0.from, $0.to] } == [[0, 1], [1, 0], [1, 0]])
        #expect(building.levels[0].lanes.allSatisfy { $0.speedLimit == nil })
    }

    @Test("several mistakes are told at once, in the order of the file")
    func several() throws {
        let text = Self.good.replacing("start]", with: "end]").replacing(
            "graph_idx: [2, 0]}", with: "graph_idx: [1, a]}")
        let error = #expect(throws: FileProblems.self) { _ = try BuildingFile(file: "f", text: text) }
        let lines = try #require(error).errors.compactMap(\.location?.line)
        #expect(lines.count == 2)
        #expect(lines == lines.sorted())
    }

    @Test("edges on a level without vertices are refused")
    func noVertices() {
        let text = "name: a\nlevels:\n  L1:\n    lanes: [[0, 1, {}]]\n    measurements: [[0, 1, {distance: [3, 1]}]]\n"
        let error = #expect(throws: FileProblems.self) { _ = try BuildingFile(file: "a", text: text + "lifts: {}\n") }
        #expect(error?.errors.contains { $0.what.contains("the level has none") } == true)
    }

    @Test("a file that is not there says so")
    func missing() {
        let error = #expect(throws: FileProblems.self) { _ = try readBuilding(at: "/nowhere/at.building.yaml") }
        #expect(error?.errors.first?.code == .unreadableFile)
    }
}
