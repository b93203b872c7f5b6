package import RobotModel

/// An incremental encoder's two tracks on two of the robot's GPIO lines, turned by a wheel.
///
/// The edges come at the moments at which a shaft that turned evenly since the last step would have made them, and never
/// faster than the encoder can give them; what it cannot give in a step comes in the next ones.
package final class QuadratureBody {
    private let lines: (a: Int, b: Int)
    private let countsPerRadian: Double
    /// Edges a second that the sensor's electronics give at most.
    private let maxRate: Double
    private var count: Int64?
    private var last: Instant?

    /// An encoder with `countsPerRevolution` edges of both tracks a turn; mounted inverted it turns backwards for a forward
    /// wheel.
    package init(
        a: Int, b: Int, countsPerRevolution: Int, isInverted: Bool = false, maxRate: Double = 100_000
    ) {
        lines = (a, b)
        countsPerRadian = Double(countsPerRevolution) / (2 * .pi) * (isInverted ? -1 : 1)
        self.maxRate = maxRate
    }

    /// Turns the shaft to an angle, radians, by a moment; its tracks appear on the lines of a chip.
    package func turn(to angle: Double, at now: Instant, on gpio: any TwinGPIO) {
        let goal = Int64((angle * countsPerRadian).rounded(.down))
        guard var count, let last else {
            self.count = goal
            self.last = now
            gpio.setInput(line: lines.a, Self.tracks(goal).a, at: now)
            gpio.setInput(line: lines.b, Self.tracks(goal).b, at: now)
            return
        }
        let span = now - last
        self.last = now
        let limit = Int64((span.inSeconds * maxRate).rounded(.up))
        let steps = min(abs(goal - count), max(1, limit))
        let direction: Int64 = goal < count ? -1 : 1
        for step in 0..<steps {
            count += direction
            let moment = last + .nanoseconds(span.nanoseconds / steps * (step + 1))
            let (a, b) = Self.tracks(count)
            gpio.setInput(line: lines.a, a, at: moment)
            gpio.setInput(line: lines.b, b, at: moment)
        }
        self.count = count
    }

    /// The levels of a place in the period, A ahead of B.
    private static func tracks(_ count: Int64) -> (a: Bool, b: Bool) {
        let phase = count & 3
        return (phase == 1 || phase == 2, phase >= 2)
    }
}
