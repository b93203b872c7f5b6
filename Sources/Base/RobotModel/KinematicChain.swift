#if canImport(Glibc)
    import Glibc
#endif

/// One revolute joint of an arm, as URDF describes it.
public struct RevoluteJoint: Hashable, Sendable {
    public var name: String
    /// The joint's frame at angle 0, in the frame of the joint before it (`base_link` for the first).
    public var origin: Pose3D
    /// The axis of rotation in the joint's own frame; unit length.
    public var axis: Vector3
    /// Limits in radians.
    public var lower: Double
    public var upper: Double
    /// rad/s and rad/s².
    public var maxVelocity: Double
    public var maxAcceleration: Double

    public init(
        name: String, origin: Pose3D, axis: Vector3, lower: Double, upper: Double, maxVelocity: Double,
        maxAcceleration: Double
    ) {
        self.name = name
        self.origin = origin
        self.axis = axis
        self.lower = lower
        self.upper = upper
        self.maxVelocity = maxVelocity
        self.maxAcceleration = maxAcceleration
    }
}

/// A serial arm: revolute joints from the base outwards and a tool centre point.
public struct KinematicChain: Hashable, Sendable {
    public var joints: [RevoluteJoint]
    /// The tool centre point in the last joint's frame. Its x axis points out of the gripper.
    public var tool: Pose3D

    public init(joints: [RevoluteJoint], tool: Pose3D) {
        self.joints = joints
        self.tool = tool
    }

    /// The frames of every joint (after its rotation) and, last, of the tool, in `base_link`.
    ///
    /// - Parameter angles: One angle in radians for each joint; further values (a gripper's) are ignored.
    public func frames(at angles: JointVector) -> [Pose3D] {
        var frame = Pose3D()
        var frames: [Pose3D] = []
        frames.reserveCapacity(joints.count + 1)
        for (index, joint) in joints.enumerated() {
            frame = frame.composed(with: joint.origin).composed(with: Pose3D(axis: joint.axis, angle: angles[index]))
            frames.append(frame)
        }
        frames.append(frame.composed(with: tool))
        return frames
    }

    /// The tool centre point in `base_link`.
    public func toolPose(at angles: JointVector) -> Pose3D { frames(at: angles)[joints.count] }
}

extension Pose3D {
    /// A rotation about a unit axis (Rodrigues' formula), angle in radians.
    public init(axis: Vector3, angle: Double) {
        let (c, s) = (cos(angle), sin(angle))
        let k = 1 - c
        let (x, y, z) = (axis.x, axis.y, axis.z)
        self.init(
            xAxis: Vector3(c + x * x * k, y * x * k + z * s, z * x * k - y * s),
            yAxis: Vector3(x * y * k - z * s, c + y * y * k, z * y * k + x * s),
            zAxis: Vector3(x * z * k + y * s, y * z * k - x * s, c + z * z * k))
    }
}
