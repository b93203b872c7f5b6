import ArgumentParser
import BuildingImport
import GeoReference
import RobotModel
import StructuredText

/// `doorstep building graph`
struct BuildingGraph: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "graph", abstract: "Prints a navigation graph of a building in Open-RMF's own YAML form.",
        discussion: """
            Waypoints and lanes equal those of Open-RMF's generator. A map in world coordinates is brought into metres
            with PROJ. Warnings go to standard error.
            """)

    @Argument(help: "A .building.yaml, a navigation graph, a LIF file or nav2's route GeoJSON.")
    var map: String

    @Option(help: "The graph's index, 0 to 9; of a LIF file the vehicle type's number.")
    var index = 0

    @Option(help: "The file to write; standard output when left out.")
    var out: String?

    func validate() throws {
        guard (0...9).contains(index) else { throw ValidationError("a graph's index is 0 to 9") }
    }

    func run() throws {
        try complaining {
            var warnings: [RobotError] = []
            let file = try MapFile(path: map, graph: index, world: .proj, warnings: &warnings)
            for warning in warnings { complain("warning: \(warning)") }
            let graph = file.navigationGraph(index)
            if graph.levels.allSatisfy(\.lanes.isEmpty) {
                complain(
                    "warning: graph \(index) has no lanes; drawn are: "
                        + "\(file.graphs.map(String.init).joined(separator: ", "))")
            }
            guard let out else {
                print(graph.yaml(), terminator: "")
                return
            }
            try writeAll(Array(graph.yaml().utf8), to: out, replaces: true)
            print(out)
        }
    }
}
