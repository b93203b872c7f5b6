public import RobotModel

/// A level's occupancy map in `map_server`'s sense: what a LiDAR at the robot's height sees.
///
/// Row 0 is the bottom row (smallest y); cell (0, 0) has its lower left corner at `origin`.
public struct OccupancyGrid: Sendable {
    /// What is known of a cell.
    public enum Cell: UInt8, Sendable {
        case free = 0
        case occupied = 1
        /// Unknown, or glass: no beam is to be matched against it, and no wheel is to enter it.
        case unknown = 2
    }

    public var width: Int
    public var height: Int
    /// Metres a cell.
    public var resolution: Double
    /// Lower left corner of cell (0, 0) in the map frame, metres.
    public var origin: Point2D
    /// Row-major, `width * height` cells.
    public var cells: [Cell]

    public init(width: Int, height: Int, resolution: Double, origin: Point2D, cells: [Cell]) {
        precondition(cells.count == width * height, "an occupancy grid has width × height cells")
        self.width = width
        self.height = height
        self.resolution = resolution
        self.origin = origin
        self.cells = cells
    }

    /// The cell at a point of the map frame; `unknown` outside.
    public func cell(at point: Point2D) -> Cell {
        let column = Int(((point.x - origin.x) / resolution).rounded(.down))
        let row = Int(((point.y - origin.y) / resolution).rounded(.down))
        guard column >= 0, row >= 0, column < width, row < height else { return .unknown }
        return cells[row * width + column]
    }
}
