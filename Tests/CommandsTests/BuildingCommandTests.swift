import Foundation
import Testing

@Suite("Building command", .enabled(if: Program(name: "doorstep").isBuilt, "doorstep has not been built"))
struct BuildingCommandTests {
    private let doorstep = Program(name: "doorstep")

    /// A corridor of three waypoints, the last of which cannot be left; a vertex has an unknown key.
    private let map = """
        name: corridor
        coordinate_system: cartesian_meters
        levels:
          L1:
            vertices: [[0, 0, 0, a], [4, 0, 0, "", {is_charge: [4, true]}], [8, 0, 0, b]]
            lanes: [[0, 1, {bidirectional: [4, true]}], [1, 2, {graph_idx: [2, 0]}]]
        """

    private func withMap(_ text: String, _ body: (String) async throws -> Void) async throws {
        let file = Program.file(text, name: "corridor.building.yaml")
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }

    @Test("what is odd is a warning, and an error when asked to be strict")
    func strict() async throws {
        try await withMap(map) { path in
            for arguments in [["building", "validate", path], ["validate", "building", path]] {
                let outcome = try await doorstep.run(arguments)
                #expect(outcome.code == 0 && outcome.out.hasPrefix("ok: building corridor, 1 levels, 2 places"))
                #expect(outcome.out.contains("graph 0 with 3 waypoints and 3 lanes"))
                #expect(outcome.err.contains("warning: ") && outcome.err.contains(":5:"), "\(outcome.err)")
                #expect(outcome.err.contains("did you mean 'is_charger'?"))
                #expect(outcome.err.contains("place 'b' of graph 0 cannot be used: no lane leads away from there"))
            }
            let strict = try await doorstep.run(["building", "validate", path, "--strict"])
            #expect(strict.code == 1 && strict.out.isEmpty && strict.err.contains("'is_charge' of a vertex"))
        }
    }

    @Test("a wrong map is told with line and column")
    func wrong() async throws {
        try await withMap(map.replacingOccurrences(of: "[0, 1, {bi", with: "[0, 7, {bi")) { path in
            let outcome = try await doorstep.run(["building", "validate", path])
            #expect(outcome.code == 1 && outcome.out.isEmpty)
            #expect(
                outcome.err.contains("corridor.building.yaml:6:17: ") && outcome.err.contains("0 to 2"),
                "\(outcome.err)")
        }
    }

    @Test("a graph is printed in Open-RMF's form")
    func graph() async throws {
        try await withMap(map) { path in
            let outcome = try await doorstep.run(["building", "graph", path, "--index", "0"])
            let expected = """
                building_name: corridor
                doors: {}
                levels:
                  L1:
                    lanes:
                    - - 0
                      - 1
                      - {}
                    - - 1
                      - 0
                      - {}
                    - - 1
                      - 2
                      - {is_bidirectional: false}
                    vertices:
                    - - 0.0
                      - 0.0
                      - {name: a}
                    - - 4.0
                      - 0.0
                      - {is_charge: true, name: ''}
                    - - 8.0
                      - 0.0
                      - {name: b}
                lifts: {}
                offset: [0.0, 0.0]

                """
            #expect(outcome.code == 0 && outcome.out == expected, "\(outcome.out)")
            let empty = try await doorstep.run(["building", "graph", path, "--index", "3"])
            #expect(empty.err.contains("graph 3 has no lanes; drawn are: 0"))
            let outside = try await doorstep.run(["building", "graph", path, "--index", "10"])
            #expect(outside.code != 0 && outside.err.contains("0 to 9"))
        }
    }

    @Test("all levels are drawn in one picture, with a route through the lift")
    func draws() async throws {
        let site = Program.repository("BoardConfigs/sites/riverside")
        let outcome = try await doorstep.run(["building", "render", site, "--from", "kerb", "--to", "suite_301"])
        for level in ["L1", "L2", "L3"] { #expect(outcome.out.contains(">\(level)   ")) }
        #expect(outcome.out.contains(">lift_1: L1 to L3</text>"))
    }

    @Test(
        "a picture becomes a PNG",
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: "/usr/bin/rsvg-convert"), "librsvg2-bin is not installed"))
    func paints() async throws {
        let png = FileManager.default.temporaryDirectory.appending(path: "doorstep-\(UUID().uuidString).png")
        defer { try? FileManager.default.removeItem(at: png) }
        let site = Program.repository("BoardConfigs/sites/riverside")
        let outcome = try await doorstep.run(["building", "render", site, "--png", png.path])
        #expect(outcome.code == 0, "\(outcome.err)")
        #expect(try Data(contentsOf: png).starts(with: [0x89, 0x50, 0x4E, 0x47]))
    }

    @Test("a map in pixels is converted into metres, which are not written over a file that is there")
    func converts() async throws {
        let out = FileManager.default.temporaryDirectory.appending(path: "doorstep-\(UUID().uuidString).building.yaml")
        defer { try? FileManager.default.removeItem(at: out) }
        let drawn = Program.repository("BoardConfigs/sites/riverside/riverside.building.yaml")
        let outcome = try await doorstep.run(["building", "convert", drawn, "--out", out.path])
        #expect(outcome.code == 0, "\(outcome.err)")
        let graphs = try await [drawn, out.path].asyncMap { path in
            try await doorstep.run(["building", "graph", path]).out.split(separator: "\n").count
        }
        #expect(graphs[1] == graphs[0] + 1, "the offset is one line more")
        let again = try await doorstep.run(["building", "convert", drawn, "--out", out.path])
        #expect(again.code == 1 && again.err.contains("may be there already"))
    }
}

extension Array {
    fileprivate func asyncMap<Result>(_ transform: (Element) async throws -> Result) async throws -> [Result] {
        var results: [Result] = []
        for element in self { results.append(try await transform(element)) }
        return results
    }
}
