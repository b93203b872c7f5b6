public import BuildingMap
public import RobotModel

/// How far every point of a level is from the nearest wall that a LiDAR sees.
///
/// Distances are exact between the centres of cells and capped at `reach`; unknown cells (glass, outside) are no walls:
/// they neither attract an end point nor stop a ray.
public struct LikelihoodField: Sendable {
    /// Distances beyond this are not told apart, metres.
    public static var reach: Double { 2 }

    private let width: Int
    private let height: Int
    private let resolution: Double
    private let origin: Point2D
    private let distances: [Float]
    private let cells: [OccupancyGrid.Cell]

    public init(_ grid: OccupancyGrid) {
        width = grid.width
        height = grid.height
        resolution = grid.resolution
        origin = grid.origin
        cells = grid.cells
        let cells = grid.cells
        let scale = Float(grid.resolution)
        let reach = Float(Self.reach)
        distances = DistanceTransform.squared(width: grid.width, height: grid.height) { cells[$0] == .occupied }
            .map { min(reach, $0.squareRoot() * scale) }
    }

    /// The distance to the nearest wall in metres, and its slope by x and y, at a point of the map frame: bilinear
    /// between the centres of four cells. `reach` and no slope outside the map.
    @inline(__always)
    public func sample(_ x: Double, _ y: Double) -> (distance: Double, dx: Double, dy: Double) {
        let u = (x - origin.x) / resolution - 0.5
        let v = (y - origin.y) / resolution - 0.5
        guard u >= 0, v >= 0, u < Double(width - 1), v < Double(height - 1) else { return (Self.reach, 0, 0) }
        let column = Int(u)
        let row = Int(v)
        let a = u - Double(column)
        let b = v - Double(row)
        let index = row * width + column
        let d00 = Double(distances[index])
        let d10 = Double(distances[index + 1])
        let d01 = Double(distances[index + width])
        let d11 = Double(distances[index + width + 1])
        let lower = d00 + (d10 - d00) * a
        let upper = d01 + (d11 - d01) * a
        let slopeX = ((d10 - d00) * (1 - b) + (d11 - d01) * b) / resolution
        return (lower + (upper - lower) * b, slopeX, (upper - lower) / resolution)
    }

    /// The distance to the nearest wall in metres, without interpolation; `reach` outside the map.
    @inline(__always)
    public func distance(_ x: Double, _ y: Double) -> Double {
        let u = (x - origin.x) / resolution
        let v = (y - origin.y) / resolution
        guard u >= 0, v >= 0, u < Double(width), v < Double(height) else { return Self.reach }
        return Double(distances[Int(v) * width + Int(u)])
    }

    /// Whether the map does not say what is at a point.
    public func isUnknown(_ x: Double, _ y: Double) -> Bool {
        let u = (x - origin.x) / resolution
        let v = (y - origin.y) / resolution
        guard u >= 0, v >= 0, u < Double(width), v < Double(height) else { return true }
        return cells[Int(v) * width + Int(u)] == .unknown
    }

    /// Whether a wall lies on the way from `a` to `b`, ends excluded by `slack` metres.
    ///
    /// Walks the ray in steps as long as the distance to the nearest wall (sphere tracing).
    public func isBlocked(from a: Point2D, to b: Point2D, slack: Double) -> Bool {
        let length = a.distance(to: b)
        guard length > 2 * slack else { return false }
        let direction = (b - a) * (1 / length)
        var travelled = slack
        while travelled < length - slack {
            let distance = distance(a.x + direction.x * travelled, a.y + direction.y * travelled)
            // Within half a cell of a wall's centre the ray is in it.
            if distance < 0.5 * resolution { return true }
            travelled += max(distance - resolution, 0.5 * resolution)
        }
        return false
    }
}
