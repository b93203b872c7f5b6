import RobotModel
import StructuredText

/// How the drawings of a building's levels come into one common frame in metres.
struct LevelPlacement {
    private let coordinateSystem: BuildingFile.CoordinateSystem
    /// Of a pixel map.
    private var transforms: [LevelID: LevelTransform] = [:]
    private var world: WorldDrawing?
    private let referenceLevel: LevelID?
    private(set) var crsName: String?
    private(set) var offset: Point2D?

    /// Records what is missing: a scale, fiducials, a projection.
    init(
        _ coordinateSystem: BuildingFile.CoordinateSystem, _ root: Field, _ parameters: [String: ParameterValue],
        _ sections: [LevelSection], _ projector: WorldProjector?
    ) {
        self.coordinateSystem = coordinateSystem
        let reference = Self.referenceSection(root, sections)
        referenceLevel = reference?.drawing.id
        if reference == nil, !sections.isEmpty {
            root.required("reference_level_name").reject(
                "the reference level does not exist",
                expected: "one of " + sections.map(\.drawing.id.rawValue).joined(separator: ", "))
        }
        switch coordinateSystem {
        case .referenceImage:
            if let reference { placeDrawings(sections, reference) }
        case .cartesianMeters:
            crsName = parameters["generate_crs"]?.word
            offset = Point2D(parameters["offset_x"]?.double ?? 0, parameters["offset_y"]?.double ?? 0)
        case .webMercator, .wgs84:
            guard let system = root.optional("coordinate_system") else { return }
            world = WorldDrawing(coordinateSystem, system, parameters, projector)
            world?.findOffset(parameters, sections.map(\.field), system)
            crsName = world?.crsName
            offset = world?.offset
        }
    }

    /// Sets every vertex's place in the common frame.
    func place(_ sections: inout [LevelSection]) {
        for index in sections.indices {
            let id = sections[index].drawing.id
            for vertex in sections[index].drawing.vertices.indices {
                let drawn = sections[index].drawing.vertices[vertex].drawn
                let point = meters(drawn, drawnOn: id)
                if point == nil, world != nil {
                    sections[index].vertexFields[vertex].reject(
                        "(\(drawn.x), \(drawn.y)) lies outside of the projection",
                        expected: "a place within \(crsName ?? "it")",
                        hint: "is this the projection of the place, and are longitude and latitude in their order?")
                }
                if let point, !MapBounds.contain(point) {
                    sections[index].vertexFields[vertex].reject(
                        "the vertex lies at (\(point.x), \(point.y)) m", expected: MapBounds.places,
                        hint: MapBounds.placeHint)
                }
                sections[index].drawing.vertices[vertex].position = point ?? Point2D(0, 0)
            }
        }
    }

    /// A point as drawn on a level (the reference level when nil) in the common frame; nil where a projection has no
    /// place for it, or a problem has been recorded.
    func meters(_ drawn: Point2D, drawnOn level: LevelID?) -> Point2D? {
        switch coordinateSystem {
        case .referenceImage: (level ?? referenceLevel).flatMap { transforms[$0] }?.apply(drawn)
        case .cartesianMeters: drawn
        case .webMercator, .wgs84: world?.meters(drawn)
        }
    }

    private static func referenceSection(_ root: Field, _ sections: [LevelSection]) -> LevelSection? {
        guard let field = root.optional("reference_level_name") else { return sections.first }
        return sections.first { $0.drawing.id.rawValue == field.string() }
    }

    // MARK: Pixel maps

    private mutating func placeDrawings(_ sections: [LevelSection], _ reference: LevelSection) {
        guard let scale = reference.measuredScale() else {
            (reference.field.optional("measurements") ?? reference.field).reject(
                "level \(reference.drawing.id) has no measurement, so the drawing has no scale",
                expected: "measurements: a pair of vertices with their distance in metres",
                hint: "measure a wall in traffic editor; without it every distance would be in pixels")
            return
        }
        for section in sections {
            if section.drawing.id == reference.drawing.id {
                transforms[section.drawing.id] = LevelTransform(scale: scale)
                continue
            }
            var common: [(reference: Point2D, level: Point2D)] = []
            for a in reference.fiducials {
                for b in section.fiducials where a.name == b.name { common.append((a.position, b.position)) }
            }
            transforms[section.drawing.id] = LevelTransform(fiducials: common, referenceScale: scale)
            guard transforms[section.drawing.id] == nil else { continue }
            (section.field.optional("fiducials") ?? section.field).reject(
                "level \(section.drawing.id) has \(common.count) usable fiducials in common with "
                    + "\(reference.drawing.id)",
                expected: "at least two fiducials of the same names, in different places",
                hint: "mark things that stand above one another: corners of the lift shaft do well")
        }
    }
}
