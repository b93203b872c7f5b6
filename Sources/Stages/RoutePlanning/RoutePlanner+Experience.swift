public import BuildingMap
public import RobotModel

extension FacilityTimes {
    /// Takes what a stopwatch has timed.
    ///
    /// - Parameter planner: Knows what a ride was expected to take.
    public mutating func record(
        _ sample: FacilityStopwatch.Sample, planner: RoutePlanner, at wall: WallTime, clock: LocalTime
    ) {
        switch sample {
        case .opening(let door, let seconds):
            record(seconds, of: .opening(door, .interface), at: wall, clock: clock)
        case .waiting(let lift, let seconds):
            record(seconds, of: .waiting(lift, .interface), at: wall, clock: clock)
        case .ride(let lift, let from, let to, let seconds):
            guard let from = planner.levelIndex(from), let to = planner.levelIndex(to) else { return }
            let expected = planner.rideSeconds(lift, from: from, to: to)
            if expected > 0 { record(seconds / expected, of: .riding(lift), at: wall, clock: clock) }
        }
    }
}

extension RoutePlanner {
    /// What a plan counts for something that is timed, with all that is known under the conditions of the moment; nil for
    /// what cannot be used. Where a car is now is left out: that is no experience.
    public func expected(_ quantity: FacilityTimes.Quantity, under conditions: RouteConditions) -> TimeEstimate? {
        var conditions = conditions
        conditions.lifts = [:]
        let clock = RouteClock(planner: self, conditions: conditions)
        switch quantity {
        case .opening(let door, _): return clock.opening(door, at: 0)?.time
        case .waiting(let lift, _): return clock.boarding(lift, level: 0, at: 0)?.time
        case .riding, .driving:
            return conditions.times.estimate(
                of: quantity, prior: TimeEstimate(mean: 1, spread: 0.1), at: conditions.clock, now: conditions.wall)
        }
    }
}
