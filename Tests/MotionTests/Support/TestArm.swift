import Glibc
import Motion
import RobotModel

/// The arm of the twin's robot: yaw, pitch, pitch, roll, pitch, roll.
enum TestArm {
    static func chain(upper: Double = 0.36, elbowToRoll: Double = 0.14, rollToWrist: Double = 0.22) -> KinematicChain {
        let x = Vector3(1, 0, 0)
        let y = Vector3(0, 1, 0)
        func joint(
            _ name: String, _ origin: Vector3, _ axis: Vector3, _ lower: Double, _ upper: Double, _ velocity: Double,
            _ acceleration: Double
        ) -> RevoluteJoint {
            RevoluteJoint(
                name: name, origin: Pose3D(origin: origin), axis: axis, lower: lower, upper: upper,
                maxVelocity: velocity, maxAcceleration: acceleration)
        }
        return KinematicChain(
            joints: [
                joint("shoulder_yaw", Vector3(0.12, 0, 0.46), Vector3(0, 0, 1), -2.0, 3.4, 1.6, 4),
                joint("shoulder_pitch", Vector3(0, 0, 0.11), y, -2.3, 2.0, 1.6, 4),
                joint("elbow_pitch", Vector3(upper, 0, 0), y, -2.8, 2.8, 1.8, 5),
                joint("forearm_roll", Vector3(elbowToRoll, 0, 0), x, -3.1, 3.1, 2.2, 6),
                joint("wrist_pitch", Vector3(rollToWrist, 0, 0), y, -2.1, 2.1, 2.2, 6),
                joint("wrist_roll", Vector3(0.06, 0, 0), x, -3.1, 3.1, 2.6, 8),
            ], tool: Pose3D(origin: Vector3(0.10, 0, 0)))
    }

    /// A tool pose ahead of or behind the robot: pitched down by `down` radians, heading `yaw`.
    static func tool(_ x: Double, _ y: Double, _ z: Double, down: Double, yaw: Double = 0) -> Pose3D {
        Pose3D(origin: Vector3(x, y, z), roll: 0, pitch: down, yaw: yaw)
    }
}

extension TestArm {
    static let postures: [String: [Double]] = [
        "stowed": [0, -1.9, 2.6, 0, 0.87, 0], "ready": [0, -2.0, 2.3, 0, 0.4, 0], "rear": [.pi, -2.0, 2.3, 0, 0.4, 0],
    ]

    static func planner(keepOuts: [KeepOut] = []) -> ArmPlanner {
        ArmPlanner(chain: chain(), postures: postures, keepOuts: keepOuts)
    }

    static func joints(_ name: String) -> JointVector { JointVector(postures[name] ?? []) }
}
