public import RobotModel

/// The outline of the robot seen from above: a rectangle centred on `base_link`, metres.
@frozen
public struct Hull: Sendable, BitwiseCopyable, Hashable {
    public var length: Double
    public var width: Double

    @inlinable public init(length: Double, width: Double) {
        self.length = length
        self.width = width
    }

    /// Distance from the centre to a corner: what a turn on the spot sweeps.
    public var cornerRadius: Double { (length * length + width * width).squareRoot() / 2 }

    /// Distance in metres from the hull to a point given in its own frame; 0 inside.
    @inlinable public func distance(to point: Point2D) -> Double {
        let dx = max(abs(point.x) - length / 2, 0)
        let dy = max(abs(point.y) - width / 2, 0)
        return (dx * dx + dy * dy).squareRoot()
    }
}
