public import RobotModel
public import StructuredText

extension BuildingFile {
    /// Reads a building file.
    ///
    /// Throws `FileProblems` with everything that is wrong: unreadable, not YAML, a scale that is missing, levels that
    /// have fewer than two fiducials in common with the reference level, names that are used twice, indices out of
    /// range, a lane through two doors, lifts that serve a level without a door on it or whose waypoints do not stand
    /// above one another, world coordinates. Keys that a robot has no use for are passed over.
    public init(path: String) throws(FileProblems) {
        var warnings: [RobotError] = []
        try self.init(file: path, text: readTextFile(path, limit: MapFile.maximumTextLength), warnings: &warnings)
    }

    /// Reads a building file's text; `file` is the name that errors show.
    public init(file: String, text: String) throws(FileProblems) {
        var warnings: [RobotError] = []
        try self.init(file: file, text: text, warnings: &warnings)
    }

    /// Reads a building file's text, and appends what is odd about it to `warnings`.
    ///
    /// - Parameter world: What brings world coordinates into metres; without it a map that needs it is refused.
    public init(
        file: String, text: String, world: WorldProjector? = nil, warnings: inout [RobotError]
    ) throws(FileProblems) {
        self = try YAMLReader.read(file: file, text: text, limit: MapFile.maximumTextLength, warnings: &warnings) {
            BuildingFile($0, world: world)
        }
    }

    private static let keys = [
        "building_name", "coordinate_system", "crowd_sim", "graphs", "levels", "lifts", "map_version", "name",
        "parameters", "reference_level_name",
    ]

    init(_ root: Field, world: WorldProjector?) {
        root.warnUnknownKeys(of: "the building", known: Self.keys)
        name = (root.optional("building_name") ?? root.required("name")).string()
        var parameters: [String: ParameterValue] = [:]
        for (key, value) in root.optional("parameters")?.entriesOrEmpty() ?? [] {
            parameters[key] = ParameterValue(value)
        }
        let system = root.optional("coordinate_system")
        coordinateSystem = system?.choice() ?? .referenceImage
        let flip = coordinateSystem == .referenceImage ? -1.0 : 1.0
        var sections = root.required("levels").entries().map { LevelSection(id: LevelID($0.key), $0.value, flip: flip) }
        if sections.isEmpty { root.required("levels").reject("the building has no levels", expected: "a level") }
        let placement = LevelPlacement(coordinateSystem, root, parameters, sections, world)
        crsName = placement.crsName
        offset = placement.offset
        placement.place(&sections)
        levels = sections.map(\.drawing)
        lifts = []
        for (key, field) in root.optional("lifts")?.entriesOrEmpty() ?? [] {
            let reference = Self.referenceLevel(of: field, sections)
            lifts.append(
                LiftDrawing(id: LiftID(key), field, flip: flip, levels: levels) {
                    placement.meters($0, drawnOn: reference)
                })
        }
        BuildingFileCheck(file: self, sections: sections).run(root)
    }

    /// The level that a lift's position is drawn on, where the lift names one.
    private static func referenceLevel(of lift: Field, _ sections: [LevelSection]) -> LevelID? {
        guard let field = lift.optional("reference_floor_name") else { return nil }
        let name = LevelID(field.stringOrEmpty())
        if sections.contains(where: { $0.drawing.id == name }) { return name }
        field.reject(
            "level '\(name)' does not exist",
            expected: "one of " + sections.map(\.drawing.id.rawValue).joined(separator: ", "))
        return nil
    }
}
