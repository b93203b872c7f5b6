import Control
import Foundation
import Logging
import Missions
import Realtime
import RobotModel
import ServiceLifecycle
import Synchronization

/// The slow loop, from start to an orderly stop: wheels stand, arm holds, sessions are given back (`OrderlyStop`).
struct DeliberationService: Service {
    let deliberation: Deliberation
    let loop: ControlLoop
    let manager: ServiceManager

    func run() async throws {
        let clock = ContinuousClock()
        let period = Duration.nanoseconds(1_000_000_000 / Int64(Deliberation.rate))
        var next = clock.now
        var isStopping = false
        var lastStatus = ""
        var count = 0
        while !Task.isCancelled {
            if !isStopping, Task.isShuttingDownGracefully {
                await deliberation.receive(.shutdown)
                isStopping = true
            }
            await deliberation.step(at: TickClock().now, wall: WallTime(secondsSince1970: Date().timeIntervalSince1970))
            if count % Deliberation.rate == 0 { await deliberation.note(LoopHealth(loop)) }
            count += 1
            if isStopping {
                let status = await deliberation.statusLine
                if status != lastStatus {
                    manager.status(status)
                    // The watchdog's own task has ended before this one.
                    manager.feedWatchdog()
                }
                lastStatus = status
                if await deliberation.hasStopped { return }
            }
            next += period
            // Late steps are left out, never made up for in a burst.
            if next < clock.now { next = clock.now + period }
            try? await clock.sleep(until: next)
        }
    }
}
