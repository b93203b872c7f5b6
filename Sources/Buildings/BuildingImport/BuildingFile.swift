public import RobotModel

/// An Open-RMF building file (`.building.yaml`), as it was drawn, with each level's way into the common frame.
///
/// Positions are those of the drawings with y up (Open-RMF turns the y of `reference_image` over). `building(graph:)`
/// makes the robot's building of it, `navigationGraph(_:)` what Open-RMF's own generator writes.
/// Source of the format: rmf_building_map_tools (`building_map/*.py`) and traffic_editor.
public struct BuildingFile: Sendable {
    /// What the coordinates of a file mean.
    public enum CoordinateSystem: String, Hashable, Sendable {
        /// Pixels of the reference level's drawing, y down.
        case referenceImage = "reference_image"
        /// Metres, y up; one frame for all levels.
        case cartesianMeters = "cartesian_meters"
    }

    public var name: String
    public var coordinateSystem: CoordinateSystem
    /// The projection that a drawing in metres stands in ("EPSG:3414"), where the file names one.
    public var crsName: String?
    /// Where in that projection the drawing's zero lies, metres; nil in a pixel map.
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
        /// From the drawing into the common frame.
        public var transform: LevelTransform
    }

    /// One vertex of a drawing.
    public struct VertexDrawing: Sendable {
        /// Drawing units, y up.
        public var position: Point2D
        /// Empty for a nameless one.
        public var name: String
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
        public var name: String { parameters["name"]?.string ?? "" }
        /// Whether a wall or a door is of glass: its texture says so (`texture_name: [1, glass]`).
        ///
        /// For walls that is Open-RMF's own texture name; that a door may carry it is an addition of this project.
        public var isGlass: Bool { parameters["texture_name"]?.string?.lowercased().contains("glass") ?? false }
    }

    /// A lift.
    public struct LiftDrawing: Sendable {
        public var id: LiftID
        /// Centre of the car in the common frame, metres and radians.
        public var pose: Pose2D
        /// Metres along the car's x and y axes.
        public var width: Double
        public var depth: Double
        /// The levels between these have the lift's shaft (metres; infinite where the file does not say).
        public var lowestElevation: Double
        public var highestElevation: Double
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
