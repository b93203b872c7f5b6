import Logging
import Realtime
import RobotModel
import ServiceLifecycle
import Synchronization

/// Tells systemd that all is well, from an ordinary task, and only while it is (`WatchdogPolicy`). A stalled loop is not
/// fed, and systemd restarts the daemon.
struct WatchdogService: Service {
    let loop: ControlLoop
    let channels: TickChannels
    let deliberation: Deliberation
    let manager: ServiceManager
    let log: Logger

    func run() async throws {
        let clock = ContinuousClock()
        var policy = WatchdogPolicy()
        var lastStatus = ""
        var isReady = false
        // Half of what systemd grants, halved: one look in a bad moment is no reason for a restart.
        let interval = min((manager.watchdogInterval ?? .seconds(1)) / 2, .milliseconds(500))
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let ticks = loop.counter.load(ordering: .relaxed)
            let steps = await deliberation.stepCount
            let verdict = policy.judge(WatchdogPolicy.Look(loop, channels, steps: steps, at: TickClock().now))
            switch verdict {
            case .feed: manager.feedWatchdog()
            case .starve(let trouble) where isReady: log.error("\(trouble): watchdog not fed")
            case .starve: break  // Still starting: systemd counts from the word that all is ready.
            }
            if !isReady { await deliberation.note(LoopHealth(loop)) }
            let status = await deliberation.statusLine
            if !isReady, ticks > 0, steps > 0, verdict == .feed {
                manager.ready(status)
                isReady = true
                log.info("ready: \(status)")
            } else if status != lastStatus {
                manager.status(status)
            }
            lastStatus = status
            try? await cancelWhenGracefulShutdown { try await clock.sleep(for: interval) }
        }
        manager.stopping()
    }
}
