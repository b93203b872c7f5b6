import BuildingImport
import BuildingMap
import Foundation
import RobotModel
import StructuredText
import Testing

/// What is written in Open-RMF's form is what was read, and what Python's YAML makes of it is what Open-RMF wrote.
struct NavigationGraphYAMLTests {
    private func read(_ text: String) throws -> NavigationGraph {
        var warnings: [RobotError] = []
        return try NavigationGraph(file: "graph", text: text, warnings: &warnings)
    }

    private func expectSame(_ a: NavigationGraph, _ b: NavigationGraph) {
        #expect(a.buildingName == b.buildingName && a.crsName == b.crsName && a.offset == b.offset)
        #expect(Set(a.levels.map(\.id)) == Set(b.levels.map(\.id)))
        for level in a.levels {
            let other = b.levels.first { $0.id == level.id }
            #expect(other?.vertices == level.vertices && other?.lanes == level.lanes)
        }
        #expect(a.doors.mapValues { [$0.a, $0.b] } == b.doors.mapValues { [$0.a, $0.b] })
        #expect(
            a.lifts.mapValues { [$0.width, $0.depth, $0.pose.yaw] }
                == b.lifts.mapValues { [$0.width, $0.depth, $0.pose.yaw] })
    }

    @Test("a graph that is written is read again as it was")
    func roundTrip() throws {
        let graph = try read(MapFormats.navigationGraph)
        expectSame(graph, try read(graph.yaml()))
        #expect(try read(graph.yaml()).yaml() == graph.yaml())
    }

    @Test(
        "names that YAML would take for something else keep their text",
        arguments: [
            "a: b", "#1", "- x", "yes", "null", "1e3", "12:30", "0x1f", "it's", "a, b", "{x}", " x", "x ", "x:", "~",
            "2024-01-01", "\"q\"", "tab\tx", "ünï", "=", "*a", "&a", "!t", "%", "@", "`", "|", ">", "?", "a #b", "1_0",
        ])
    func names(_ name: String) throws {
        var graph = try read(MapFormats.navigationGraph)
        graph.levels[0].vertices[0].name = name
        graph.levels[1].lanes[0].lane.extras.mutex = name
        graph.buildingName = name
        expectSame(graph, try read(graph.yaml()))
    }

    @Test("numbers are written so that the same number is read")
    func numbers() throws {
        var graph = try read(MapFormats.navigationGraph)
        for number in [0.1, 1e-7, -1e-300, 1e22, 123456.789012345678, -0.0] {
            // 1e22 is no place, but a parameter may say it.
            if number < 1e8 { graph.levels[0].vertices[0].position.x = number }
            graph.levels[0].vertices[0].parameters["note"] = .double(number)
            let text = graph.yaml()
            #expect(try read(text).levels[0].vertices[0] == graph.levels[0].vertices[0])
            #expect(!text.contains("1e"), "YAML 1.1 wants a point before the exponent")
        }
    }

    @Test("a name of digits without quotes stays a number, one in quotes stays text")
    func digits() throws {
        let text = MapFormats.navigationGraph.replacing("name: start", with: "name: 101").replacing(
            "name: end", with: "name: '102'")
        let yaml = try read(text).yaml()
        #expect(yaml.contains("name: 101}") && yaml.contains("name: '102'}"))
    }

    @Test(
        "a building in metres, written and read, gives the same graphs",
        .enabled(if: haveRealMaps, "needs ../shared/data/maps"))
    func metres() throws {
        for (map, graphs) in [("hotel", [0, 1, 2]), ("office", [0])] {
            let drawn = try BuildingFile(path: "\(realMaps)/\(map).building.yaml")
            let metric = try BuildingFile(file: map, text: drawn.yamlInMeters())
            for index in graphs {
                var expected = drawn.navigationGraph(index)
                expected.offset = Point2D(0, 0)
                expectSame(expected, metric.navigationGraph(index))
            }
            let (a, b) = (drawn.building(), metric.building())
            #expect(
                a.levels.map(\.walls) == b.levels.map(\.walls) && a.levels.map(\.elevation) == b.levels.map(\.elevation)
            )
            #expect(a.lifts == b.lifts && a.doors == b.doors)
        }
    }

    @Test(
        "what Python's YAML reads is what Open-RMF's generator wrote, to a micrometre",
        .enabled(if: haveRealMaps, "needs ../shared/data/maps"), .enabled(if: pythonHasYAML, "python3 has no PyYAML"),
        arguments: [("hotel", 0), ("hotel", 1), ("hotel", 2), ("office", 0)])
    func peer(map: String, index: Int) throws {
        let graph = try BuildingFile(path: "\(realMaps)/\(map).building.yaml").navigationGraph(index)
        try withFolder { folder in
            try write(graph.yaml(), folder + "/ours.yaml")
            let theirs = "\(realMaps)/nav_graphs/\(map)/\(index).yaml"
            let said = try runPython([peers + "/compare_graphs.py", folder + "/ours.yaml", theirs])
            #expect(said == "same\n")
            // The comparison is one: it sees a waypoint that is two micrometres beside itself.
            var moved = graph
            moved.levels[0].vertices[0].position.x += 2e-6
            try write(moved.yaml(), folder + "/moved.yaml")
            let complaint = try runPython([peers + "/compare_graphs.py", folder + "/moved.yaml", theirs])
            #expect(complaint.contains("levels.L1.vertices[0][0]"))
        }
    }

    @Test("a large graph is read without a tree of nodes, and is the same as with one", arguments: [true, false])
    func large(blockStyle: Bool) throws {
        let text = largeGraph(blockStyle: blockStyle)
        #expect(text.utf8.count > 1 << 18)
        // A comment in each list keeps it from being plain.
        let commented = text.replacing("    vertices:\n", with: "    vertices:\n    # by hand\n").replacing(
            "    lanes:\n", with: "    lanes:\n    # by hand\n")
        let (quick, slow) = (try read(text), try read(commented))
        #expect(quick.levels.map(\.lanes.count) == [3_000, 3_000])
        expectSame(quick, slow)
    }

    @Test("a mistake in a large graph is told with its line")
    func largeMistake() throws {
        let text = largeGraph(blockStyle: false)
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex {
            $0.contains("[700, 701,")
        }
        let number = try #require(line) + 1
        let broken = text.replacing("[700, 701,", with: "[700, 99999,")
        let errors = try #require(throws: FileProblems.self) { _ = try read(broken) }.errors
        #expect(errors.count == 2 && errors[0].location?.line == number)
        let slow = text.replacing("speed_limit: 1,", with: "speed_limit: 1e-9,")
        #expect(try #require(throws: FileProblems.self) { _ = try read(slow) }.errors[0].what.contains("1e-09 m/s"))
        let far = text.replacing("[5.1, -1", with: "[5e9, -1")
        #expect(try #require(throws: FileProblems.self) { _ = try read(far) }.errors[0].what.contains("5000000000.0 m"))
        let twice = text.replacing("name: L1_5,", with: "name: L1_6,")
        #expect(try #require(throws: FileProblems.self) { _ = try read(twice) }.errors[0].what.contains("twice"))
    }

    /// Two levels with a corridor of 3000 waypoints each.
    private func largeGraph(blockStyle: Bool) -> String {
        func item(_ a: String, _ b: String, _ entries: String) -> String {
            blockStyle ? "    - - \(a)\n      - \(b)\n      - {\(entries)}\n" : "    - [\(a), \(b), {\(entries)}]\n"
        }
        var text =
            "building_name: long\ndoors:\n  gate:\n    endpoints:\n    - [0.5, 1.0]\n    - [0.5, -1.0]\n    map: L1\nlevels:\n"
        for level in ["L1", "L2"] {
            text += "  \(level):\n    lanes:\n"
            for index in 0..<3_000 {
                text += item(
                    "\(index)", "\((index + 1) % 3_000)",
                    index == 0
                        ? "door_name: gate, speed_limit: 0.5, mutex: m, is_bidirectional: false, dock_name: ''"
                        : index == 7 ? "speed_limit: 1, orientation_constraint: backward, undock_name: d" : "")
            }
            text += "    vertices:\n"
            for index in 0..<3_000 {
                let more = index == 3 ? "is_charger: true, spawn_robot_name: 'a b', " : index == 9 ? "lift: car, " : ""
                let x = index == 9 ? 9.25 : Double(index) * 0.25 + 0.1
                text += item("\(x)", "-1.0e-2", "\(more)name: \(level)_\(index), note: 7")
            }
        }
        return text + "lifts:\n  car:\n    dims: [2.0, 2.0]\n    position: [9.0, 0.0, 0.0]\n"
    }
}

private let peers = projectFolder + "/Tests/BuildingImportTests/Peers"
private let pythonHasYAML = (try? runPython(["-c", "import yaml; print(yaml.__version__)"]))?.isEmpty == false

/// What Python says on standard output.
private func runPython(_ arguments: [String]) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
}
