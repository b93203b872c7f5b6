public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// Finds joint angles for tool poses: damped least squares with joint limits, from several starts.
///
/// Source: Nakamura and Hanafusa, "Inverse kinematic solutions with singularity robustness", 1986, with the damping of
/// Levenberg and Marquardt; the wish to stay near the seed decides between several solutions. For the deliberation: it
/// allocates, and takes below a millisecond in most cases.
public struct ArmKinematics: Sendable {
    /// Which parts of the pose count.
    public enum Constraint: Sendable, Hashable {
        /// Position and orientation.
        case pose
        /// Position and how far the tool's x axis points up or down; its heading and its roll are free.
        case positionAndPitch
    }

    public let chain: KinematicChain
    /// Greatest error of a solution, metres and radians.
    public var positionTolerance = 0.001
    public var angleTolerance = 0.5 * Double.pi / 180
    /// Starts that are tried when the seed leads nowhere.
    public var restarts = 40

    private let lower: [Double]
    private let upper: [Double]

    public init(chain: KinematicChain) {
        self.chain = chain
        // Solutions keep off the limits by a little, so that a smooth curve through some of them stays within.
        lower = chain.joints.map { $0.lower + 0.005 }
        upper = chain.joints.map { $0.upper - 0.005 }
    }

    /// How many joints the arm has.
    public var jointCount: Int { chain.joints.count }

    /// The tool in `base_link`.
    public func toolPose(at angles: JointVector) -> Pose3D { chain.toolPose(at: angles) }

    /// Whether every joint is within its limits, give or take `slack` radians.
    public func isWithinLimits(_ angles: JointVector, slack: Double = 1e-9) -> Bool {
        guard angles.count >= jointCount else { return false }
        return (0..<jointCount).allSatisfy {
            angles[$0] >= chain.joints[$0].lower - slack && angles[$0] <= chain.joints[$0].upper + slack
        }
    }

    /// What is between a tool pose and a target: metres and radians.
    public func error(of pose: Pose3D, to target: Pose3D, _ constraint: Constraint = .pose) -> (Double, Double) {
        let error = difference(pose, target, constraint)
        return (
            Vector3(error[0], error[1], error[2]).length, Vector3(error[3], error[4], error[5]).length
        )
    }

    /// Joint angles that bring the tool to `target` (in `base_link`), as near to `seed` as can be found.
    ///
    /// - Parameters:
    ///   - seed: Angles to start from, at least one for each joint of the arm; further values are ignored.
    ///   - onlyNear: Start from the seed alone: for the next point of a line, where another posture is of no use.
    /// - Throws: `ArmFailure.outOfReach` with the best that was found.
    public func solve(
        _ target: Pose3D, seed: JointVector, constraint: Constraint = .pose, onlyNear: Bool = false
    ) throws(ArmFailure) -> JointVector {
        let start = clamped((0..<jointCount).map { $0 < seed.count ? seed[$0] : 0 })
        let first = descend(target, from: start, constraint)
        if first.solved { return JointVector(first.angles) }
        var best = first
        var solutions: [[Double]] = []
        if !onlyNear {
            // Always the same starts, so that the same question has the same answer.
            var random = SeededRandom(seed: 0x5EED)
            for index in 0..<restarts {
                let from = index < 8 ? mirrored(start, index) : randomStart(&random)
                let result = descend(target, from: from, constraint)
                if result.solved {
                    solutions.append(result.angles)
                    if solutions.count == 3 { break }
                } else if result.cost < best.cost {
                    best = result
                }
            }
        }
        if let nearest = solutions.min(by: { travel(start, $0) < travel(start, $1) }) { return JointVector(nearest) }
        let left = error(of: toolPose(at: JointVector(best.angles)), to: target, constraint)
        throw .outOfReach(position: left.0, angle: left.1)
    }

    // MARK: - One descent

    private struct Descent {
        var angles: [Double]
        var cost: Double
        var solved: Bool
    }

    /// Metres that a radian of orientation is worth: about the length of the hand.
    private let angleWeight = 0.2

    private func descend(_ target: Pose3D, from start: [Double], _ constraint: Constraint) -> Descent {
        let count = jointCount
        var angles = start
        var damping = 1e-3
        var frames = chain.frames(at: JointVector(angles))
        var error = difference(frames[count], target, constraint)
        var cost = self.cost(error)
        var matrix = [Double](repeating: 0, count: count * count)
        var right = [Double](repeating: 0, count: count)
        // A tenth of the tolerance: what is left for the interpolation between solutions.
        let goal = 0.1
        for _ in 0..<60 {
            if isSolved(error, goal) { break }
            let columns = jacobian(frames, target, constraint)
            for row in 0..<count {
                // A joint that stands at its limit and is drawn beyond it takes no part in this step.
                right[row] = dot(columns[row], error)
                for column in 0...row {
                    let value = dot(columns[row], columns[column])
                    matrix[row * count + column] = value
                    matrix[column * count + row] = value
                }
            }
            for row in 0..<count
            where (angles[row] <= lower[row] && right[row] < 0) || (angles[row] >= upper[row] && right[row] > 0) {
                for column in 0..<count {
                    matrix[row * count + column] = 0
                    matrix[column * count + row] = 0
                }
                matrix[row * count + row] = 1
                right[row] = 0
            }
            var improved = false
            for _ in 0..<6 {
                guard let step = solveSymmetric(matrix, right, damping: damping) else { break }
                var candidate = angles
                // A long step leaves the range in which the linear model means anything.
                let longest = step.reduce(0) { max($0, abs($1)) }
                let scale = longest > 0.5 ? 0.5 / longest : 1
                for row in 0..<count { candidate[row] += step[row] * scale }
                candidate = clamped(candidate)
                let candidateFrames = chain.frames(at: JointVector(candidate))
                let candidateError = difference(candidateFrames[count], target, constraint)
                let candidateCost = self.cost(candidateError)
                if candidateCost < cost {
                    improved = cost - candidateCost > 1e-4 * cost
                    (angles, frames, error, cost) = (candidate, candidateFrames, candidateError, candidateCost)
                    damping = max(damping * 0.2, 1e-8)
                    break
                }
                damping *= 5
            }
            if !improved { break }
        }
        return Descent(angles: angles, cost: cost, solved: isSolved(error, 1))
    }

