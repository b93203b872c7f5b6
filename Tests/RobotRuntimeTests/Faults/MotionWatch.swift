import RobotModel
import Twin

/// What the robot's body really does from a moment on, seen every millisecond: the truth, not what the robot says.
final class MotionWatch {
    /// What is slower than this stands: m/s, rad/s, and radians of a joint in a millisecond.
    private static let still = (linear: 0.005, angular: 0.01, joint: 2e-5)

    private let start: Instant
    private let first: Truth
    private var last: Truth
    private var goals: [Double]
    private var wheelsMoved: Instant
    private var armMoved: Instant
    /// The greatest change of an arm servo's goal from one cycle of the bus to the next, radians.
    private(set) var greatestGoalStep = 0.0
    /// The greatest change of the speed over the ground in a millisecond, m/s.
    private(set) var greatestSpeedStep = 0.0

    /// Starts watching; takes the place of a watch before.
    @discardableResult
    init(_ rig: Rig) {
        start = rig.now
        first = rig.truth
        last = first
        goals = rig.twin.world.arm.servos.map(\.goalPosition)
        wheelsMoved = start
        armMoved = start
        rig.watch = { [self] in see($0) }
    }

    private func see(_ rig: Rig) {
        let truth = rig.truth
        if abs(truth.twist.linear) > Self.still.linear || abs(truth.twist.angular) > Self.still.angular {
            wheelsMoved = rig.now
        }
        if zip(truth.joints, last.joints).contains(where: { abs($0 - $1) > Self.still.joint }) { armMoved = rig.now }
        greatestSpeedStep = max(greatestSpeedStep, abs(truth.twist.linear - last.twist.linear))
        let now = rig.twin.world.arm.servos.map(\.goalPosition)
        greatestGoalStep = zip(now, goals).reduce(greatestGoalStep) { max($0, abs($1.0 - $1.1)) }
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

/// What "no jump" means, for watches of a robot that goes on after a stop.
enum Smooth {
    /// rad: the driver lets goals run at 3 rad/s at most, a hundred times a second, and rounds to the servo's ticks.
    static let goalStep = 3.0 / 100 + 0.0016
    /// m/s in a millisecond: the wheels' steepest ramp is 0.7 m/s², and motors overshoot.
    static let speedStep = 0.002
}
