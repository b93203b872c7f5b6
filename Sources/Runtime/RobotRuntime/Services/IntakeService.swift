import Foundation
import Missions
import RobotModel
import ServiceLifecycle

/// Looks into the inbox twice a second, away from the deliberation: it waits for the disk and hashes PINs.
struct IntakeService: Service {
    let inbox: Inbox
    let deliberation: Deliberation

    func run() async throws {
        let clock = ContinuousClock()
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let outcomes = await scan()
            if !outcomes.isEmpty { await deliberation.takeIn(outcomes) }
            try? await cancelWhenGracefulShutdown { try await clock.sleep(for: .milliseconds(500)) }
        }
    }

    @concurrent
    private func scan() async -> [Inbox.Outcome] {
        inbox.scan(at: WallTime(secondsSince1970: Date().timeIntervalSince1970))
    }
}
