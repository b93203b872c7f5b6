/// What an inertial unit with a barometer measured, in its own frame turned into `base_link` (REP-103).
@frozen
public struct InertialState: Sendable, BitwiseCopyable, Equatable {
    /// Specific force in m/s²: +9.81 upwards at rest.
    public var acceleration: Vector3
    /// rad/s.
    public var angularVelocity: Vector3
    /// Air pressure in pascal; 0 while the unit has given none.
    public var pressure: Double
    /// Degrees Celsius.
    public var temperature: Double

    @inlinable public init(
        acceleration: Vector3 = Vector3(0, 0, 0), angularVelocity: Vector3 = Vector3(0, 0, 0), pressure: Double = 0,
        temperature: Double = 0
    ) {
        self.acceleration = acceleration
        self.angularVelocity = angularVelocity
        self.pressure = pressure
        self.temperature = temperature
    }
}
