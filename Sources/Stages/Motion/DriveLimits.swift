/// What the base can do: m/s, m/s², rad/s, rad/s².
@frozen
public struct DriveLimits: Sendable, BitwiseCopyable, Hashable {
    public var maxSpeed: Double
    public var maxAcceleration: Double
    public var maxDeceleration: Double
    public var maxTurnRate: Double
    public var maxTurnAcceleration: Double

    @inlinable public init(
        maxSpeed: Double, maxAcceleration: Double, maxDeceleration: Double, maxTurnRate: Double,
        maxTurnAcceleration: Double
    ) {
        self.maxSpeed = maxSpeed
        self.maxAcceleration = maxAcceleration
        self.maxDeceleration = maxDeceleration
        self.maxTurnRate = maxTurnRate
        self.maxTurnAcceleration = maxTurnAcceleration
    }
}
