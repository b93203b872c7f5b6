import Logging
import Realtime
import RobotModel
import ServiceLifecycle

/// The tick, from start to stop.
struct LoopService: Service {
    let loop: ControlLoop
    let log: Logger

    func run() async throws {
        let executor = loop.executor
        try executor.start()
        for notice in executor.notices { log.warning("real time: \(notice)") }
        await withGracefulShutdownHandler {
            await withTaskExecutorPreference(executor) { [loop] in await loop.run() }
        } onGracefulShutdown: {
            executor.stop()
        }
    }
}
