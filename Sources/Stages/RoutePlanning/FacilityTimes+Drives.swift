public import BuildingMap
public import RobotModel

extension FacilityTimes {
    /// Takes how long a drive of a route has taken, from stand to stand, as a multiple of what was planned for it; pauses
    /// that had nothing to do with the way do not belong into it.
    public mutating func record(drive step: DriveStep, took time: Duration, at wall: WallTime, clock: LocalTime) {
        guard step.duration > .zero else { return }
        record(time.inSeconds / step.duration.inSeconds, of: .driving, at: wall, clock: clock)
    }
}
