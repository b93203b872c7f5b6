public import RobotModel

/// Turns what the arm is asked to do into a timed motion within the limits of its joints.
///
/// Postures and free tool moves go straight in the joints' space; when that leads through a keep-out, by way of the
/// transit postures. Straight tool moves are solved point by point along the line. For the deliberation: it allocates.
public struct ArmPlanner: Sendable {
    public let kinematics: ArmKinematics
    /// Named postures, one angle for each joint of the arm.
    public let postures: [String: [Double]]
    /// Where links and tool must not go.
    public var keepOuts: [KeepOut]
    /// Postures that a move may take as a way round, in the order in which they are tried.
    public var transit: [String]
    /// Half the thickness of a link, metres.
    public var linkRadius = 0.04
    /// Share of the joints' limits that is used; the rest is the servos' to catch up with.
    public var share = 0.9

    /// Greatest change of a joint, in radians, between neighbouring points of a line.
    private let greatestJump = 0.45
    /// m/s² of the tool on a line.
    private let toolAcceleration = 0.6

    public init(
        chain: KinematicChain, postures: [String: [Double]], keepOuts: [KeepOut] = [],
        transit: [String] = ["ready", "rear"]
    ) {
        kinematics = ArmKinematics(chain: chain)
        self.postures = postures
        self.keepOuts = keepOuts
        self.transit = transit
    }

    /// A motion from where the arm is (its present set-point) to a goal.
    ///
    /// `hold` and `limp` stand still; letting go of the torque is not a motion.
    public func plan(_ goal: ArmGoal, from current: JointVector) throws(ArmFailure) -> ArmTrajectory {
        guard current.count >= kinematics.jointCount else {
            throw .badJoints("\(current.count) joints are measured, the arm has \(kinematics.jointCount)")
        }
        var start = JointVector(count: kinematics.jointCount)
        for joint in 0..<kinematics.jointCount { start[joint] = current[joint] }
        switch goal {
        case .hold, .limp:
            return ArmTrajectory(holding: start)
        case .posture(let name):
            return try detour(from: start, to: posture(name), toolSpeed: .infinity)
        case .tool(let pose, let straight, let speed, _):
            if straight { return try line(from: start, to: pose, speed: speed) }
            return try detour(from: start, to: kinematics.solve(pose, seed: start), toolSpeed: speed)
        }
    }

    /// A named posture's joints.
    public func posture(_ name: String) throws(ArmFailure) -> JointVector {
        guard let angles = postures[name] else { throw .unknownPosture(name) }
        guard angles.count == kinematics.jointCount, kinematics.isWithinLimits(JointVector(angles)) else {
            throw .badJoints("posture \"\(name)\" has a wrong number of joints or is outside their limits")
        }
        return JointVector(angles)
    }

    // MARK: - In the joints' space

    /// The direct move, or one by way of one or two transit postures.
    private func detour(
        from start: JointVector, to goal: JointVector, toolSpeed: Double
    ) throws(ArmFailure) -> ArmTrajectory {
        let direct = move(from: start, to: goal, toolSpeed: toolSpeed)
        guard let obstacle = collision(direct) else { return direct }
        var stops: [JointVector] = []
        for name in transit { stops.append(try posture(name)) }
        for first in stops {
            let opening = move(from: start, to: first, toolSpeed: toolSpeed)
            guard collision(opening) == nil else { continue }
            let closing = move(from: first, to: goal, toolSpeed: toolSpeed)
            if collision(closing) == nil { return opening.followed(by: closing) }
            for second in stops where second != first {
                let middle = move(from: first, to: second, toolSpeed: toolSpeed)
                let closing = move(from: second, to: goal, toolSpeed: toolSpeed)
                if collision(middle) == nil && collision(closing) == nil {
                    return opening.followed(by: middle).followed(by: closing)
                }
            }
        }
        throw .collides(with: obstacle)
    }

    /// All joints start and stop together; the slowest sets the pace.
    private func move(from start: JointVector, to goal: JointVector, toolSpeed: Double) -> ArmTrajectory {
        let count = kinematics.jointCount
        var speed = Double.infinity
        var acceleration = Double.infinity
        for joint in 0..<count {
            let distance = abs(goal[joint] - start[joint])
            guard distance > 1e-9 else { continue }
            let limits = kinematics.chain.joints[joint]
            speed = min(speed, share * limits.maxVelocity / distance)
            acceleration = min(acceleration, share * limits.maxAcceleration / distance)
        }
        guard speed.isFinite else { return ArmTrajectory(holding: goal) }
        if toolSpeed.isFinite {
            // The tool's speed at unit speed of the path, at its fastest of 32 places.
            var fastest = 0.0
            var last = kinematics.toolPose(at: start).origin
            for step in 1...32 {
                let next = kinematics.toolPose(at: between(start, goal, Double(step) / 32)).origin
                fastest = max(fastest, (next - last).length * 32)
                last = next
            }
            if fastest > 1e-9 { speed = min(speed, max(toolSpeed, 0.005) / fastest) }
        }
        let profile = TrapezoidProfile(length: 1, maxSpeed: speed, maxAcceleration: acceleration)
        var trajectory = ArmTrajectory(jointCount: count)
        var times = [0, profile.ramp, profile.duration - profile.ramp, profile.duration]
        if times[2] - times[1] < 1e-6 { times = [0, profile.duration / 2, profile.duration] }
        // Between these knots the motion is a parabola or a line, which the curves of the trajectory hold exactly.
        for (index, time) in times.enumerated() {
            let (position, rate) = profile.at(time)
            var velocity = JointVector(count: count)
            for joint in 0..<count { velocity[joint] = rate * (goal[joint] - start[joint]) }
            let isLast = index == times.count - 1
            trajectory.append(
                time: time, position: isLast ? goal : between(start, goal, position), velocity: velocity)
        }
        return trajectory
    }

