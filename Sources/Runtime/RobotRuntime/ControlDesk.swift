import Control
import RobotModel

/// Answers what console, CLI and demo ask.
struct ControlDesk: ControlHandling {
    let deliberation: Deliberation

    func answer(_ request: ControlRequest) async -> ControlResponse {
        do {
            return try await deliberation.answer(request)
        } catch {
            return .refused(error)
        }
    }
}
