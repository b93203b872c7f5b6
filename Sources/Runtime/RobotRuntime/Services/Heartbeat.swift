public import RobotModel

/// Whether the daemon is alive, from what is seen of it every now and then: the tick's counter has advanced, the
/// deliberation has stepped, and the supervisor has no complaint about the daemon itself.
///
/// A value: whoever asks it feeds systemd's watchdog. Complaints about the robot (a pressed emergency stop, a device that
/// is away) are none about the daemon: a restart would mend nothing.
public struct Heartbeat: Sendable {
    private var ticks = -1
    private var steps = -1

    public init() {}

    /// Takes a look.
    ///
    /// - Parameters:
    ///   - ticks: Ticks done since the start.
    ///   - steps: Steps of the deliberation since the start.
    ///   - safety: What the supervisor has decided last.
    /// - Returns: What stands still, in words; nil while all is well.
    public mutating func look(ticks: Int, steps: Int, safety: SafetyState) -> String? {
        defer { (self.ticks, self.steps) = (ticks, steps) }
        var still: [String] = []
        if ticks <= self.ticks { still.append("the tick stands still at \(ticks)") }
        if steps <= self.steps { still.append("the deliberation stands still at step \(steps)") }
        if safety.causes.contains(.silentDeliberation) {
            still.append("the supervisor hears nothing of the deliberation")
        }
        return still.isEmpty ? nil : still.joined(separator: ", ")
    }
}