    private func between(_ a: JointVector, _ b: JointVector, _ share: Double) -> JointVector {
        var result = a
        for joint in 0..<a.count { result[joint] = a[joint] + (b[joint] - a[joint]) * share }
        return result
    }

    // MARK: - Along a line

    private func line(from start: JointVector, to target: Pose3D, speed: Double) throws(ArmFailure) -> ArmTrajectory {
        let origin = kinematics.toolPose(at: start)
        let distance = (target.origin - origin.origin).length
        let turn = rotationVector(from: origin, to: target)
        let angle = turn.length
        if distance < 1e-6 && angle < 1e-6 { return ArmTrajectory(holding: start) }
        // Two centimetres or five degrees a step; the knots of a trajectory are the bound.
        let steps = max(4, min(56, Int(max(distance / 0.02, angle / 0.09).rounded(.up))))
        var points = [start]
        for step in 1...steps {
            let share = Double(step) / Double(steps)
            let rotation = Pose3D(axis: angle > 1e-9 ? turn * (1 / angle) : Vector3(1, 0, 0), angle: angle * share)
            let pose = Pose3D(
                xAxis: rotation.rotate(origin.xAxis), yAxis: rotation.rotate(origin.yAxis),
                zAxis: rotation.rotate(origin.zAxis), origin: origin.origin + (target.origin - origin.origin) * share)
            let previous = points[step - 1]
            let solution: JointVector
            do {
                solution = try kinematics.solve(pose, seed: previous, onlyNear: true)
            } catch {
                // The end may be out of reach altogether: that says more than where the line breaks.
                if step == steps { throw error }
                _ = try kinematics.solve(target, seed: previous)
                throw .brokenLine(at: share)
            }
            for joint in 0..<solution.count where abs(solution[joint] - previous[joint]) > greatestJump {
                throw .brokenLine(at: share)
            }
            points.append(solution)
        }
        let spline = JointSpline(points)
        // A pure turn is paced as if its fingers moved on a circle of 0.2 m.
        let length = max(distance, 0.2 * angle)
        let trajectory = timed(spline, length: length, speed: max(speed, 0.005))
        if let obstacle = collision(trajectory) { throw .collides(with: obstacle) }
        return trajectory
    }

    /// Gives a path through the joints' space the fastest trapezoid that its joints and the tool's speed allow.
    private func timed(_ spline: JointSpline, length: Double, speed: Double) -> ArmTrajectory {
        let count = kinematics.jointCount
        var rate = speed / length
        var acceleration = toolAcceleration / length
        for index in 0...(spline.spans * 4) {
            let (_, first, second) = spline.at(Double(index) / Double(spline.spans * 4))
            for joint in 0..<count {
                let limits = kinematics.chain.joints[joint]
                if abs(first[joint]) > 1e-9 {
                    rate = min(rate, share * limits.maxVelocity / abs(first[joint]))
                    acceleration = min(acceleration, 0.5 * limits.maxAcceleration / abs(first[joint]))
                }
                if abs(second[joint]) > 1e-9 {
                    rate = min(rate, (0.4 * limits.maxAcceleration / abs(second[joint])).squareRoot())
                }
            }
        }
        let profile = TrapezoidProfile(length: 1, maxSpeed: rate, maxAcceleration: acceleration)
        var trajectory = ArmTrajectory(jointCount: count)
        for time in knotTimes(profile) {
            let (position, pace) = profile.at(time)
            let (joints, slope, _) = spline.at(position)
            var velocity = slope
            for joint in 0..<count { velocity[joint] *= pace }
            trajectory.append(time: time, position: joints, velocity: velocity)
        }
        let excess = self.excess(trajectory)
        return excess > 1 ? trajectory.stretched(by: excess) : trajectory
    }

