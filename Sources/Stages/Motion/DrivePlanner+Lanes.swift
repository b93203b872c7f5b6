import RobotModel

/// Which way beside its path the robot takes.
extension DrivePlanner {
    mutating func chooseLane(_ state: Tracking, _ around: Surroundings, _ input: Input) -> Lane {
        guard var current = follow.lane else {
            let slope = abs(state.angle) < 0.5 ? state.slope : 0
            let length = min(max(0.7, 1.6 * abs(state.lateral).squareRoot()), max(0.3, state.leg.length - state.s))
            return Lane(
                start: state.s, length: length, from: state.lateral, slope: slope, to: 0, end: state.leg.length)
        }
        current.end = state.leg.length
        let stations = self.stations(state, current)
        let reach = stations[stations.count - 1].travel
        let kept = around.sweep(stations, ignoringMoving: true)
        let isFree = !kept.meets
        if isFree && abs(current.to) < 0.05 { return current }
        if let last = follow.lastSearch, input.now.seconds(since: last) < 0.2 { return current }
        if isFree, let changed = follow.laneChanged, input.now.seconds(since: changed) < 1 { return current }
        follow.lastSearch = input.now
        var best = current
        // A lane that is free is left only for one that is nearer to the path; a blocked one for any that is better.
        var bestCost = cost(current, kept, reach, current) - (isFree ? 0.02 : 0.15)
        let waited = follow.waitsSince.map { input.now.seconds(since: $0) > 1.5 } ?? false
        let wider = around.widened(by: 0.02)
        for step in -16...16 {
            let offset = Double(step) * 0.05
            if isFree && abs(offset) >= abs(current.to) { continue }
            // Nothing it could meet makes it cheaper than this.
            if 0.8 * abs(offset) + 0.3 * abs(offset - current.to) >= bestCost { continue }
            for lane in lanes(to: offset, state, turningFirst: waited) {
                let sweep = wider.sweep(self.stations(state, lane), ignoringMoving: true)
                let cost = self.cost(lane, sweep, reach, current)
                if cost < bestCost {
                    best = lane
                    bestCost = cost
                }
            }
        }
        if best.to != current.to || best.start != current.start { follow.laneChanged = input.now }
        return best
    }

    /// Ways to a steady offset: steering there from the present heading, and turning on the spot first.
    func lanes(to offset: Double, _ state: Tracking, turningFirst: Bool) -> [Lane] {
        let change = offset - state.lateral
        let length = max(0.6, 1.5 * abs(change).squareRoot())
        var lane = Lane(
            start: state.s, length: length, from: state.lateral, slope: state.slope, to: offset, end: state.leg.length)
        guard turningFirst else { return [lane] }
        let steered = lane
        lane.length = 0.85
        lane.slope = min(max(1.6 * change / 0.85, -1.6), 1.6)
        return [steered, lane]
    }

    private func cost(_ lane: Lane, _ sweep: Surroundings.Sweep, _ reach: Double, _ current: Lane) -> Double {
        var cost = 0.8 * abs(lane.to) + 0.3 * abs(lane.to - current.to)
        cost += 1.5 * max(0, 0.35 - sweep.closest)
        if sweep.meets { cost += 1 + 1.5 * (reach - sweep.free) }
        return cost
    }
}
