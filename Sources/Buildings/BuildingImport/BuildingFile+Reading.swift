public import RobotModel
public import StructuredText

extension BuildingFile {
    /// Reads a building file.
    ///
    /// Throws `FileProblems` with everything that is wrong: unreadable, not YAML, a scale that is missing, levels that
    /// have fewer than two fiducials in common with the reference level, names that are used twice, indices out of
    /// range, a lane through two doors, lifts that serve a level without a door on it or whose waypoints do not stand
    /// above one another. Keys that a robot has no use for are passed over.
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
    public init(file: String, text: String, warnings: inout [RobotError]) throws(FileProblems) {
        self = try YAMLReader.read(file: file, text: text, limit: MapFile.maximumTextLength, warnings: &warnings) {
            BuildingFile($0)
        }
    }

    private static let keys = [
        "building_name", "coordinate_system", "crowd_sim", "graphs", "levels", "lifts", "map_version", "name",
        "parameters", "reference_level_name",
    ]

    init(_ root: Field) {
        root.warnUnknownKeys(of: "the building", known: Self.keys)
        name = (root.optional("building_name") ?? root.required("name")).string()
        var parameters: [String: ParameterValue] = [:]
        for (key, value) in root.optional("parameters")?.entriesOrEmpty() ?? [] {
            parameters[key] = ParameterValue(value)
        }
        let system = root.optional("coordinate_system")
        switch system?.choice(of: ["reference_image", "cartesian_meters", "web_mercator", "wgs84"]) {
        case "cartesian_meters":
            coordinateSystem = .cartesianMeters
            crsName = parameters["generate_crs"]?.description
            offset = Point2D(parameters["offset_x"]?.double ?? 0, parameters["offset_y"]?.double ?? 0)
        case "web_mercator", "wgs84":
            system?.reject(
                "the building is drawn in world coordinates", expected: "reference_image or cartesian_meters",
                hint: "convert it: doorstep building convert FILE --out FILE")
            coordinateSystem = .cartesianMeters
        default: coordinateSystem = .referenceImage
        }
        let flip = coordinateSystem == .referenceImage ? -1.0 : 1.0
        var sections = root.required("levels").entries().map { LevelSection(id: LevelID($0.key), $0.value, flip: flip) }
        if sections.isEmpty { root.required("levels").reject("the building has no levels", expected: "a level") }
        if coordinateSystem == .referenceImage { Self.placeLevels(&sections, root) }
        levels = sections.map(\.drawing)
        lifts = []
        for (key, field) in root.optional("lifts")?.entriesOrEmpty() ?? [] {
            let reference = Self.referenceLevel(of: field, sections) ?? Self.referenceSection(root, sections)
            let transform = reference?.drawing.transform ?? LevelTransform()
            lifts.append(LiftDrawing(id: LiftID(key), field, flip: flip, transform: transform, levels: levels))
        }
        BuildingFileCheck(file: self, sections: sections).run()
    }

    // MARK: Scale and place of the levels

    private static func referenceSection(_ root: Field, _ sections: [LevelSection]) -> LevelSection? {
        guard let field = root.optional("reference_level_name") else { return sections.first }
        return sections.first { $0.drawing.id.rawValue == field.string() }
    }

    private static func placeLevels(_ sections: inout [LevelSection], _ root: Field) {
        guard let reference = referenceSection(root, sections) else {
            if !sections.isEmpty {
                root.required("reference_level_name").reject(
                    "the reference level does not exist",
                    expected: "one of " + sections.map(\.drawing.id.rawValue).joined(separator: ", "))
            }
            return
        }
        guard let scale = reference.measuredScale() else {
            (reference.field.optional("measurements") ?? reference.field).reject(
                "level \(reference.drawing.id) has no measurement, so the drawing has no scale",
                expected: "measurements: a pair of vertices with their distance in metres",
                hint: "measure a wall in traffic editor; without it every distance would be in pixels")
            return
        }
        for index in sections.indices {
            if sections[index].drawing.id == reference.drawing.id {
                sections[index].drawing.transform = LevelTransform(scale: scale)
                continue
            }
            var common: [(reference: Point2D, level: Point2D)] = []
            for a in reference.fiducials {
                for b in sections[index].fiducials where a.name == b.name { common.append((a.position, b.position)) }
            }
            if let transform = LevelTransform(fiducials: common, referenceScale: scale) {
                sections[index].drawing.transform = transform
            } else {
                let field = sections[index].field
                (field.optional("fiducials") ?? field).reject(
                    "level \(sections[index].drawing.id) has \(common.count) usable fiducials in common with "
                        + "\(reference.drawing.id)",
                    expected: "at least two fiducials of the same names, in different places",
                    hint: "mark things that stand above one another: corners of the lift shaft do well")
            }
        }
    }

    /// The level that a lift's position is drawn on, where the lift names one.
    private static func referenceLevel(of lift: Field, _ sections: [LevelSection]) -> LevelSection? {
        guard let field = lift.optional("reference_floor_name") else { return nil }
        let name = field.stringOrEmpty()
        if let section = sections.first(where: { $0.drawing.id.rawValue == name }) { return section }
        field.reject(
            "level '\(name)' does not exist",
            expected: "one of " + sections.map(\.drawing.id.rawValue).joined(separator: ", "))
        return nil
    }

    /// The first lift whose car, with a gap of 5 cm around it, holds a point of the common frame.
    func lift(containing point: Point2D, on level: LevelDrawing) -> LiftDrawing? {
        lifts.first { lift in
            guard !lift.levelDoors.isEmpty, level.elevation >= lift.lowestElevation,
                level.elevation <= lift.highestElevation
            else { return false }
            let local = lift.pose.inverseTransform(point)
            return abs(local.x) <= lift.width / 2 + 0.05 && abs(local.y) <= lift.depth / 2 + 0.05
        }
    }
}
