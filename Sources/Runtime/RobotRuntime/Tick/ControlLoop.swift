import BoardFile
import Realtime
import Reflow
import RobotModel
import Synchronization

/// The real-time actor: owns the control kernel and runs it tick by tick on its executor's thread.
///
/// On the robot `run()` waits for the executor's ticks. A main that drives the clock by hand calls `tick(at:)` instead;
/// the kernel is the same.
actor ControlLoop {
    nonisolated let executor: RealtimeExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// How late the thread wakes, and how long a tick works.
    nonisolated let wakeUps = TickHistogram()
    nonisolated let work = TickHistogram()
    /// The tasks of a tick with what they take; the board file's `control.tasks`.
    nonisolated let tasks: TaskTable
    /// From the bytes of a device to its set-point, by the device's slot.
    nonisolated let chains: [(slot: String, latency: ChainLatency)]
    /// Ticks done; what the watchdog looks at.
    nonisolated let counter = Atomic<Int>(0)
    nonisolated let missed = Atomic<Int>(0)

    private var control: ControlTick
    private let period: Duration
    private let ticksASecond: Int
    /// Late ticks of the running second and of the one before.
    private var lateNow = 0
    private var lateBefore = 0
    private var ticksInWindow = 0
    /// Ticks of the hand-driven clock.
    private var handDriven = 0

    /// - Parameters:
    ///   - latched: What waited for a person's word when the daemon ended.
    ///   - wakeWheels: Makes the wheels' thread send a fresh set-point at once; must not wait.
    init(
        board: Board, latched: SafetyCauses, channels: TickChannels, records: Ring<TickRecord>?,
        executor: RealtimeExecutor,
        wakeWheels: @escaping @Sendable () -> Void
    ) {
        control = ControlTick(
            board: board, latched: latched, channels: channels, records: records, wakeWheels: wakeWheels)
        tasks = control.tasks
        chains = [("wheels", channels.wheelsChain), ("joints", channels.jointsChain)]
        self.executor = executor
        ticksASecond = board.control.tickRate
        period = .nanoseconds(1_000_000_000 / Int64(board.control.tickRate))
    }

    /// Ticks until the executor is stopped. To be started with the executor as task executor preference.
    func run() async {
        while let tick = await executor.nextTick() {
            let start = TickClock().now
            step(at: start, tick: tick)
            wakeUps.record(tick.latency)
            missed.add(tick.missed, ordering: .relaxed)
        }
    }

    /// One tick at a moment of a hand-driven clock.
    func tick(at now: Instant, observer: TickObserver? = nil) {
        observer?.before()
        let start = TickClock().now
        let end = control.run(handDriven, at: now, from: start, overruns: 0)
        work.record(nanoseconds: Int(end.nanoseconds - start.nanoseconds))
        handDriven += 1
        counter.add(1, ordering: .relaxed)
        observer?.after()
    }

    private func step(at start: Instant, tick: Tick) {
        let end = control.run(tick.number, at: start, from: start, overruns: lateNow + lateBefore)
        work.record(nanoseconds: Int(end.nanoseconds - start.nanoseconds))
        let isLate = tick.missed > 0 || end > tick.scheduled + period
        tasks.account.finish(tick, isLate: isLate)
        countLate(isLate)
        counter.add(1, ordering: .relaxed)
    }

    /// Late ticks within the last one to two seconds: what the supervisor judges overruns by.
    private func countLate(_ isLate: Bool) {
        if isLate { lateNow += 1 }
        ticksInWindow += 1
        if ticksInWindow >= ticksASecond {
            lateBefore = lateNow
            lateNow = 0
            ticksInWindow = 0
        }
    }
}
