/// How far a lift's car has carried the robot since measuring began, as an inertial unit with a barometer feels it.
public struct HeightChange: Hashable, Sendable {
    /// Metres; positive upwards.
    public var metres: Double
    /// One standard deviation, metres.
    public var deviation: Double
    /// The car has stood still for a moment.
    public var isResting: Bool

    public init(metres: Double, deviation: Double, isResting: Bool) {
        self.metres = metres
        self.deviation = deviation
        self.isResting = isResting
    }
}
