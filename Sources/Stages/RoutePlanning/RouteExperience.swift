public import BuildingMap
public import RobotModel

/// Something of a route that is done, and how long it took.
public enum RouteExperience: Hashable, Sendable {
    /// A door, from asking it until it was open.
    case opened(DoorStep, after: Duration)
    /// A lift, from asking it until its car stood open before the robot.
    case boarded(LiftStep, after: Duration)
    /// A ride, from the car's door beginning to shut until it was open on the level of arrival.
    case rode(LiftStep, Duration)
    /// A drive, from stand to stand, without pauses that had nothing to do with the way.
    case drove(DriveStep, Duration)
}

extension RoutePlanner {
    /// Adds an experience to what was learned; `wall` and `clock` are those of its begin.
    ///
    /// Waits for opening hours do not belong into it: they are known beforehand.
    public func learn(
        _ experience: RouteExperience, at wall: WallTime, clock: LocalTime, into times: inout FacilityTimes
    ) {
        func record(_ sample: Double, of quantity: FacilityTimes.Quantity) {
            times.record(sample, of: quantity, at: wall, clock: clock)
        }
        switch experience {
        case .opened(let step, let time):
            record(time.inSeconds, of: .opening(step.door, step.access ?? .interface))
        case .boarded(let step, let time):
            record(time.inSeconds, of: .waiting(step.lift, step.access ?? .interface))
        case .rode(let step, let time):
            guard let from = levelIndex(step.from), let to = levelIndex(step.to), from != to else { return }
            record(time.inSeconds / rideSeconds(step.lift, from: from, to: to), of: .riding(step.lift))
        case .drove(let step, let time):
            guard step.duration > .zero else { return }
            record(time.inSeconds / step.duration.inSeconds, of: .driving)
        }
    }
}
