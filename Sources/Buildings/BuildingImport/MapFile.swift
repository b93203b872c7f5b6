public import BuildingMap
public import RobotModel
public import StructuredText

/// A map in one of the formats that people have, told from its content and not from its name.
public enum MapFile: Sendable {
    case building(BuildingFile)
    case navigationGraph(NavigationGraph)
    /// VDA 5050's Layout Interchange Format and nav2's route graphs have no drawing apart from the graph.
    case graph(Building)

    /// The longest YAML text that is read; the largest maps that people draw have some megabytes.
    public static let maximumTextLength = 1 << 30

    /// Reads a map file; `graph` selects a vehicle type where the format ties its lanes to one (LIF), `world` brings
    /// world coordinates into metres: without it a map that needs it is refused.
    ///
    /// Throws `FileProblems` with everything that is wrong. What is only odd is appended to `warnings`.
    public init(
        path: String, graph: Int = 0, world: WorldProjector? = nil, warnings: inout [RobotError]
    ) throws(FileProblems) {
        let bytes = try readFileBytes(path, limit: JSONReader.maximumLength)
        try self.init(file: path, bytes: bytes, graph: graph, world: world, warnings: &warnings)
    }

    /// Reads a map file's content; `file` is the name that errors show.
    public init(
        file: String, bytes: [UInt8], graph: Int = 0, world: WorldProjector? = nil, warnings: inout [RobotError]
    ) throws(FileProblems) {
        if bytes.first(where: { !isSpace($0) && !byteOrderMark.contains($0) }) == UInt8(ascii: "{"),
            let map = try Self.json(file, bytes, graph, world, &warnings)
        {
            self = map
            return
        }
        if bytes.count > GraphLists.worthwhile, let graph = NavigationGraph.large(file, bytes, &warnings) {
            self = .navigationGraph(graph)
            return
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileProblems([
                RobotError(
                    .unreadableFile, "is not UTF-8 text", at: SourceLocation(file: file, line: 1, column: 1),
                    expected: "a map: .building.yaml, navigation graph, LIF or route GeoJSON")
            ])
        }
        self = try YAMLReader.read(file: file, text: text, limit: Self.maximumTextLength, warnings: &warnings) { root in
            Self.isNavigationGraph(root)
                ? .navigationGraph(NavigationGraph(root)) : .building(BuildingFile(root, world: world))
        }
    }

    /// What the file is, in words.
    public var format: String {
        switch self {
        case .building: "building"
        case .navigationGraph: "navigation graph"
        case .graph: "graph"
        }
    }

    /// Whether the elevations of the levels are not the file's but `Building.assumedStoreyHeight` apart.
    public var assumesElevations: Bool { if case .building = self { false } else { true } }

    /// The graphs that a building file draws, in rising order; 0 for a format that has one only.
    public var graphs: [Int] { if case .building(let file) = self { file.graphs } else { [0] } }

    /// The robot's building, with the lanes of one navigation graph of a building file.
    public func building(graph: Int = 0) -> Building {
        switch self {
        case .building(let file): file.building(graph: graph)
        case .navigationGraph(let graph): graph.building()
        case .graph(let building): building
        }
    }

    /// nil when the braces are those of YAML's flow style and not of a known JSON format.
    private static func json(
        _ file: String, _ bytes: [UInt8], _ graph: Int, _ world: WorldProjector?, _ warnings: inout [RobotError]
    ) throws(FileProblems) -> MapFile? {
        do {
            return try JSONReader.read(file: file, bytes: bytes, warnings: &warnings) { root in
                // One look at all keys: looking for one that is not there passes over the whole file.
                let keys = root.entries().map(\.key)
                if keys.contains("layouts") { return .graph(LayoutReader(root, vehicleType: graph).building) }
                if keys.contains("origins"), keys.contains("metaInformation") {
                    root.reject(
                        "this is the draft of LIF 2.0, whose layouts stand below origins", expected: "LIF 1.0.0")
                }
                guard keys.contains("features") else { return nil }
                if keys.contains("preferred_crs") || keys.contains("site_name") {
                    return .building(SiteGeometryReader(root, world: world).file)
                }
                return .graph(RouteGraphReader(root, file: file).building)
            }
        } catch {
            // A building file in YAML's flow style need not be JSON.
            let isSyntax = error.errors.first?.what.hasPrefix("not JSON") == true
            if isSyntax, String(validating: bytes, as: UTF8.self)?.contains("levels") == true { return nil }
            throw error
        }
    }

    /// Vertices of a graph are `[x, y, {…}]`, those of a building file `[x, y, z, name, …]`.
    private static func isNavigationGraph(_ root: Field) -> Bool {
        guard root.isMapping, let levels = root.optional("levels"), levels.isMapping else { return false }
        for (_, level) in levels.entries() where level.isMapping {
            guard let vertices = level.optional("vertices"), vertices.isList, let vertex = vertices.list().first,
                vertex.isList
            else { continue }
            let parts = vertex.list()
            return parts.count == 2 || parts.count == 3 && parts[2].isMapping
        }
        return root.optional("crs_name") != nil || root.optional("doors") != nil
    }
}

private let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }

/// Reads a map in any format that people have into the robot's building.
///
/// The formats, told from the content: Open-RMF's building file (`.building.yaml`) and navigation graph, VDA 5050's Layout
/// Interchange Format (LIF), nav2's route graph (GeoJSON), and a site's folder with its occupancy maps (`loadSite`).
/// - Parameter graph: Which lanes: the graph index of a building file (0...9), or the number of the vehicle type, in the
///   order in which they appear, of a LIF file. Other formats have one graph only.
/// - Throws: `FileProblems`: everything that is wrong with the file, with line and column.
public func readMap(at path: String, graph: Int = 0) throws(FileProblems) -> Building {
    var warnings: [RobotError] = []
    return try readMap(at: path, graph: graph, warnings: &warnings)
}

/// Reads a map, and appends what is odd about it to `warnings`: unknown keys, places that no lane leads to, what a
/// format leaves open.
public func readMap(
    at path: String, graph: Int = 0, warnings: inout [RobotError]
) throws(FileProblems) -> Building {
    if isFolder(path) { return try loadSite(folder: path, graph: graph, warnings: &warnings) }
    return try MapFile(path: path, graph: graph, warnings: &warnings).building(graph: graph)
}
