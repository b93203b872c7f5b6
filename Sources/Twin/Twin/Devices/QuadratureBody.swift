package import RobotModel

/// An incremental encoder's two tracks on two of the robot's GPIO lines, turned by a wheel.
///
/// The edges come at the moments at which a shaft that turned evenly since the last step would have made them. Where that
/// is faster than the encoder can give them they come evenly, and the rest in the next steps.
package final class QuadratureBody {
    private let lines: (a: Int, b: Int)
    private let countsPerRadian: Double
    /// Edges a second that the sensor's electronics give at most.
    private let maxRate: Double
    private var count: Int64?
    private var last: (time: Instant, counts: Double)?

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
        let counts = angle * countsPerRadian
        let goal = Int64(counts.rounded(.down))
        defer { last = (now, counts) }
        guard var count, let last else {
            self.count = goal
            show(goal, at: now, on: gpio)
            return
        }
        let span = now - last.time
        let limit = max(1, Int64((span.inSeconds * maxRate).rounded(.up)))
        let steps = min(abs(goal - count), limit)
        let direction: Int64 = goal < count ? -1 : 1
        let isBehind = steps < abs(goal - count) || count != Int64(last.counts.rounded(.down))
        for step in 0..<steps {
            // Forward an edge is crossed at its own count, backward at the one that is left.
            let crossing = Double(direction > 0 ? count + 1 : count)
            count += direction
            let share =
                isBehind ? Double(step + 1) / Double(steps) : (crossing - last.counts) / (counts - last.counts)
            let moment = last.time + .nanoseconds(Int64(Double(span.nanoseconds) * min(max(share, 0), 1)))
            show(count, at: moment, on: gpio)
        }
        self.count = count
    }

    private func show(_ count: Int64, at moment: Instant, on gpio: any TwinGPIO) {
        let (a, b) = Self.tracks(count)
        gpio.setInput(line: lines.a, a, at: moment)
        gpio.setInput(line: lines.b, b, at: moment)
    }

    /// The levels of a place in the period, A ahead of B.
    private static func tracks(_ count: Int64) -> (a: Bool, b: Bool) {
        let phase = count & 3
        return (phase == 1 || phase == 2, phase >= 2)
    }
}
