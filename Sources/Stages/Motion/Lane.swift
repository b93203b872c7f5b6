/// How far beside a leg the robot drives: from where it is, over a transition, to a steady offset.
struct Lane: Sendable {
    /// Where the transition starts, metres of the leg, and over how many metres it goes.
    var start: Double
    var length: Double
    /// Offset and slope at the start; metres to the left, and metres a metre.
    var from: Double
    var slope: Double
    /// The steady offset.
    var to: Double
    /// The leg's length: towards its end every lane comes back to it.
    var end: Double

    /// Metres left of the leg at `s`.
    func offset(_ s: Double) -> Double {
        let u = min(max((s - start) / length, 0), 1)
        let (u2, u3) = (u * u, u * u * u)
        let home = min(max((end - s) / 0.7, 0), 1)
        let blend = 3 * u2 - 2 * u3
        return (1 - blend) * from + length * slope * (u3 - 2 * u2 + u) + blend * to * home * home * (3 - 2 * home)
    }

    /// Slope of the offset at `s`.
    func slope(_ s: Double) -> Double { (offset(s + 0.02) - offset(s - 0.02)) / 0.04 }

    /// Second derivative of the offset at `s`, 1/m.
    func bend(_ s: Double) -> Double { (offset(s + 0.05) - 2 * offset(s) + offset(s - 0.05)) / 0.0025 }
}
