import Dispatch
import Logging
import Missions
import Motion
import RobotModel
import Safety

extension Deliberation {
    /// Keeps for the next start what a person has to clear: releasing the emergency stop must not start the machine
    /// again (ISO 13850), and neither must a restart. What still stands counts, too: it may be over when the daemon is
    /// back. No stop waits for it; an entry that could not be written is tried again every second.
    func keepSafety(_ report: TickReport) {
        guard report.time > .longAgo else { return }
        let causes = report.safety.causes.union(report.safety.latched).intersection(SafetyRule.endedByPerson)
        let isDue = keptSafety != nil || stepCount % Self.rate == 0
        guard causes != keptSafety, isDue else { return }
        keptSafety = causes
        let (journal, wall) = (journal, wall)
        guard !isStepped else {
            note(written: Self.append(causes, to: journal, at: wall))
            return
        }
        poseWriter.async { [weak self] in
            let error = Self.append(causes, to: journal, at: wall)
            guard error != nil, let self else { return }
            Task { await self.note(written: error) }
        }
    }

    private static func append(_ causes: SafetyCauses, to journal: Journal, at wall: WallTime) -> RobotError? {
        do throws(RobotError) {
            try journal.append(.safety(causes), at: wall)
            return nil
        } catch {
            return error
        }
    }

    private func note(written error: RobotError?) {
        guard let error else { return }
        keptSafety = nil
        log.error("what a person has to clear is not kept for a restart: \(error)")
    }
}
