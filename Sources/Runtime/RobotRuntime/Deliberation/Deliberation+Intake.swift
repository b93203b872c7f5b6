import Logging
import Missions
import RobotModel

extension Deliberation {
    /// Hears what became of the files in the inbox: what is accepted is in the journal by now.
    func takeIn(_ outcomes: [Inbox.Outcome]) {
        for outcome in outcomes {
            switch outcome {
            case .accepted(let mission): events.append(.submitted(mission))
            case .known(let id, let state):
                announce("mission \(id) has been taken in before; it is \(state.rawValue)", .notice)
            case .quarantined(let file, let errors):
                let more = errors.count > 1 ? " (and \(errors.count - 1) more in its .error file)" : ""
                announce(
                    "\(file) is in quarantine: \(errors.first?.sentence ?? "")\(more)", .warning,
                    hint: errors.first?.hint)
            case .ignored(let file):
                announce(
                    "\(file) in the inbox is left alone: its name does not end in .yaml", .warning,
                    hint: "rename it if it is a mission; write a mission elsewhere first, or as \(file).part")
            case .stuck(let file, let error): log.error("\(file) stays in the inbox: \(error)")
            }
        }
    }

    /// Puts a mission's state into the outbox.
    func answer(with status: MissionStatus) {
        do throws(RobotError) {
            try outbox.write(status, at: wall)
        } catch {
            log.error("\(error)")
        }
    }
}
