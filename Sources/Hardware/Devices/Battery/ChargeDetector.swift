import RobotModel

/// Tells from the current whether a charger feeds the battery, where the battery does not say it.
///
/// A robot always draws something, so at the dock no current leaves the battery, and off the dock it does. Braking
/// charges for a moment, too: the current must flow in for three seconds before it counts, and out for two before it
/// ends.
struct ChargeDetector: Sendable {
    private static let begins = Duration.seconds(3)
    private static let ends = Duration.seconds(2)
    /// Below this it is the measuring's own error.
    private static let threshold = 0.1

    private(set) var isCharging = false
    private var since: Instant?

    /// Takes a current in ampere, positive while it charges.
    mutating func take(_ current: Double, at time: Instant) {
        let opposes = isCharging ? current < -Self.threshold : current > Self.threshold
        guard opposes else {
            since = nil
            return
        }
        let start = since ?? time
        since = start
        guard time - start >= (isCharging ? Self.ends : Self.begins) else { return }
        isCharging.toggle()
        since = nil
    }
}
