public import RobotModel

/// Dead reckoning from the two wheels' travelled angles: where `base_link` is in `odom`, and how fast it moves.
///
/// Each pair of samples is taken as one arc and integrated exactly (constant speed of both wheels in between); the
/// turn's sine and cosine are short series, so that the kernel runs in the tick: it never allocates, locks or calls C.
/// The encoders count on while nobody listens, so a gap between samples costs nothing but the shape of the arc.
public struct Odometry: Sendable, BitwiseCopyable {
    /// `base_link` in `odom`: metres and radians, zero at the first sample.
    public private(set) var pose: Pose2D
    /// Measured speed, from the drive's own speed registers.
    public private(set) var twist: Twist2D
    /// When the last accepted sample was acquired.
    public private(set) var time: Instant
    /// How often a jump of the counters (a drive that was switched off and on) was taken as a new zero.
    public private(set) var rebases: Int

    /// The heading as a unit vector, so that no sine is needed in a tick.
    private var heading: Point2D
    private var left: Double
    private var right: Double
    private var isBased: Bool
    private let wheelRadius: Double
    private let wheelSeparation: Double
    private let maximumSpeed: Double

    /// Radius and separation of the wheels in metres; `maximumSpeed` in m/s is the fastest that a wheel's rim can
    /// believably run: anything faster is a jump of the counter and not a motion.
    public init(wheelRadius: Double, wheelSeparation: Double, maximumSpeed: Double = 2.5) {
        precondition(wheelRadius > 0 && wheelSeparation > 0, "wheels have a size and a distance")
        pose = Pose2D()
        twist = Twist2D()
        time = Instant(nanoseconds: 0)
        rebases = 0
        heading = Point2D(1, 0)
        left = 0
        right = 0
        isBased = false
        self.wheelRadius = wheelRadius
        self.wheelSeparation = wheelSeparation
        self.maximumSpeed = maximumSpeed
    }

    /// Takes a sample; returns whether it was new and usable.
    ///
    /// A sample that is not younger than the last one, or not finite, changes nothing. One whose counters have jumped
    /// further than the wheels can turn is taken as the new zero: the pose stands still for it.
    @_noAllocation @_noLocks
    @discardableResult
    public mutating func update(_ wheels: Stamped<WheelState>) -> Bool {
        let sample = wheels.value
        guard sample.leftPosition.isFinite, sample.rightPosition.isFinite, sample.leftVelocity.isFinite,
            sample.rightVelocity.isFinite
        else { return false }
        guard isBased else {
            rebase(on: sample, at: wheels.time)
            isBased = true
            return true
        }
        guard wheels.time.nanoseconds > time.nanoseconds else { return false }

        let leftArc = (sample.leftPosition - left) * wheelRadius
        let rightArc = (sample.rightPosition - right) * wheelRadius
        // Beyond half a second a long gap would allow any jump; 2 cm cover the quantum of a coarse encoder.
        let elapsed = Double(wheels.time.nanoseconds &- time.nanoseconds) * 1e-9
        let reach = maximumSpeed * (elapsed < 0.5 ? elapsed : 0.5) + 0.02
        guard leftArc < reach, leftArc > -reach, rightArc < reach, rightArc > -reach else {
            rebase(on: sample, at: wheels.time)
            rebases &+= 1
            return false
        }
        advance(by: (leftArc + rightArc) / 2, turning: (rightArc - leftArc) / wheelSeparation)
        rebase(on: sample, at: wheels.time)
        return true
    }

    /// The pose at a moment near the last sample, before or after it, along the arc of the measured speed: wheel data are
    /// some milliseconds old when they are used, and a beam may be older still. At most a tenth of a second either way.
    @_noAllocation @_noLocks
    public func pose(at moment: Instant) -> Pose2D {
        guard isBased else { return pose }
        var ahead = Double(moment.nanoseconds &- time.nanoseconds) * 1e-9
        if ahead > 0.1 { ahead = 0.1 }
        if ahead < -0.1 { ahead = -0.1 }
        var copy = self
        copy.advance(by: twist.linear * ahead, turning: twist.angular * ahead)
        return copy.pose
    }

    @_noAllocation @_noLocks
    private mutating func rebase(on sample: WheelState, at moment: Instant) {
        left = sample.leftPosition
        right = sample.rightPosition
        time = moment
        let leftSpeed = sample.leftVelocity * wheelRadius
        let rightSpeed = sample.rightVelocity * wheelRadius
        twist.linear = (leftSpeed + rightSpeed) / 2
        twist.angular = (rightSpeed - leftSpeed) / wheelSeparation
    }

    /// Moves along an arc of a length (metres) and an angle (radians).
    @_noAllocation @_noLocks
    private mutating func advance(by length: Double, turning angle: Double) {
        // A plausible gap can turn the robot by several radians; the series below wants small angles.
        var steps = 1
        while angle > 0.25 * Double(steps) || angle < -0.25 * Double(steps) { steps &+= 1 }
        let turn = angle / Double(steps)
        let piece = length / Double(steps)
        let q = turn * turn
        // sin(t)/t and (1 - cos t)/t to better than 1e-13 for |t| ≤ 0.25 (Taylor).
        let sinc = 1 - q / 6 * (1 - q / 20 * (1 - q / 42 * (1 - q / 72)))
        let versine = turn / 2 * (1 - q / 12 * (1 - q / 30 * (1 - q / 56 * (1 - q / 90))))
        let sine = turn * sinc
        let cosine = 1 - turn * versine
        var step = 0
        while step < steps {
            let forward = piece * sinc
            let sideways = piece * versine
            pose.x += heading.x * forward - heading.y * sideways
            pose.y += heading.y * forward + heading.x * sideways
            let x = heading.x * cosine - heading.y * sine
            let y = heading.y * cosine + heading.x * sine
            // One Newton step keeps the vector at length 1 without a square root.
            let scale = (3 - (x * x + y * y)) / 2
            heading.x = x * scale
            heading.y = y * scale
            step &+= 1
        }
        var yaw = pose.yaw + angle
        while yaw > Double.pi { yaw -= 2 * Double.pi }
        while yaw <= -Double.pi { yaw += 2 * Double.pi }
        pose.yaw = yaw
    }
}
