/// A motion along a length: speed up, cruise, slow down, each at a constant rate.
///
/// Units are those of the caller (metres, or a share of a path) and seconds. A short length has no cruise.
struct TrapezoidProfile {
    let length: Double
    let acceleration: Double
    /// The speed in the middle.
    let cruise: Double
    /// Seconds of speeding up, and of slowing down.
    let ramp: Double
    let duration: Double

    init(length: Double, maxSpeed: Double, maxAcceleration: Double) {
        self.length = length
        acceleration = maxAcceleration
        cruise = min(maxSpeed, (length * maxAcceleration).squareRoot())
        ramp = cruise / maxAcceleration
        duration = cruise > 0 ? 2 * ramp + max(0, length - cruise * ramp) / cruise : 0
    }

    /// How far and how fast at a time.
    func at(_ t: Double) -> (position: Double, speed: Double) {
        if t <= 0 { return (0, 0) }
        if t >= duration { return (length, 0) }
        if t < ramp { return (acceleration * t * t / 2, acceleration * t) }
        if t <= duration - ramp { return (cruise * (t - ramp / 2), cruise) }
        let left = duration - t
        return (length - acceleration * left * left / 2, acceleration * left)
    }
}
