import ArgumentParser
import BuildingImport
import BuildingMap
import GeoReference
import RobotModel
import StructuredText

/// `doorstep building validate`
struct BuildingValidate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Checks a map, and says everything that is wrong or odd with it.",
        discussion: """
            The map is a .building.yaml, a navigation graph, a LIF file, nav2's route GeoJSON, or a site's folder with its
            occupancy maps; which, is told from its content. Everything is said with file, line and column. Exit code 1
            when anything is wrong; what is only odd is a warning.
            """)

    @Argument(help: "The map.")
    var map: String

    @Flag(help: "Take warnings for errors.")
    var strict = false

    func run() throws {
        try complaining { try validateMap(at: map, strict: strict) }
    }
}

/// Checks a map in every one of its graphs, prints warnings to standard error and a line for what it is.
///
/// - Throws: `FileProblems` with everything that is wrong; the warnings too when `strict`.
func validateMap(at path: String, strict: Bool) throws(FileProblems) {
    var warnings: [RobotError] = []
    let summary: String
    do {
        summary = try isFolder(path) ? siteSummary(path, &warnings) : mapSummary(path, &warnings)
    } catch {
        throw strict ? FileProblems(error.errors + warnings) : told(warnings, before: error)
    }
    if strict, !warnings.isEmpty { throw FileProblems(warnings) }
    for warning in warnings { complain("warning: \(warning)") }
    print("ok: \(summary)")
}

/// Errors, after the warnings have been printed.
private func told(_ warnings: [RobotError], before error: FileProblems) -> FileProblems {
    for warning in warnings { complain("warning: \(warning)") }
    return error
}

private func siteSummary(_ path: String, _ warnings: inout [RobotError]) throws(FileProblems) -> String {
    let building = try readMap(at: path, warnings: &warnings)
    return "building \(building.name), \(counts(building)), with occupancy maps"
}

private func mapSummary(_ path: String, _ warnings: inout [RobotError]) throws(FileProblems) -> String {
    let map = try MapFile(path: path, world: .proj, warnings: &warnings)
    var parts: [String] = []
    for graph in map.graphs.isEmpty ? [0] : map.graphs {
        let building = map.building(graph: graph)
        if parts.isEmpty { parts.append("\(map.format) \(building.name), \(counts(building))") }
        let vertices = building.levels.reduce(0) { $0 + $1.vertices.count }
        let lanes = building.levels.reduce(0) { $0 + $1.lanes.count }
        parts.append("graph \(graph) with \(vertices) waypoints and \(lanes) lanes")
        if map.assumesElevations, building.levels.count > 1 {
            parts.append("no elevations, so levels are taken \(Building.assumedStoreyHeight) m apart")
        }
    }
    return parts.joined(separator: "; ")
}

private func counts(_ building: Building) -> String {
    let places = building.levels.reduce(0) { $0 + $1.places.count }
    return "\(building.levels.count) levels, \(places) places, \(building.doors.count) doors, "
        + "\(building.lifts.count) lifts"
}
