import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Inverse kinematics for the tests: an arm whose rolls stay at 0 moves in one upright plane through its shoulder, and
/// that is a triangle of two links and a wrist.
struct ArmSolver {
    var chain: KinematicChain

    /// Angles, elbow up, that bring the tool to a pose; nil when the pose is out of reach or out of the plane.
    func solve(_ goal: Pose3D) -> [Double]? {
        let joints = chain.joints
        let shoulder = joints[0].origin.origin + joints[1].origin.origin
        let upper = joints[2].origin.origin.x
        let lower = joints[3].origin.origin.x + joints[4].origin.origin.x
        let hand = joints[5].origin.origin.x + chain.tool.origin.x
        let yaw = atan2(goal.xAxis.y, goal.xAxis.x)
        let pitch = asin(min(max(-goal.xAxis.z, -1), 1))
        let wrist = goal.origin - goal.xAxis * hand - shoulder
        let reach = wrist.x * cos(yaw) + wrist.y * sin(yaw)
        let aside = wrist.y * cos(yaw) - wrist.x * sin(yaw)
        guard abs(aside) < 0.002 else { return nil }
        let down = -wrist.z
        let cosine = (reach * reach + down * down - upper * upper - lower * lower) / (2 * upper * lower)
        guard abs(cosine) <= 1 else { return nil }
        let elbow = acos(cosine)
        let first = atan2(down, reach) - atan2(lower * sin(elbow), upper + lower * cos(elbow))
        let angles = [yaw, first, elbow, 0, pitch - first - elbow, 0]
        let isAllowed = zip(angles, joints).allSatisfy { $0.0 >= $0.1.lower && $0.0 <= $0.1.upper }
        return isAllowed ? angles : nil
    }
}