    private func isSolved(_ error: [Double], _ share: Double) -> Bool {
        Vector3(error[0], error[1], error[2]).length <= positionTolerance * share
            && Vector3(error[3], error[4], error[5]).length <= angleTolerance * share
    }

    private func cost(_ error: [Double]) -> Double { dot(error, error) }

    /// Weighted product: metres, and radians times `angleWeight`.
    private func dot(_ a: [Double], _ b: [Double]) -> Double {
        a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
            + angleWeight * angleWeight * (a[3] * b[3] + a[4] * b[4] + a[5] * b[5])
    }

    /// Position error and rotation vector that lead from `pose` to `target`, in `base_link`.
    private func difference(_ pose: Pose3D, _ target: Pose3D, _ constraint: Constraint) -> [Double] {
        let position = target.origin - pose.origin
        switch constraint {
        case .pose:
            let turn = rotationVector(from: pose, to: target)
            return [position.x, position.y, position.z, turn.x, turn.y, turn.z]
        case .positionAndPitch:
            return [position.x, position.y, position.z, pitch(target) - pitch(pose), 0, 0]
        }
    }

    /// Elevation of the tool's x axis in radians, up positive.
    private func pitch(_ pose: Pose3D) -> Double { asin(max(-1, min(1, pose.xAxis.z))) }

    /// One column a joint: how the tool moves and turns with it.
    private func jacobian(_ frames: [Pose3D], _ target: Pose3D, _ constraint: Constraint) -> [[Double]] {
        let tool = frames[jointCount]
        return (0..<jointCount).map { index in
            let axis = frames[index].rotate(chain.joints[index].axis)
            let move = axis.cross(tool.origin - frames[index].origin)
            switch constraint {
            case .pose:
                return [move.x, move.y, move.z, axis.x, axis.y, axis.z]
            case .positionAndPitch:
                let level = max((1 - tool.xAxis.z * tool.xAxis.z).squareRoot(), 1e-3)
                return [move.x, move.y, move.z, axis.cross(tool.xAxis).z / level, 0, 0]
            }
        }
    }

    // MARK: - Starts

    private func clamped(_ angles: [Double]) -> [Double] {
        angles.enumerated().map { min(max($1, lower[$0]), upper[$0]) }
    }

    private func travel(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    /// The seed with some of its joints mirrored: other elbows and wrists.
    private func mirrored(_ start: [Double], _ index: Int) -> [Double] {
        let bits = index + 1
        return clamped(
            start.enumerated().map { joint, angle in
                guard joint > 0 else { return angle }
                let flipped = (bits >> ((joint - 1) % 4)) & 1 == 1
                return flipped ? (abs(angle) < 0.3 ? (angle < 0 ? 0.9 : -0.9) : -angle) : angle
            })
    }

    private func randomStart(_ random: inout SeededRandom) -> [Double] {
        (0..<jointCount).map { Double.random(in: lower[$0]...upper[$0], using: &random) }
    }
}

/// The rotation vector (axis times angle, radians, in the parent frame) that turns `from` into `to`.
func rotationVector(from: Pose3D, to: Pose3D) -> Vector3 {
    // Half the sum of the axes' cross products is sin(angle) times the axis.
    let sum = from.xAxis.cross(to.xAxis) + from.yAxis.cross(to.yAxis) + from.zAxis.cross(to.zAxis)
    let sine = sum.length / 2
    let cosine = (from.xAxis.dot(to.xAxis) + from.yAxis.dot(to.yAxis) + from.zAxis.dot(to.zAxis) - 1) / 2
    let angle = atan2(sine, cosine)
    if sine > 1e-6 { return sum * (angle / (2 * sine)) }
    if cosine > 0 { return sum * 0.5 }
    // Half a turn: the axis is the largest column of (R + 1) / 2.
    let columns = [from.xAxis + to.xAxis, from.yAxis + to.yAxis, from.zAxis + to.zAxis]
    let axis = columns.max { $0.length < $1.length } ?? Vector3(1, 0, 0)
    return axis * (.pi / max(axis.length, 1e-12))
}

/// Solves (M + damping · 1) x = b for a symmetric positive M by Cholesky's decomposition; nil when it is singular.
func solveSymmetric(_ matrix: [Double], _ right: [Double], damping: Double) -> [Double]? {
    let count = right.count
    var factor = matrix
    for row in 0..<count { factor[row * count + row] += damping }
    for row in 0..<count {
        for column in 0...row {
            var sum = factor[row * count + column]
            for k in 0..<column { sum -= factor[row * count + k] * factor[column * count + k] }
            if row == column {
                guard sum > 0 else { return nil }
                factor[row * count + row] = sum.squareRoot()
            } else {
                factor[row * count + column] = sum / factor[column * count + column]
            }
        }
    }
    var x = right
    for row in 0..<count {
        for k in 0..<row { x[row] -= factor[row * count + k] * x[k] }
        x[row] /= factor[row * count + row]
    }
    for row in (0..<count).reversed() {
        for k in (row + 1)..<max(count, row + 1) { x[row] -= factor[k * count + row] * x[k] }
        x[row] /= factor[row * count + row]
    }
    return x
}
