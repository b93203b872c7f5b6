/// The battery, as its own line or the wheel drive reports it.
@frozen
public struct BatteryState: Sendable, BitwiseCopyable, Equatable {
    /// Volts at the terminals.
    public var voltage: Double
    /// Remaining charge, 0...1, from the board file's discharge curve or from the battery itself.
    public var stateOfCharge: Double
    /// Ampere, positive while it is charged; nil where nothing measures it.
    public var current: Double?
    /// Degrees Celsius of the warmest cell; nil where nothing measures it.
    public var temperature: Double?
    /// Whether a charger feeds it: the contact at the dock is closed. Nil where nothing tells.
    public var isCharging: Bool?
    /// The battery's own protections that have acted, in its own bits; 0 when healthy.
    public var faults: UInt32

    @inlinable public init(
        voltage: Double = 0, stateOfCharge: Double = 0, current: Double? = nil, temperature: Double? = nil,
        isCharging: Bool? = nil, faults: UInt32 = 0
    ) {
        self.voltage = voltage
        self.stateOfCharge = stateOfCharge
        self.current = current
        self.temperature = temperature
        self.isCharging = isCharging
        self.faults = faults
    }
}
