import Logging
import RobotModel
import ServiceLifecycle
import Synchronization

/// Tells systemd that all is well, from an ordinary task, and only while it is: while the tick's counter advances and
/// the deliberation steps. A stalled loop is not fed, and systemd restarts the daemon.
struct WatchdogService: Service {
    let loop: ControlLoop
    let deliberation: Deliberation
    let manager: ServiceManager
    let log: Logger

    func run() async throws {
        let clock = ContinuousClock()
        var lastTicks = -1
        var lastSteps = -1
        var lastStatus = ""
        var isReady = false
        let interval = min(manager.watchdogInterval ?? .seconds(1), .seconds(1))
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let ticks = loop.counter.load(ordering: .relaxed)
            let steps = await deliberation.stepCount
            let advances = ticks > lastTicks && steps > lastSteps
            if advances {
                manager.feedWatchdog()
            } else {
                log.error(
                    "the tick or the deliberation stands still (\(ticks) ticks, \(steps) steps): watchdog not fed")
            }
            lastTicks = ticks
            lastSteps = steps
            let status = await deliberation.statusLine
            if !isReady, ticks > 0, steps > 0 {
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
