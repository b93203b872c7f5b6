public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The area around the moving hull that has to be free, judged from single laser samples in the tick.
///
/// The field is the hull, a little wider, swept along the curve on which the robot would come to a stop from its present
/// speed (reaction time and fast deceleration), plus a margin ahead. It is empty while the robot neither moves nor wants
/// to, so a robot that stands next to a wall may always drive away from it. Behind the direction of motion there is no
/// margin, for the same reason.
///
/// Each of the robot's LiDARs looks into the same field from its own mount, with its own count of points: what one of
/// them sees is enough.
///
/// A kernel of the tick: never allocates; about ten rectangle tests a sample.
public struct ProtectiveField: Sendable, BitwiseCopyable {
    /// How much the surroundings narrow the field.
    public enum Muting: Sendable, BitwiseCopyable, Equatable {
        /// Full margins.
        case none
        /// In a doorway or a lift car: narrow sides, a short margin ahead.
        case narrow
        /// Docking: narrow, and at 0.16 m/s or less with only a finger's breadth ahead.
        case docking
    }

    /// Points within one revolution that make an intrusion; fewer are taken for noise.
    public static var needed: Int { 3 }

    /// Whose margins apply.
    public var muting: Muting = .none { didSet { isStale = true } }

    private let halfLength: Double
    private let halfWidth: Double
    private let deceleration: Double
    private let turnDeceleration: Double
    private let reaction: Double
    /// Points within this distance of the hull's edge, inside it, belong to the robot.
    private let ownMargin = 0.02

    /// cos and sin of 1024 bearings.
    private var cosines: InlineArray<1024, Float>
    private var sines: InlineArray<1024, Float>

    /// The stopping curve of the twist below, as poses (x, y, cos, sin) in the present frame.
    private var curve = InlineArray<9, SIMD4<Double>>(repeating: SIMD4(0, 0, 1, 0))
    private var curveTwist = Twist2D.zero
    private var isStale = true
    private var moves = false
    private var reach = Reach()

    private let count: Int
    private var views: InlineArray<4, View>

    /// One LiDAR: where it looks from, and how many points it has seen in the fields.
    private struct View: Sendable, BitwiseCopyable {
        var mount = Pose2D()
        var cosine = 1.0
        var sine = 0.0
        var minRange = 0.0
        var protectiveNow = 0
        var protectiveBefore = 0
        var warningNow = 0
        var warningBefore = 0

        @_noAllocation @_noLocks
        mutating func startRevolution() {
            protectiveBefore = protectiveNow
            warningBefore = warningNow
            protectiveNow = 0
            warningNow = 0
        }

        @_noAllocation @_noLocks
        mutating func reset() {
            startRevolution()
            startRevolution()
        }
    }

    /// Margins in metres around the swept hull.
    private struct Reach: Sendable, BitwiseCopyable {
        var front = 0.0
        var rear = 0.0
        var side = 0.0
        var warningFront = 0.0
        var warningRear = 0.0
        var warningSide = 0.0
    }

    /// The field of a robot with one LiDAR.
    public init(
        length: Double, width: Double, mount: Pose2D, deceleration: Double, turnDeceleration: Double = 4,
        reaction: Double = 0.1, minRange: Double = 0.05
    ) {
        self.init(
            length: length, width: width, lidars: [(mount, minRange)], deceleration: deceleration,
            turnDeceleration: turnDeceleration, reaction: reaction)
    }

    /// - Parameters:
    ///   - length: The hull's length in metres, centred on `base_link`.
    ///   - width: The hull's width in metres.
    ///   - lidars: Each LiDAR's frame in `base_link`, and metres below which a range of it is not one; at most four.
    ///   - deceleration: What a fast stop achieves, m/s².
    ///   - turnDeceleration: What a fast stop achieves, rad/s².
    ///   - reaction: Seconds from a sample to the wheels' answer.
    public init(
        length: Double, width: Double, lidars: [(mount: Pose2D, minRange: Double)], deceleration: Double,
        turnDeceleration: Double = 4, reaction: Double = 0.1
    ) {
        precondition(lidars.count <= 4, "a board has at most 4 LiDARs")
        halfLength = length / 2
        halfWidth = width / 2
        self.deceleration = deceleration
        self.turnDeceleration = turnDeceleration
        self.reaction = reaction
        count = lidars.count
        views = InlineArray(repeating: View())
        for (index, lidar) in lidars.enumerated() {
            views[index] = View(
                mount: lidar.mount, cosine: cos(lidar.mount.yaw), sine: sin(lidar.mount.yaw), minRange: lidar.minRange)
        }
        cosines = InlineArray(repeating: 0)
        sines = InlineArray(repeating: 0)
        for index in 0..<1024 {
            cosines[index] = Float(cos(Double(index) * (2 * .pi / 1024)))
            sines[index] = Float(sin(Double(index) * (2 * .pi / 1024)))
        }
    }

    /// Whether the fields are intruded, by the points of this revolution of some LiDAR or of its one before.
    public var intrusion: (protective: Bool, warning: Bool) {
        @_noAllocation @_noLocks get {
            var protective = 0
            var warning = 0
            for lidar in 0..<count {
                protective = max(protective, max(views[lidar].protectiveNow, views[lidar].protectiveBefore))
                warning = max(warning, max(views[lidar].warningNow, views[lidar].warningBefore))
            }
            return (protective >= 3, warning >= 3)
        }
    }

    /// Forgets the points seen so far.
    @_noAllocation @_noLocks
    public mutating func reset() {
        for lidar in 0..<count { views[lidar].reset() }
    }

