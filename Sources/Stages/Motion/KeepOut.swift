public import RobotModel

/// A box in `base_link` (sides along its axes, metres) that the arm must not enter.
public struct KeepOut: Hashable, Sendable {
    /// What it is, for error messages ("compartment lid").
    public var name: String
    public var lower: Vector3
    public var upper: Vector3

    public init(name: String, lower: Vector3, upper: Vector3) {
        self.name = name
        self.lower = lower
        self.upper = upper
    }

    /// Whether a point is in the box, or nearer to it than `margin` along an axis.
    func contains(_ p: Vector3, margin: Double) -> Bool {
        p.x > lower.x - margin && p.x < upper.x + margin && p.y > lower.y - margin && p.y < upper.y + margin
            && p.z > lower.z - margin && p.z < upper.z + margin
    }
}
