public import RobotModel

/// A building as the robot knows it: levels in one common frame (metres), with doors and lifts as places of their own.
public struct Building: Sendable {
    public var name: String
    /// Levels by rising elevation.
    public var levels: [Level]
    public var doors: [DoorID: Door]
    public var lifts: [LiftID: Lift]
    /// The levels in the order in which Open-RMF's tools read them from a navigation graph's file.
    ///
    /// Its planner numbers waypoints through the levels in this order, and strings a lift's moves from one of its
    /// waypoints to the next one.
    public var levelOrder: [LevelID]
    /// What the site's people know of doors and lifts beyond the drawing.
    public var facilities = SiteFacilities()

    /// `levelOrder` is that of `levels` when it is left out.
    public init(
        name: String, levels: [Level], doors: [DoorID: Door], lifts: [LiftID: Lift], levelOrder: [LevelID]? = nil
    ) {
        self.name = name
        self.levels = levels
        self.doors = doors
        self.lifts = lifts
        self.levelOrder = levelOrder ?? levels.map(\.id)
    }

    /// The level of a name, if there is one.
    public func level(_ id: LevelID) -> Level? { levels.first { $0.id == id } }

    /// A place by its name, with its level.
    public func place(_ id: PlaceID) -> (place: Place, level: LevelID)? {
        for level in levels {
            if let place = level.places[id] { return (place, level.id) }
        }
        return nil
    }
}

/// One storey.
public struct Level: Sendable {
    public var id: LevelID
    /// Metres above the building's zero.
    public var elevation: Double
    public var walls: [Wall]
    /// Vertices of the navigation graph, by index; lanes refer to them.
    public var vertices: [Vertex]
    public var lanes: [Lane]
    /// The named vertices.
    public var places: [PlaceID: Place]
    /// The occupancy map, when one has been loaded.
    public var occupancy: OccupancyGrid?

    public init(
        id: LevelID, elevation: Double, walls: [Wall] = [], vertices: [Vertex] = [], lanes: [Lane] = [],
        places: [PlaceID: Place] = [:], occupancy: OccupancyGrid? = nil
    ) {
        self.id = id
        self.elevation = elevation
        self.walls = walls
        self.vertices = vertices
        self.lanes = lanes
        self.places = places
        self.occupancy = occupancy
    }
}

/// A straight wall.
public struct Wall: Hashable, Sendable {
    /// What a wall is made of, as far as a LiDAR cares.
    public enum Material: String, Hashable, Sendable {
        case solid
        /// The LiDAR sees through it; the robot must not drive through it.
        case glass
    }

    public var a: Point2D
    public var b: Point2D
    public var material: Material

    public init(_ a: Point2D, _ b: Point2D, material: Material = .solid) {
        self.a = a
        self.b = b
        self.material = material
    }
}

/// A vertex of the navigation graph.
public struct Vertex: Hashable, Sendable {
    public var position: Point2D
    /// Its name; empty for a nameless one.
    public var name: String
    /// The lift in whose car it lies, if any.
    public var lift: LiftID?
    /// Open-RMF's vertex parameters as written (`is_charger`, `dock_name`, …).
    public var parameters: [String: String]

    public init(position: Point2D, name: String = "", lift: LiftID? = nil, parameters: [String: String] = [:]) {
        self.position = position
        self.name = name
        self.lift = lift
        self.parameters = parameters
    }
}

/// A named vertex.
public struct Place: Hashable, Sendable {
    public var id: PlaceID
    public var position: Point2D
    /// The vertex's index on its level.
    public var vertex: Int
    /// The heading to stand in, radians, if the building file gives one.
    public var yaw: Double?
    /// Whether the robot can charge here.
    public var isCharger: Bool

    public init(id: PlaceID, position: Point2D, vertex: Int, yaw: Double? = nil, isCharger: Bool = false) {
        self.id = id
        self.position = position
        self.vertex = vertex
        self.yaw = yaw
        self.isCharger = isCharger
    }
}

/// A door in a wall of one level.
public struct Door: Hashable, Sendable {
    /// How the leaf moves.
    public enum Kind: String, Hashable, Sendable {
        case hinged, doubleHinged = "double_hinged", sliding, doubleSliding = "double_sliding", unknown
    }

    public var id: DoorID
    public var level: LevelID
    /// The two posts, map frame, metres.
    public var a: Point2D
    public var b: Point2D
    public var kind: Kind
    /// A glass leaf: the LiDAR sees through it even when it is closed.
    public var isGlass: Bool

    public init(
        id: DoorID, level: LevelID, a: Point2D, b: Point2D, kind: Kind = .unknown, isGlass: Bool = false
    ) {
        self.id = id
        self.level = level
        self.a = a
        self.b = b
        self.kind = kind
        self.isGlass = isGlass
    }

    public var width: Double { a.distance(to: b) }
}

/// A lift: a car that serves some levels.
public struct Lift: Hashable, Sendable {
    public var id: LiftID
    /// Centre of the car in the map frame, metres; yaw of the car's x axis, radians.
    public var pose: Pose2D
    /// Inner size along the car's x and y axes, metres.
    public var width: Double
    public var depth: Double
    /// The served levels and, on each, the posts of the car's doors (map frame, metres).
    public var doors: [LevelID: [LiftDoor]]

    public init(id: LiftID, pose: Pose2D, width: Double, depth: Double, doors: [LevelID: [LiftDoor]]) {
        self.id = id
        self.pose = pose
        self.width = width
        self.depth = depth
        self.doors = doors
    }

    /// Whether a point lies in the car, with `margin` metres added on each side.
    public func contains(_ point: Point2D, margin: Double = 0.05) -> Bool {
        let local = pose.inverseTransform(point)
        return abs(local.x) <= width / 2 + margin && abs(local.y) <= depth / 2 + margin
    }
}

/// One door of a lift's car.
public struct LiftDoor: Hashable, Sendable {
    public var name: String
    public var a: Point2D
    public var b: Point2D

    public init(name: String, a: Point2D, b: Point2D) {
        self.name = name
        self.a = a
        self.b = b
    }
}
