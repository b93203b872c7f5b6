public import BuildingMap
public import RobotModel
public import StructuredText

// A site's folder holds one `<name>.building.yaml` and, made from it, one map a level in map_server's format:
// `<name>_<level>.yaml` and `<name>_<level>.pgm`.

/// Reads a site: its building file and each level's occupancy map.
///
/// Throws `FileProblems`: no building file or several, what is wrong with it, a map that is missing or broken. A map that
/// does not cover its level's navigation graph is refused: it was made of another drawing.
public func loadSite(folder: String, graph: Int = 0) throws(FileProblems) -> Building {
    var warnings: [RobotError] = []
    return try loadSite(folder: folder, graph: graph, warnings: &warnings)
}

/// Reads a site, and appends what is odd about its building file to `warnings`.
public func loadSite(
    folder: String, graph: Int = 0, warnings: inout [RobotError]
) throws(FileProblems) -> Building {
    let stem = try siteStem(folder)
    var building = try readMap(at: stem + ".building.yaml", graph: graph, warnings: &warnings)
    let present = Set(try listFolder(folder))
    for index in building.levels.indices {
        let level = building.levels[index]
        let path = mapStem(stem, level) + ".yaml"
        guard present.contains(String(path.split(separator: "/").last ?? "")) else {
            throw FileProblems([
                RobotError(
                    .unreadableFile, "level \(level.id) has no occupancy map",
                    at: SourceLocation(file: path, line: 1, column: 1),
                    hint: "make it: doorstep building occupancy \(folder)")
            ])
        }
        let map = try OccupancyGrid(mapServerFile: path)
        if let vertex = level.vertices.first(where: { map.cell(at: $0.position) != .free }) {
            throw FileProblems([
                RobotError(
                    .invalidFile,
                    "the map is not free at (\(vertex.position.x), \(vertex.position.y)), where a lane ends",
                    at: SourceLocation(file: path, line: 1, column: 1), expected: "a map of the same drawing",
                    hint: "make it anew: doorstep building occupancy \(folder)")
            ])
        }
        building.levels[index].occupancy = map
    }
    building.facilities = try readFacilities(ofSite: folder, for: building)
    return building
}

/// Makes the occupancy maps of a site from its building file and writes them beside it; the written files' paths.
public func writeOccupancyMaps(
    ofSite folder: String, resolution: Double = 0.05
) throws(FileProblems) -> [String] {
    let stem = try siteStem(folder)
    let building = try readMap(at: stem + ".building.yaml")
    var written: [String] = []
    for level in building.levels {
        let map = mapStem(stem, level)
        try building.rasterize(level, resolution: resolution).write(mapServerStem: map)
        written += [map + ".yaml", map + ".pgm"]
    }
    return written
}

/// The path of the building file without its ending.
private func siteStem(_ folder: String) throws(FileProblems) -> String {
    let ending = ".building.yaml"
    let files = try listFolder(folder).filter { $0.hasSuffix(ending) }
    guard files.count == 1, let file = files.first else {
        throw FileProblems([
            RobotError(
                .unreadableFile,
                files.isEmpty ? "the site has no building file" : "the site has \(files.count) building files",
                at: SourceLocation(file: folder, line: 1, column: 1), expected: "one file named *\(ending)",
                hint: files.isEmpty ? "is this the folder of a site?" : "keep each building in a folder of its own")
        ])
    }
    let base = folder.hasSuffix("/") ? String(folder.dropLast()) : folder
    return base + "/" + file.dropLast(ending.count)
}

private func mapStem(_ stem: String, _ level: Level) -> String { "\(stem)_\(level.id)" }
