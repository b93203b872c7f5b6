import RobotModel
import Twin

/// What the robot's body really does from a moment on, seen every millisecond: the truth, not what the robot says.
final class MotionWatch {
    /// A motion slower than this is standing: m/s, rad/s, and rad/s of a joint.
    private static let still = (linear: 0.005, angular: 0.01, joint: 0.02)

    private let start: Instant
    private let first: Truth
    private var last: Truth
    private var goals: [Double]
    /// The last moment at which the wheels and the arm moved.
    private var wheelsMoved: Instant
    private var armMoved: Instant
    /// The greatest change of a servo's goal in one millisecond, radians; set-points go out every 10 ms.
    private(set) var greatestGoalStep = 0.0
    /// The greatest change of the speed over the ground in one millisecond, m/s.
    private(set) var greatestSpeedStep = 0.0

    /// Starts watching; takes the place of a watch before.
    @discardableResult
    init(_ rig: Rig) {
        start = rig.now
        first = rig.truth
        last = first
        goals = rig.twin.world.arm.plants.map(\.goalPosition)
        wheelsMoved = start
        armMoved = start
        rig.watch = { [self] in see($0) }
    }

    private func see(_ rig: Rig) {
        let truth = rig.truth
        if abs(truth.twist.linear) > Self.still.linear || abs(truth.twist.angular) > Self.still.angular {
            wheelsMoved = rig.now
        }
        let step = Self.still.joint * 0.001
        if zip(truth.joints, last.joints).contains(where: { abs($0 - $1) > step }) { armMoved = rig.now }
        greatestSpeedStep = max(greatestSpeedStep, abs(truth.twist.linear - last.twist.linear))
        let now = rig.twin.world.arm.plants.map(\.goalPosition)
        for (a, b) in zip(now, goals) { greatestGoalStep = max(greatestGoalStep, abs(a - b)) }
        goals = now
        last = truth
    }

    /// Seconds from the start until the wheels, or the arm, moved last.
    var wheelsStoodAfter: Double { wheelsMoved.seconds(since: start) }
    var armStoodAfter: Double { armMoved.seconds(since: start) }
    /// Metres rolled since the start.
    var rolled: Double { last.distance - first.distance }
    /// The greatest way of a joint since the start, radians.
    var armWay: Double { zip(last.joints, first.joints).map { abs($0 - $1) }.max() ?? 0 }
    /// Contacts since the start.
    var contacts: Int { last.contacts - first.contacts }
}
