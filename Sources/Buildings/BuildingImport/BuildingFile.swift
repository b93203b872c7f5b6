public import RobotModel

/// An Open-RMF building file (`.building.yaml`), as it was drawn, with each level's way into the common frame.
///
/// `building(graph:)` makes the robot's building of it, `navigationGraph(_:)` what Open-RMF's own generator writes.
/// Source of the format: rmf_building_map_tools (`building_map/*.py`) and traffic_editor.
public struct BuildingFile: Sendable {
    /// What the coordinates of a file mean.
    public enum CoordinateSystem: String, CaseIterable, Hashable, Sendable {
        /// Pixels of the reference level's drawing, y down.
        case referenceImage = "reference_image"
        /// Metres, y up; one frame for all levels.
        case cartesianMeters = "cartesian_meters"
        /// The square world of web maps, 256 units a side.
        case webMercator = "web_mercator"
        /// Longitude and latitude, degrees.
        case wgs84
    }

    public var name: String
    public var coordinateSystem: CoordinateSystem
    /// The projection of a building in world coordinates, or the one that its metres stand in ("EPSG:3414").
    public var crsName: String?
    /// Where in that projection the frame's zero lies, metres; nil in a pixel map.
    public var offset: Point2D?
    /// In the order of the file.
    public var levels: [LevelDrawing]
    /// In the order of the file.
    public var lifts: [LiftDrawing]

    /// One level's drawing.
    public struct LevelDrawing: Sendable {
        public var id: LevelID
        /// Metres.
        public var elevation: Double
        public var vertices: [VertexDrawing]
        public var lanes: [EdgeDrawing]
        public var doors: [EdgeDrawing]
        public var walls: [EdgeDrawing]
    }

    /// One vertex of a drawing.
    public struct VertexDrawing: Sendable {
        /// Units of the drawing, y up: Open-RMF turns the y of `reference_image` over.
        public var drawn: Point2D
        /// Metres in the common frame.
        public var position = Point2D(0, 0)
        /// Empty for a nameless one.
        public var name: String
        /// A name of digits without quotes, which Open-RMF's tools take for a number.
        public var nameIsNumber = false
        public var parameters: [String: ParameterValue]
    }

    /// A lane, door or wall between two vertices of a drawing.
    public struct EdgeDrawing: Sendable {
        public var start: Int
        public var end: Int
        public var parameters: [String: ParameterValue]

        /// The navigation graph of a lane; 0 where the file does not say.
        public var graph: Int { parameters["graph_idx"]?.int ?? 0 }
        public var isBidirectional: Bool { parameters["bidirectional"]?.bool ?? false }
        /// The name of a door.
        public var name: String { parameters["name"]?.word ?? "" }
        /// Whether a wall or a door is of glass: its texture says so (`texture_name: [1, glass]`).
        ///
        /// For walls that is Open-RMF's own texture name; that a door may carry it is an addition of this project.
        public var isGlass: Bool { parameters["texture_name"]?.word?.lowercased().contains("glass") ?? false }
    }

    /// A lift.
    public struct LiftDrawing: Sendable {
        public var id: LiftID
        /// Centre of the car in the common frame, metres and radians.
        public var pose: Pose2D
        /// Metres along the car's x and y axes.
        public var width: Double
        public var depth: Double
        /// The levels between these have the lift's shaft; nil where the file does not say.
        public var lowestLevel: LevelID?
        public var highestLevel: LevelID?
        /// The names of the car's doors on each served level, in the order of the file.
        public var levelDoors: [(level: LevelID, doors: [String])]
        public var doors: [String: LiftDoorDrawing]
    }

    /// A door of a lift's car.
    public struct LiftDoorDrawing: Hashable, Sendable {
        /// Centre in the car's frame, metres.
        public var center: Point2D
        public var width: Double
        /// Direction of the door's plane in the car's frame, radians.
        public var axis: Double
    }
}

extension BuildingFile {
    /// The navigation graphs in which anything is drawn, in rising order.
    public var graphs: [Int] { Set(levels.flatMap { $0.lanes.map(\.graph) }).sorted() }

    func level(_ id: LevelID) -> LevelDrawing? { levels.first { $0.id == id } }

    /// The first lift whose car, with a gap of 5 cm around it, holds a point of the common frame.
    ///
    /// Source: rmf_building_map_tools, `lift.py` `get_lift_vertices` and `level.py` `is_in_lift`.
    func lift(containing point: Point2D, on drawing: LevelDrawing) -> LiftDrawing? {
        lifts.first { lift in
            let lowest = lift.lowestLevel.flatMap(level)?.elevation ?? -.infinity
            let highest = lift.highestLevel.flatMap(level)?.elevation ?? .infinity
            guard !lift.levelDoors.isEmpty, drawing.elevation >= lowest, drawing.elevation <= highest else {
                return false
            }
            let local = lift.pose.inverseTransform(point)
            return abs(local.x) <= lift.width / 2 + 0.05 && abs(local.y) <= lift.depth / 2 + 0.05
        }
    }
}
