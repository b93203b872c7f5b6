import Devices
import Realtime
import RobotModel
import ServiceLifecycle

/// The device threads, from start to stop: a thread for each slot.
struct DeviceThreads: Service {
    private let threads: [DeviceThread]

    /// - Parameter priority: SCHED_FIFO priority, below the tick's: a decoder must never delay it.
    init(rack: DeviceRack, wheels: DeviceThread, priority: Int) {
        threads =
            [wheels]
            + rack.services.filter { $0.slot != DeviceRack.wheelsSlot }.map { entry in
                DeviceThread(
                    name: entry.slot.rawValue, service: entry.service, priority: priority, clock: { TickClock().now })
            }
    }

    func run() async throws {
        for thread in threads { try thread.start() }
        try? await gracefulShutdown()
        for thread in threads { thread.stop() }
    }
}
