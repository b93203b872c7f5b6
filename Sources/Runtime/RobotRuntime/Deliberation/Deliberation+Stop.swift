import BoardFile
import Missions
import Realtime
import RobotModel

extension Deliberation {
    /// Whether an orderly stop is over, well or by its deadline.
    var hasStopped: Bool { stop?.result != nil }

    /// Looks how far the orderly stop is, if one is under way; says once what has become of it.
    func lookAtStop(_ report: TickReport) {
        guard var stop, stop.result == nil else { return }
        let sessions = executive.sessions
        let sight = OrderlyStop.Sight(
            wheelsHeard: report.wheels.time, isStanding: report.isStanding,
            isArmHeld: report.jointSetpoint.torque && now - report.joints.time < board.joints.staleAfter,
            kept: sessions.open.map(\.description), unconfirmed: sessions.ending.map(\.description))
        stop.look(sight, freshness: board.wheels.staleAfter, at: now)
        self.stop = stop
        guard let result = stop.result else { return }
        for error in result.errors { announce(error, .error) }
        announce(result.line, .notice)
    }
}

extension TickReport {
    /// Whether the wheels stood at the last look at them.
    var isStanding: Bool { abs(twist.linear) < 0.01 && abs(twist.angular) < 0.02 }
}
