/// A smart battery as its own electronics sees it: what its lines report, and what the world does to it.
package final class BatteryPlant {
    /// Volts at the terminals.
    package var voltage: Double
    /// Ampere, positive while it is charged.
    package var current: Double
    /// 0...1.
    package var stateOfCharge: Double
    /// Degrees Celsius of its warmest cell.
    package var temperature: Double
    /// Whether the dock's contact feeds it.
    package var hasCharger: Bool
    /// Cells in series.
    package let cells: Int
    /// Ampere-hours.
    package let capacity: Double

    package init(
        voltage: Double = 26.2, current: Double = -1.8, stateOfCharge: Double = 0.72, temperature: Double = 24,
        hasCharger: Bool = false, cells: Int = 8, capacity: Double = 20
    ) {
        self.voltage = voltage
        self.current = current
        self.stateOfCharge = stateOfCharge
        self.temperature = temperature
        self.hasCharger = hasCharger
        self.cells = cells
        self.capacity = capacity
    }
}
