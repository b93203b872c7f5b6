#if canImport(Glibc)
    import Glibc
#endif

/// A point in a plane, in metres.
@frozen
public struct Point2D: Hashable, Sendable, BitwiseCopyable, Codable {
    public var x: Double
    public var y: Double

    @inlinable public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }

    @inlinable public static func + (a: Point2D, b: Point2D) -> Point2D { Point2D(a.x + b.x, a.y + b.y) }
    @inlinable public static func - (a: Point2D, b: Point2D) -> Point2D { Point2D(a.x - b.x, a.y - b.y) }
    @inlinable public static func * (a: Point2D, k: Double) -> Point2D { Point2D(a.x * k, a.y * k) }
    @inlinable public func dot(_ b: Point2D) -> Double { x * b.x + y * b.y }
    /// The z component of the cross product.
    @inlinable public func cross(_ b: Point2D) -> Double { x * b.y - y * b.x }
    @inlinable public var length: Double { (x * x + y * y).squareRoot() }
    @inlinable public func distance(to b: Point2D) -> Double { (self - b).length }
}

/// Brings an angle in radians into (-π, π].
@inlinable public func normalizedAngle(_ angle: Double) -> Double {
    if angle > -Double.pi && angle <= Double.pi { return angle }
    var a = angle.truncatingRemainder(dividingBy: 2 * .pi)
    if a > .pi { a -= 2 * .pi } else if a <= -.pi { a += 2 * .pi }
    return a
}

/// A pose in a plane: metres and radians, yaw counter-clockwise from x (REP-103).
@frozen
public struct Pose2D: Hashable, Sendable, BitwiseCopyable, Codable {
    public var x: Double
    public var y: Double
    /// Heading in radians.
    public var yaw: Double

    @inlinable public init(x: Double = 0, y: Double = 0, yaw: Double = 0) {
        self.x = x
        self.y = y
        self.yaw = yaw
    }

    @inlinable public init(_ position: Point2D, yaw: Double) { self.init(x: position.x, y: position.y, yaw: yaw) }

    @inlinable public var position: Point2D { Point2D(x, y) }

    /// The pose `child`, given in this pose's frame, in the frame that this pose is given in (this ∘ child).
    public func composed(with child: Pose2D) -> Pose2D {
        let c = cos(yaw)
        let s = sin(yaw)
        return Pose2D(
            x: x + c * child.x - s * child.y, y: y + s * child.x + c * child.y,
            yaw: normalizedAngle(yaw + child.yaw))
    }

    /// The pose of the parent frame seen from this pose.
    public var inverse: Pose2D {
        let c = cos(yaw)
        let s = sin(yaw)
        return Pose2D(x: -c * x - s * y, y: s * x - c * y, yaw: normalizedAngle(-yaw))
    }

    /// `other`, given in the same frame as this pose, as seen from this pose (this⁻¹ ∘ other).
    public func relative(_ other: Pose2D) -> Pose2D { inverse.composed(with: other) }

    /// A point given in this pose's frame, in the parent frame.
    public func transform(_ p: Point2D) -> Point2D {
        let c = cos(yaw)
        let s = sin(yaw)
        return Point2D(x + c * p.x - s * p.y, y + s * p.x + c * p.y)
    }

    /// A point of the parent frame, in this pose's frame.
    public func inverseTransform(_ p: Point2D) -> Point2D {
        let c = cos(yaw)
        let s = sin(yaw)
        let dx = p.x - x
        let dy = p.y - y
        return Point2D(c * dx + s * dy, -s * dx + c * dy)
    }
}

/// A velocity in a plane, in the robot's own frame.
@frozen
public struct Twist2D: Hashable, Sendable, BitwiseCopyable, Codable {
    /// Forward speed in m/s.
    public var linear: Double
    /// Turn rate in rad/s, counter-clockwise.
    public var angular: Double

    @inlinable public init(linear: Double = 0, angular: Double = 0) {
        self.linear = linear
        self.angular = angular
    }

    @inlinable public static var zero: Twist2D { Twist2D() }
}

/// A vector in space, in metres unless said otherwise.
@frozen
public struct Vector3: Hashable, Sendable, BitwiseCopyable, Codable {
    public var x: Double
    public var y: Double
    public var z: Double

