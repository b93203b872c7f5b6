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
