public import RobotModel

/// What the safety supervisor leaves of the wanted motion.
@frozen
public enum SpeedLimit: Sendable, BitwiseCopyable, Equatable {
    /// Drive as wanted.
    case none
    /// Drive at most at this share (0...1) of the base's greatest speeds.
    case slow(factor: Double)
    /// Come to a stop with the ordinary deceleration, on the curve that is being driven.
    case smoothStop
    /// Stop as fast as the wheels can, on the curve that is being driven.
    case fastStop
}

/// Turns wanted twists into ones that the base can follow: the tick's last word on speed and acceleration.
///
/// A kernel of the tick: never allocates. Its state is the twist last commanded; whoever powers the wheels resets it to
/// the measured twist first, so that arming never makes a jump.
@frozen
public struct TwistShaper: Sendable, BitwiseCopyable {
    public var limits: DriveLimits
    /// Deceleration of a fast stop, m/s² and rad/s².
    public var fastDeceleration: Double
    public var fastTurnDeceleration: Double
    /// The twist last commanded.
    public private(set) var current: Twist2D

    /// - Parameter fastDeceleration: m/s² of a fast stop; twice the ordinary deceleration when not given.
    public init(limits: DriveLimits, fastDeceleration: Double? = nil) {
        self.limits = limits
        let fast = fastDeceleration ?? 2 * limits.maxDeceleration
        self.fastDeceleration = fast
        fastTurnDeceleration = 2 * limits.maxTurnAcceleration
        current = .zero
    }

    /// Starts from a measured twist.
    @_noAllocation @_noLocks
    public mutating func reset(to measured: Twist2D) { current = measured }

    /// One tick of `dt` seconds: the twist to command now.
    ///
    /// Speeds stay within the limits; changes stay within the accelerations. A twist that is faster than the limit (the
    /// limit fell, or the reset found it so) is brought down with the deceleration. Stops keep the curvature: the path
    /// driven while stopping is the path that was being driven.
    @_noAllocation @_noLocks
    public mutating func step(target: Twist2D, limit: SpeedLimit, dt: Double) -> Twist2D {
        switch limit {
        case .none: approach(target, factor: 1, dt: dt)
        case .slow(let factor): approach(target, factor: min(max(factor, 0), 1), dt: dt)
        case .smoothStop:
            stop(deceleration: limits.maxDeceleration, turn: limits.maxTurnAcceleration, dt: dt)
        case .fastStop: stop(deceleration: fastDeceleration, turn: fastTurnDeceleration, dt: dt)
        }
        return current
    }

    @_noAllocation @_noLocks
    private mutating func approach(_ target: Twist2D, factor: Double, dt: Double) {
        // A target beyond a limit is scaled as a whole, so that its curvature stays.
        let topLinear = limits.maxSpeed * factor
        let topAngular = limits.maxTurnRate * factor
        var scale = 1.0
        if abs(target.linear) > topLinear { scale = topLinear / abs(target.linear) }
        if abs(target.angular) * scale > topAngular { scale = topAngular / abs(target.angular) }
        current.linear = Self.move(
            current.linear, to: target.linear * scale, up: limits.maxAcceleration * dt,
            down: limits.maxDeceleration * dt)
        current.angular = Self.move(
            current.angular, to: target.angular * scale, up: limits.maxTurnAcceleration * dt,
            down: limits.maxTurnAcceleration * dt)
    }

    @_noAllocation @_noLocks
    private mutating func stop(deceleration: Double, turn: Double, dt: Double) {
        // The slower of the two ways to zero sets the pace for both.
        let linearShare = current.linear == 0 ? 1 : deceleration * dt / abs(current.linear)
        let angularShare = current.angular == 0 ? 1 : turn * dt / abs(current.angular)
        let keep = 1 - min(linearShare, angularShare)
        if keep <= 0 {
            current = .zero
        } else {
            current.linear *= keep
            current.angular *= keep
        }
    }

    /// `value` moved towards `goal`: by at most `up` away from zero, by at most `down` towards it.
    @_noAllocation @_noLocks
    private static func move(_ value: Double, to goal: Double, up: Double, down: Double) -> Double {
        if value > 0 {
            if goal >= value { return min(goal, value + up) }
            // A change of sign stands at zero for a moment, so that the two rates never mix in one step.
            return max(max(goal, 0), value - down)
        }
        if value < 0 {
            if goal <= value { return max(goal, value - up) }
            return min(min(goal, 0), value + down)
        }
        return min(max(goal, -up), up)
    }
}