    @inlinable public init(_ x: Double, _ y: Double, _ z: Double) {
        self.x = x
        self.y = y
        self.z = z
    }

    @inlinable public static var zero: Vector3 { Vector3(0, 0, 0) }
    @inlinable public static func + (a: Vector3, b: Vector3) -> Vector3 { Vector3(a.x + b.x, a.y + b.y, a.z + b.z) }
    @inlinable public static func - (a: Vector3, b: Vector3) -> Vector3 { Vector3(a.x - b.x, a.y - b.y, a.z - b.z) }
    @inlinable public static func * (a: Vector3, k: Double) -> Vector3 { Vector3(a.x * k, a.y * k, a.z * k) }
    @inlinable public func dot(_ b: Vector3) -> Double { x * b.x + y * b.y + z * b.z }
    @inlinable public func cross(_ b: Vector3) -> Vector3 {
        Vector3(y * b.z - z * b.y, z * b.x - x * b.z, x * b.y - y * b.x)
    }
    @inlinable public var length: Double { dot(self).squareRoot() }
}

/// A rigid pose in space: a rotation (three column vectors) and a translation in metres.
@frozen
public struct Pose3D: Hashable, Sendable, BitwiseCopyable {
    /// The x axis of this frame, in the parent frame; unit length.
    public var xAxis: Vector3
    /// The y axis of this frame, in the parent frame; unit length.
    public var yAxis: Vector3
    /// The z axis of this frame, in the parent frame; unit length.
    public var zAxis: Vector3
    /// The origin of this frame, in the parent frame, in metres.
    public var origin: Vector3

    @inlinable public init(
        xAxis: Vector3 = Vector3(1, 0, 0), yAxis: Vector3 = Vector3(0, 1, 0), zAxis: Vector3 = Vector3(0, 0, 1),
        origin: Vector3 = .zero
    ) {
        self.xAxis = xAxis
        self.yAxis = yAxis
        self.zAxis = zAxis
        self.origin = origin
    }

    /// A translation and fixed-axis roll, pitch, yaw in radians (URDF's convention: Rz(yaw)·Ry(pitch)·Rx(roll)).
    public init(origin: Vector3, roll: Double, pitch: Double, yaw: Double) {
        let (cr, sr, cp, sp, cy, sy) = (cos(roll), sin(roll), cos(pitch), sin(pitch), cos(yaw), sin(yaw))
        self.init(
            xAxis: Vector3(cy * cp, sy * cp, -sp),
            yAxis: Vector3(cy * sp * sr - sy * cr, sy * sp * sr + cy * cr, cp * sr),
            zAxis: Vector3(cy * sp * cr + sy * sr, sy * sp * cr - cy * sr, cp * cr), origin: origin)
    }

    /// A planar pose lifted into space at height `z`.
    public init(_ planar: Pose2D, z: Double = 0) {
        self.init(origin: Vector3(planar.x, planar.y, z), roll: 0, pitch: 0, yaw: planar.yaw)
    }

    /// A vector of this frame, turned into the parent frame.
    @inlinable public func rotate(_ v: Vector3) -> Vector3 { xAxis * v.x + yAxis * v.y + zAxis * v.z }

    /// A point of this frame, in the parent frame.
    @inlinable public func transform(_ p: Vector3) -> Vector3 { rotate(p) + origin }

    /// This ∘ child.
    @inlinable public func composed(with child: Pose3D) -> Pose3D {
        Pose3D(
            xAxis: rotate(child.xAxis), yAxis: rotate(child.yAxis), zAxis: rotate(child.zAxis),
            origin: transform(child.origin))
    }

    /// The pose of the parent frame seen from this one.
    @inlinable public var inverse: Pose3D {
        Pose3D(
            xAxis: Vector3(xAxis.x, yAxis.x, zAxis.x), yAxis: Vector3(xAxis.y, yAxis.y, zAxis.y),
            zAxis: Vector3(xAxis.z, yAxis.z, zAxis.z),
            origin: Vector3(-xAxis.dot(origin), -yAxis.dot(origin), -zAxis.dot(origin)))
    }
}
