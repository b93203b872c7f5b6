public import RobotModel

/// A timed motion of the arm, as a value that the tick samples without allocating.
///
/// Up to 64 knots (time, joint positions, joint velocities), joined by cubic Hermite curves: position and velocity are
/// continuous. Before the first knot and after the last the arm stands.
@frozen
public struct ArmTrajectory: Sendable, BitwiseCopyable {
    /// The most knots.
    public static var capacity: Int { 64 }
    /// The most joints.
    public static var maxJoints: Int { 16 }

    /// How many joints it moves.
    public let jointCount: Int
    /// How many knots are in use; at least 1.
    public private(set) var knotCount = 0

    @usableFromInline var times = InlineArray<64, Double>(repeating: 0)
    @usableFromInline var positions = InlineArray<64, SIMD16<Double>>(repeating: .zero)
    @usableFromInline var velocities = InlineArray<64, SIMD16<Double>>(repeating: .zero)

    /// Standing at a position.
    @_noAllocation @_noLocks
    public init(holding position: JointVector) {
        jointCount = position.count
        append(time: 0, position: position, velocity: JointVector(count: position.count))
    }

    /// Empty; the first knot is to be appended at once.
    init(jointCount: Int) {
        precondition(jointCount <= 16, "an arm has at most 16 joints")
        self.jointCount = jointCount
    }

    /// Adds a knot; times rise.
    @_noAllocation @_noLocks
    mutating func append(time: Double, position: JointVector, velocity: JointVector) {
        precondition(knotCount < 64, "a trajectory has at most 64 knots")
        times[knotCount] = time
        for joint in 0..<jointCount {
            positions[knotCount][joint] = position[joint]
            velocities[knotCount][joint] = velocity[joint]
        }
        knotCount += 1
    }

    /// The same path, `factor` times as slow.
    func stretched(by factor: Double) -> ArmTrajectory {
        var result = self
        for knot in 0..<knotCount {
            result.times[knot] *= factor
            result.velocities[knot] /= factor
        }
        return result
    }

    /// This motion and then `next`, which starts where this one ends.
    func followed(by next: ArmTrajectory) -> ArmTrajectory {
        var result = self
        let offset = duration
        for knot in 1..<max(next.knotCount, 1) {
            precondition(result.knotCount < 64, "a trajectory has at most 64 knots")
            result.times[result.knotCount] = offset + next.times[knot]
            result.positions[result.knotCount] = next.positions[knot]
            result.velocities[result.knotCount] = next.velocities[knot]
            result.knotCount += 1
        }
        return result
    }

    /// Seconds from the first knot to the last.
    @inlinable public var duration: Double { @_noAllocation @_noLocks get { times[knotCount - 1] } }

    /// Where the joints are at a time in seconds. Never allocates.
    @inlinable @_noAllocation @_noLocks public func sample(at t: Double) -> JointVector {
        var copy = self
        return copy.sampleInPlace(at: t)
    }

    /// The same for the tick: changes nothing, and is `mutating` for speed alone. Swift hands a method that does not mutate
    /// a copy of a stored value, and copying these 17 kB takes ten times as long as the arithmetic.
    @inlinable @_noAllocation @_noLocks public mutating func sampleInPlace(at t: Double) -> JointVector {
        let (knot, u, span) = locate(t)
        if span == 0 { return weighted(knot, 1, 0, 0, 0) }
        // Hermite's basis; see any text on splines, with the tangents scaled by the span.
        let (u2, u3) = (u * u, u * u * u)
        let blend = 3 * u2 - 2 * u3
        return weighted(knot, 1 - blend, blend, span * (u3 - 2 * u2 + u), span * (u3 - u2))
    }

    /// How fast the joints move at a time in seconds, rad/s. Never allocates.
    @inlinable @_noAllocation @_noLocks public func velocity(at t: Double) -> JointVector {
        var copy = self
        let (knot, u, span) = copy.locate(t)
        if span == 0 { return JointVector(count: jointCount) }
        let slope = 6 * (u - u * u) / span
        return copy.weighted(knot, -slope, slope, 3 * u * u - 4 * u + 1, 3 * u * u - 2 * u)
    }

    /// How the joints accelerate at a time in seconds, rad/s². Never allocates.
    @inlinable @_noAllocation @_noLocks public func acceleration(at t: Double) -> JointVector {
        var copy = self
        return copy.accelerationInPlace(at: t)
    }

    /// The same for the tick, as `sampleInPlace`.
    @inlinable @_noAllocation @_noLocks public mutating func accelerationInPlace(at t: Double) -> JointVector {
        let (knot, u, span) = locate(t)
        if span == 0 { return JointVector(count: jointCount) }
        let bend = (6 - 12 * u) / (span * span)
        return weighted(knot, -bend, bend, (6 * u - 4) / span, (6 * u - 2) / span)
    }

    /// The span that holds `t`: its first knot, how far into it (0...1), its length (0: standing at that knot).
    @inlinable @_noAllocation @_noLocks mutating func locate(_ t: Double) -> (knot: Int, share: Double, span: Double) {
        guard t > 0, knotCount > 1 else { return (0, 0, 0) }
        guard t < times[knotCount - 1] else { return (knotCount - 1, 0, 0) }
        var low = 0
        var high = knotCount - 1
        while high - low > 1 {
            let middle = (low + high) / 2
            if times[middle] <= t { low = middle } else { high = middle }
        }
        let span = times[high] - times[low]
        return (low, span > 0 ? (t - times[low]) / span : 0, span)
    }

    /// A sum of the two knots' positions (`p0`, `p1`) and velocities (`v0`, `v1`).
    @inlinable @_noAllocation @_noLocks mutating func weighted(
        _ knot: Int, _ p0: Double, _ p1: Double, _ v0: Double, _ v1: Double
    )
        -> JointVector
    {
        let next = min(knot + 1, knotCount - 1)
        var result = JointVector(count: jointCount)
        for joint in 0..<jointCount {
            var value: Double = p0 * positions[knot][joint]
            value += p1 * positions[next][joint]
            value += v0 * velocities[knot][joint]
            value += v1 * velocities[next][joint]
            result[joint] = value
        }
        return result
    }
}
