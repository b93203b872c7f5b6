/// The state of charge that a battery's voltage stands for, by the points of its discharge curve.
public enum DischargeCurve {
    /// Between two points in a straight line, outside them the nearest. The points rise; none at all is empty.
    public static func stateOfCharge(
        _ volts: Double, _ curve: [(voltage: Double, stateOfCharge: Double)]
    ) -> Double {
        guard let first = curve.first, let last = curve.last else { return 0 }
        if volts <= first.voltage { return first.stateOfCharge }
        if volts >= last.voltage { return last.stateOfCharge }
        for (low, high) in zip(curve, curve.dropFirst()) where volts <= high.voltage {
            let share = (volts - low.voltage) / (high.voltage - low.voltage)
            return low.stateOfCharge + share * (high.stateOfCharge - low.stateOfCharge)
        }
        return last.stateOfCharge
    }
}
