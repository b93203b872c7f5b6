import Foundation
import Logging
import Realtime
import RobotModel
import ServiceLifecycle
import Synchronization

/// The board's own watchdog, from start to stop: fed by an ordinary thread, which no hung task, actor or disk holds up.
///
/// An orderly end disarms it, after the tick has ended. A crash, a kill or an end that does not come leaves it armed: the
/// board resets itself unless a new daemon feeds it in time.
struct HardwareWatchdogService: Service {
    let keeper: WatchdogKeeper
    let look: @Sendable () -> WatchdogPolicy.Look
    let log: Logger

    func run() async throws {
        let isDone = Flag()
        let ended = AsyncStream<WatchdogKeeper>.makeStream()
        let (first, look, log) = (keeper, look, log)
        let thread = Thread {
            var keeper = first
            var wasArmed = false
            while !isDone.isRaised {
                if let trouble = keeper.step(look()) { log.error("\(trouble)") }
                if let timeout = keeper.armedTimeout, !wasArmed {
                    wasArmed = true
                    log.info("the board resets itself after \(timeout.inSeconds) s without a sign of life")
                }
                // Short naps, so that the end does not wait for a long interval.
                var rest = keeper.interval
                while rest > .zero, !isDone.isRaised {
                    let nap = min(rest, .milliseconds(100))
                    Thread.sleep(forTimeInterval: nap.inSeconds)
                    rest -= nap
                }
            }
            ended.continuation.yield(keeper)
            ended.continuation.finish()
        }
        thread.name = "watchdog"
        thread.stackSize = 256 * 1024
        thread.start()
        // Throws when the task is cancelled: then the end is none in order, and the watchdog stays armed.
        try await gracefulShutdown()
        isDone.raise()
        for await var keeper in ended.stream {
            if let trouble = keeper.disarm() { log.error("\(trouble)") }
        }
    }
}
