/// The battery, as its own line or the wheel drive reports it.
@frozen
public struct BatteryState: Sendable, BitwiseCopyable, Equatable {
    /// Volts at the terminals.
    public var voltage: Double
    /// Remaining charge, 0...1, from the board file's discharge curve or from the battery itself.
    public var stateOfCharge: Double

    @inlinable public init(voltage: Double = 0, stateOfCharge: Double = 0) {
        self.voltage = voltage
        self.stateOfCharge = stateOfCharge
    }
}
