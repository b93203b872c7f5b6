import RobotModel
public import StructuredText

extension BuildingFile {
    /// Reads a building file.
    ///
    /// Throws `FileProblems` with everything that is wrong: unreadable, not YAML, a scale that is missing, levels that
    /// have fewer than two fiducials in common with the reference level, names that are used twice, indices out of
    /// range, lifts that serve a level without a door on it. Keys that a robot has no use for are passed over.
    public init(path: String) throws(FileProblems) {
        self = try YAMLReader.read(path: path) { BuildingFile($0) }
    }

    /// Reads a building file's text; `file` is the name that errors show.
    public init(file: String, text: String) throws(FileProblems) {
        self = try YAMLReader.read(file: file, text: text) { BuildingFile($0) }
    }

    private init(_ root: Field) {
        _ = root.entries()  // any key is allowed: the editor keeps much in the file that concerns only itself
        name = (root.optional("building_name") ?? root.required("name")).string()
        let system = root.optional("coordinate_system")
        switch system?.choice(of: ["reference_image", "cartesian_meters", "web_mercator", "wgs84"]) {
        case "cartesian_meters": coordinateSystem = .cartesianMeters
        case "web_mercator", "wgs84":
            system?.reject(
                "the building is drawn in world coordinates", expected: "reference_image or cartesian_meters",
                hint: "convert it with traffic editor, or draw it in metres")
            coordinateSystem = .cartesianMeters
        default: coordinateSystem = .referenceImage
        }
        let flip = coordinateSystem == .referenceImage ? -1.0 : 1.0
        var sections = root.required("levels").entries().map { LevelSection(id: LevelID($0.key), $0.value, flip: flip) }
        if sections.isEmpty { root.required("levels").reject("the building has no levels", expected: "a level") }
        if coordinateSystem == .referenceImage { Self.placeLevels(&sections, root) }
        Self.checkNames(sections)
        levels = sections.map(\.drawing)
        lifts = []
        for (key, field) in root.optional("lifts")?.entries() ?? [] {
            let reference = Self.referenceLevel(of: field, sections) ?? Self.referenceSection(root, sections)
            let transform = reference?.drawing.transform ?? LevelTransform()
            lifts.append(LiftDrawing(id: LiftID(key), field, flip: flip, transform: transform, levels: levels))
        }
        checkLiftDoors(root, sections)
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
        guard let scale = reference.measuredScale else {
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

    // MARK: Names and references

    private static func checkNames(_ sections: [LevelSection]) {
        var places: [String: SourceLocation] = [:]
        var doors: [String: SourceLocation] = [:]
        func check(_ name: String, _ kind: String, at field: Field, in known: inout [String: SourceLocation]) {
            guard !name.isEmpty else { return }
            if let first = known[name] {
                field.reject(
                    "the name '\(name)' is used twice", expected: "a \(kind) name of its own in the whole building",
                    hint: "the first one is in line \(first.line)")
            } else {
                known[name] = field.location
            }
        }
        for section in sections {
            // Only what lies on a lane can be driven to; the drawing's other vertices may be called as they like.
            let onLanes = Set(section.drawing.lanes.flatMap { [$0.start, $0.end] })
            for (index, vertex) in section.drawing.vertices.enumerated() where onLanes.contains(index) {
                check(vertex.name, "place", at: section.vertexFields[index], in: &places)
            }
            for (door, field) in zip(section.drawing.doors, section.doorFields) {
                if door.name.isEmpty { field.reject("a door has no name", expected: "name: [1, …]") }
                check(door.name, "door", at: field, in: &doors)
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

    /// A vertex with lanes inside a lift's car, on a level on which the lift has no door, is a trap.
    private func checkLiftDoors(_ root: Field, _ sections: [LevelSection]) {
        for section in sections {
            let level = section.drawing
            // An edge of a level without vertices has been recorded; its indices mean nothing.
            for index in Set(level.lanes.flatMap { [$0.start, $0.end] }).sorted()
            where level.vertices.indices.contains(index) {
                let point = level.transform.apply(level.vertices[index].position)
                guard let lift = lift(containing: point, on: level),
                    !lift.levelDoors.contains(where: { $0.level == level.id })
                else { continue }
                section.vertexFields[index].reject(
                    "a lane leads into lift '\(lift.id)', which has no door on level \(level.id)",
                    expected: "level_doors of the lift to name \(level.id)",
                    hint: "add the level to the lift's level_doors, or move the vertex out of the car")
            }
        }
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