    /// 64 times that hold the profile's corners and are spread over its parts by their length.
    private func knotTimes(_ profile: TrapezoidProfile) -> [Double] {
        let cruise = profile.duration - 2 * profile.ramp
        let spans = 63
        let middle = cruise < 1e-6 ? 0 : max(1, min(spans - 2, Int(Double(spans) * cruise / profile.duration)))
        let first = (spans - middle) / 2
        var times: [Double] = []
        for index in 0..<first { times.append(profile.ramp * Double(index) / Double(first)) }
        for index in 0..<middle { times.append(profile.ramp + cruise * Double(index) / Double(middle)) }
        let last = spans - first - middle
        for index in 0...last {
            times.append(profile.duration - profile.ramp * (1 - Double(index) / Double(last)))
        }
        return times
    }

    /// How many times too fast a trajectory is; 1 or less when it keeps every limit.
    private func excess(_ trajectory: ArmTrajectory) -> Double {
        var worst = 0.0
        for index in 0...512 {
            let time = trajectory.duration * (Double(index) + 0.5) / 513
            let velocity = trajectory.velocity(at: time)
            let acceleration = trajectory.acceleration(at: time)
            for joint in 0..<trajectory.jointCount {
                let limits = kinematics.chain.joints[joint]
                worst = max(worst, abs(velocity[joint]) / (0.97 * limits.maxVelocity))
                worst = max(worst, (abs(acceleration[joint]) / (0.95 * limits.maxAcceleration)).squareRoot())
            }
        }
        return worst
    }

    // MARK: - Keep-outs

    /// The first keep-out that the arm enters on its way.
    ///
    /// One that it starts or ends in is not counted: reaching into the compartment is what its skills are for.
    private func collision(_ trajectory: ArmTrajectory) -> String? {
        guard !keepOuts.isEmpty else { return nil }
        let ends = skeleton(trajectory.sample(at: 0)) + skeleton(trajectory.sample(at: trajectory.duration))
        let boxes = keepOuts.filter { box in !ends.contains { box.contains($0, margin: linkRadius) } }
        guard !boxes.isEmpty else { return nil }
        let steps = max(8, min(200, Int(trajectory.duration / 0.04)))
        for step in 1..<steps {
            let points = skeleton(trajectory.sample(at: trajectory.duration * Double(step) / Double(steps)))
            for box in boxes where points.contains(where: { box.contains($0, margin: linkRadius) }) { return box.name }
        }
        return nil
    }

    /// Points along the links from the second joint to the tool.
    private func skeleton(_ joints: JointVector) -> [Vector3] {
        let frames = kinematics.chain.frames(at: joints)
        var points: [Vector3] = []
        for index in 1..<frames.count {
            let (a, b) = (frames[index - 1].origin, frames[index].origin)
            for share in [0.25, 0.5, 0.75, 1.0] { points.append(a + (b - a) * share) }
        }
        return points
    }
}

/// A smooth curve through points of the joints' space, by a parameter 0...1 (Catmull and Rom's tangents).
struct JointSpline {
    let points: [JointVector]
    let tangents: [JointVector]

    var spans: Int { points.count - 1 }

    init(_ points: [JointVector]) {
        self.points = points
        var tangents: [JointVector] = []
        let last = points.count - 1
        for index in 0...last {
            var tangent = points[index]
            for joint in 0..<tangent.count {
                if index == 0 {
                    // The parabola through the first three points.
                    tangent[joint] =
                        last > 1
                        ? -1.5 * points[0][joint] + 2 * points[1][joint] - 0.5 * points[2][joint]
                        : points[1][joint] - points[0][joint]
                } else if index == last {
                    tangent[joint] =
                        last > 1
                        ? 1.5 * points[last][joint] - 2 * points[last - 1][joint] + 0.5 * points[last - 2][joint]
                        : points[last][joint] - points[last - 1][joint]
                } else {
                    tangent[joint] = (points[index + 1][joint] - points[index - 1][joint]) / 2
                }
            }
            tangents.append(tangent)
        }
        self.tangents = tangents
    }

    /// Position and first and second derivative by the parameter.
    func at(_ s: Double) -> (JointVector, JointVector, JointVector) {
        let scaled = min(max(s, 0), 1) * Double(spans)
        let index = min(Int(scaled), spans - 1)
        let u = scaled - Double(index)
        var position = points[index]
        var first = position
        var second = position
        for joint in 0..<position.count {
            let (a, b) = (points[index][joint], points[index + 1][joint])
            let (ta, tb) = (tangents[index][joint], tangents[index + 1][joint])
            // a + ta·u + c2·u² + c3·u³
            let c2 = 3 * (b - a) - 2 * ta - tb
            let c3 = 2 * (a - b) + ta + tb
            position[joint] = a + u * (ta + u * (c2 + u * c3))
            first[joint] = (ta + u * (2 * c2 + u * 3 * c3)) * Double(spans)
            second[joint] = (2 * c2 + u * 6 * c3) * Double(spans * spans)
        }
        return (position, first, second)
    }
}
