public import RobotModel

/// The inertial unit.
public struct InertialSection: Sendable, Codable {
    /// Specific force in m/s², `base_link`.
    public var acceleration: [Double]
    /// rad/s, `base_link`.
    public var angularVelocity: [Double]
    /// Pascal; 0 while the unit has given none.
    public var pressure: Double
    /// Degrees Celsius.
    public var temperature: Double

    public init(_ state: InertialState) {
        acceleration = [state.acceleration.x, state.acceleration.y, state.acceleration.z]
        angularVelocity = [state.angularVelocity.x, state.angularVelocity.y, state.angularVelocity.z]
        pressure = state.pressure
        temperature = state.temperature
    }
}
