import RobotModel

extension Duration {
    /// Microseconds with some digits behind the point.
    func microseconds(digits: Int = 1) -> String {
        var scale: Int64 = 1
        for _ in 0..<digits { scale *= 10 }
        let units = (nanoseconds * scale + 500) / 1000
        guard digits > 0 else { return "\(units)" }
        let fraction = "\(units % scale)"
        return "\(units / scale)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
