package import BoardFile

/// The battery: what has been drawn from it, and the voltage that it shows for that.
package struct BatteryBody: Sendable {
    /// Ohm of cells and wires.
    private static let resistance = 0.04
    private let capacity: Double
    private let curve: [(voltage: Double, stateOfCharge: Double)]
    package var stateOfCharge: Double

    package init(_ settings: BatterySettings, stateOfCharge: Double) {
        capacity = settings.capacity
        curve = settings.curve
        self.stateOfCharge = stateOfCharge
    }

    /// Draws `power` watts for `dt` seconds and returns the volts at the terminals.
    package mutating func draw(_ power: Double, _ dt: Double) -> Double {
        stateOfCharge = min(max(stateOfCharge - power * dt / 3600 / max(capacity, 1e-3), 0), 1)
        let rest = restVoltage
        return rest - Self.resistance * power / max(rest, 1)
    }

    /// The voltage without load, by the board's discharge curve.
    private var restVoltage: Double {
        guard let first = curve.first, let last = curve.last else { return 0 }
        if stateOfCharge <= first.stateOfCharge { return first.voltage }
        for (low, high) in zip(curve, curve.dropFirst()) where stateOfCharge <= high.stateOfCharge {
            let share = (stateOfCharge - low.stateOfCharge) / max(high.stateOfCharge - low.stateOfCharge, 1e-9)
            return low.voltage + share * (high.voltage - low.voltage)
        }
        return last.voltage
    }
}
