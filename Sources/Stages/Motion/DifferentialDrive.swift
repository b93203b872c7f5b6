public import RobotModel

/// The two driven wheels: between a twist of `base_link` and wheel speeds in rad/s.
@frozen
public struct DifferentialDrive: Sendable, BitwiseCopyable {
    /// Metres.
    public var wheelRadius: Double
    /// Metres between the wheels' contact points.
    public var wheelSeparation: Double
    /// The fastest a wheel may turn, rad/s.
    public var maxWheelSpeed: Double

    @inlinable public init(wheelRadius: Double, wheelSeparation: Double, maxWheelSpeed: Double) {
        self.wheelRadius = wheelRadius
        self.wheelSeparation = wheelSeparation
        self.maxWheelSpeed = maxWheelSpeed
    }

    /// Wheel speeds in rad/s for a twist.
    ///
    /// When a wheel would be too fast, both are scaled alike, so that the robot is slower on the same curve. Never
    /// allocates.
    @inlinable @_noAllocation @_noLocks
    public func wheelSpeeds(for twist: Twist2D) -> (left: Double, right: Double) {
        let difference = twist.angular * wheelSeparation / 2
        var left = (twist.linear - difference) / wheelRadius
        var right = (twist.linear + difference) / wheelRadius
        let fastest = max(abs(left), abs(right))
        if fastest > maxWheelSpeed {
            left *= maxWheelSpeed / fastest
            right *= maxWheelSpeed / fastest
        }
        return (left, right)
    }

    /// The twist that wheel speeds in rad/s make when nothing slips. Never allocates.
    @inlinable @_noAllocation @_noLocks
    public func twist(left: Double, right: Double) -> Twist2D {
        Twist2D(
            linear: (left + right) * wheelRadius / 2, angular: (right - left) * wheelRadius / wheelSeparation)
    }
}
