public import RobotModel

/// The battery.
public struct BatterySection: Sendable, Codable {
    public var voltage = 0.0
    public var stateOfCharge = 0.0
    /// Ampere, positive while it is charged; nil where nothing measures it.
    public var current: Double?
    /// Degrees Celsius of the warmest cell.
    public var temperature: Double?
    /// The contact at the dock is closed.
    public var isCharging: Bool?
    /// The battery's own protections that have acted, in its own bits.
    public var faults: UInt32 = 0
    public init() {}

    public init(_ state: BatteryState) {
        voltage = state.voltage
        stateOfCharge = state.stateOfCharge
        current = state.current
        temperature = state.temperature
        isCharging = state.isCharging
        faults = state.faults
    }
}
