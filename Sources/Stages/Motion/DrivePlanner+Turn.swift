import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// How a turn on the spot stands.
struct TurnState: Sendable {
    /// Which way round, kept while the goal is nearly behind; 0 when not chosen.
    var side = 0.0
}

extension DrivePlanner {
    /// Turning on the spot: the wish, and whether it is done.
    enum TurnStep {
        case turning(rate: Double)
        case blocked
        case done
    }

    mutating func stepTurn(_ input: Input, to heading: Double) -> Wish {
        // 3 cm is what the sweep of the corners needs at least; a person gets a person's distance.
        let around = surroundings(input, clearance: 0.03, reverse: false, watchful: false)
        switch rotate(input, to: heading, around) {
        case .turning(let rate):
            return Wish(.turn(rate: rate), .moving(remaining: 0))
        case .blocked: return Wish(.stop, .blocked)
        case .done: return Wish(.stop, .reached)
        }
    }

    /// One step of a turn to a heading in the map frame, watching what the hull's corners sweep.
    mutating func rotate(
        _ input: Input, to heading: Double, _ around: Surroundings, tolerance: Double = 0.01
    ) -> TurnStep {
        var turn = normalizedAngle(heading - input.pose.yaw)
        if abs(turn) <= tolerance && abs(input.twist.angular) < 0.06 {
            turning.side = 0
            return .done
        }
        // Once begun, a half turn goes on the same way round.
        if abs(turn) < 2.4 {
            if turning.side * turn < 0 && abs(turn) < 0.5 { turning.side = 0 }
        }
        if turning.side == 0 { turning.side = turn < 0 ? -1 : 1 }
        if turning.side * turn < 0 { turn += turning.side * 2 * .pi }
        if abs(input.twist.linear) > 0.04 { return .turning(rate: 0) }
        for track in tracker.tracks where track.walks(at: input.now) {
            let place = input.pose.inverseTransform(track.center)
            if hull.distance(to: place) - track.radius < Self.stopGap { return .blocked }
        }
        var free = around.freeTurn(turn, margin: 0.03)
        if free < 1 {
            let other = turn - turning.side * 2 * .pi
            if abs(other) < 4.5 && around.freeTurn(other, margin: 0.03) == 1 {
                turning.side = -turning.side
                turn = other
                free = 1
            }
        }
        let room = free < 1 ? abs(turn) * free - 0.05 : abs(turn)
        if room <= 0 { return .blocked }
        let rate = min(
            0.9 * limits.maxTurnRate, (limits.maxTurnAcceleration * 0.7 * room).squareRoot(), 0.02 + room / 0.3)
        return .turning(rate: turn < 0 ? -rate : rate)
    }
}
