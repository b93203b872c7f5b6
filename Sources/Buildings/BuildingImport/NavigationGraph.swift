public import BuildingMap
public import RobotModel

/// A navigation graph in Open-RMF's sense (`nav_graphs/<index>.yaml`).
///
/// Vertices are those that lanes of the graph use, counted anew on each level in the order of the lanes; a bidirectional
/// lane is two. Positions are metres in the common frame.
/// Source: rmf_building_map_tools, `level.py` `generate_nav_graph` and `building.py` `generate_nav_graphs`.
public struct NavigationGraph: Sendable {
    public var buildingName: String
    /// The projection of a building in world coordinates ("EPSG:3414"), and where in it the frame's zero lies, metres.
    public var crsName: String?
    public var offset: Point2D?
    /// In the order of the building file, or of the graph's own file.
    public var levels: [Level]
    /// Every lift of the building: centre and heading of the car, width and depth.
    public var lifts: [LiftID: (pose: Pose2D, width: Double, depth: Double)]
    /// Every door of the building, whatever the graph.
    public var doors: [DoorID: (a: Point2D, b: Point2D, level: LevelID)]

    /// One level of the graph.
    public struct Level: Sendable {
        public var id: LevelID
        public var vertices: [Vertex]
        public var lanes: [Lane]
    }

    /// One vertex.
    public struct Vertex: Hashable, Sendable {
        public var position: Point2D
        public var name: String
        /// A name of digits without quotes, which Open-RMF's tools take for a number.
        public var nameIsNumber = false
        /// The lift in whose car it lies.
        public var lift: LiftID?
        public var parameters: [String: ParameterValue]
    }

    /// One directed lane.
    public struct Lane: Hashable, Sendable {
        public var lane: BuildingMap.Lane
        /// False on a lane that was drawn for one direction only.
        public var isBidirectional: Bool
    }
}