    /// One sample.
    ///
    /// - Parameters:
    ///   - lidar: Which LiDAR took it, in the order of the initialiser.
    ///   - twist: How the robot moves, or how it would if it were let: while it stands, the twist that the planner wants.
    ///     Otherwise a robot that stands before a wall would start, stop and start again.
    @_noAllocation @_noLocks
    public mutating func take(_ sample: LaserSample, from lidar: Int = 0, twist: Twist2D) {
        guard lidar >= 0, lidar < count else { return }
        if sample.startsRevolution { views[lidar].startRevolution() }
        if isStale || twist.linear != curveTwist.linear || twist.angular != curveTwist.angular { prepare(twist) }
        if !moves {
            // What was counted for a motion that has ended says nothing about the next one.
            reset()
            return
        }
        let range = Double(sample.range)
        guard range >= views[lidar].minRange else { return }
        let point = point(angle: Double(sample.angle), range: range, lidar: lidar)
        // Nothing farther than this can lie in a field: 4 m is the longest stop at 3 m/s.
        guard abs(point.x) < 5, abs(point.y) < 5 else { return }
        if abs(point.x) < halfLength - ownMargin && abs(point.y) < halfWidth - ownMargin { return }
        judge(point, lidar)
    }

    /// A range at a bearing of the laser, as a point in `base_link`.
    ///
    /// Mutating for speed alone: for a method that is not, Swift copies the tables, for every sample.
    @_noAllocation @_noLocks
    private mutating func point(angle: Double, range: Double, lidar: Int) -> Point2D {
        // The nearest table entry, turned by the small rest (error below 5e-6).
        let scaled = angle * (1024 / (2 * Double.pi))
        guard scaled > -1e6, scaled < 1e6 else { return Point2D(1e6, 1e6) }
        let nearest = Int(scaled + (scaled < 0 ? -0.5 : 0.5))
        let rest = (scaled - Double(nearest)) * (2 * Double.pi / 1024)
        let index = nearest & 1023
        let (c, s) = (Double(cosines[index]), Double(sines[index]))
        let (x, y) = (range * (c - s * rest), range * (s + c * rest))
        let view = views[lidar]
        return Point2D(
            view.mount.x + view.cosine * x - view.sine * y, view.mount.y + view.sine * x + view.cosine * y)
    }

    @_noAllocation @_noLocks
    private mutating func judge(_ point: Point2D, _ lidar: Int) {
        var warned = false
        for index in 0..<9 {
            let pose = curve[index]
            let dx = point.x - pose.x
            let dy = point.y - pose.y
            let x = pose.z * dx + pose.w * dy
            let y = abs(pose.z * dy - pose.w * dx)
            if x <= halfLength + reach.front && x >= -halfLength - reach.rear && y <= halfWidth + reach.side {
                views[lidar].protectiveNow += 1
                views[lidar].warningNow += 1
                return
            }
            if x <= halfLength + reach.warningFront && x >= -halfLength - reach.warningRear
                && y <= halfWidth + reach.warningSide
            {
                warned = true
            }
        }
        if warned { views[lidar].warningNow += 1 }
    }

    /// Lays out the stopping curve and the margins for a twist.
    @_noAllocation @_noLocks
    private mutating func prepare(_ twist: Twist2D) {
        curveTwist = twist
        isStale = false
        let speed = abs(twist.linear)
        let rate = abs(twist.angular)
        moves = speed > 0.005 || rate > 0.01
        // The stop takes as long as the slower of the two; both fade alike, so the curve keeps its curvature.
        let time = max(speed / deceleration, rate / turnDeceleration)
        let effective = reaction + time / 2
        let distance = twist.linear * effective
        let turn = twist.angular * effective
        for index in 0..<9 {
            let share = Double(index) / 8
            curve[index] = Self.arc(length: distance * share, turn: turn * share)
        }
        var ahead = 0.06
        var warningAhead = 0.12 + 0.3 * abs(distance)
        reach.side = 0.02
        reach.warningSide = 0.04
        switch muting {
        case .none:
            ahead = 0.10
            warningAhead = 0.25 + 0.3 * abs(distance)
            reach.side = 0.05
            reach.warningSide = 0.12
        case .narrow: break
        case .docking:
            // 0.16: the planner docks at 0.15 m/s, and encoders are noisy.
            if speed <= 0.16 {
                ahead = 0.02
                warningAhead = 0.02
            }
        }
        let forward = twist.linear > 0.005
        let backward = twist.linear < -0.005
        // A turn on the spot has a small margin all around; the sweep of the corners is in the curve.
        let around = !forward && !backward ? 0.02 : 0
        if !forward && !backward { reach.side = 0.02 }
        reach.front = forward ? ahead : around
        reach.rear = backward ? ahead : around
        reach.warningFront = forward ? warningAhead : around
        reach.warningRear = backward ? warningAhead : around
    }

    /// The pose after an arc (x, y, cos, sin), by series good to 1e-4 up to a turn of 1.2 rad.
    @_noAllocation @_noLocks
    private static func arc(length: Double, turn: Double) -> SIMD4<Double> {
        let t = max(-1.5, min(1.5, turn))
        let t2 = t * t
        let sine = t * (1 - t2 / 6 * (1 - t2 / 20 * (1 - t2 / 42)))
        let cosine = 1 - t2 / 2 * (1 - t2 / 12 * (1 - t2 / 30 * (1 - t2 / 56)))
        // sin(t)/t and (1 - cos(t))/t
        let along = 1 - t2 / 6 * (1 - t2 / 20 * (1 - t2 / 42))
        let across = t / 2 * (1 - t2 / 12 * (1 - t2 / 30 * (1 - t2 / 56)))
        return SIMD4(length * along, length * across, cosine, sine)
    }
}
