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

    /// How late the thread wakes, how long a tick works, and who was late.
    nonisolated let wakeUps = TickHistogram()
    nonisolated let work = TickHistogram()
    nonisolated let account = DeadlineAccount(jobs: [
        // A quarter of a millisecond for taking samples and sorting them into beams; the rest is arithmetic.
        ("read", .microseconds(250)), ("update", .microseconds(250)), ("write", .microseconds(100)),
    ])
    /// Ticks done; what the watchdog looks at.
    nonisolated let counter = Atomic<Int>(0)
    nonisolated let missed = Atomic<Int>(0)

    private var kernel: ControlKernel
    private let channels: TickChannels
    private let records: Ring<TickRecord>?
    private let period: Duration
    private let ticksASecond: Int
    private let wakeWheels: @Sendable () -> Void
    /// Late ticks of the running second and of the one before.
    private var lateNow = 0
    private var lateBefore = 0
    private var ticksInWindow = 0

    /// - Parameters:
    ///   - latched: What waited for a person's word when the daemon ended.
    ///   - wakeWheels: Makes the wheels' thread send a fresh set-point at once; must not wait.
    init(
        board: Board, latched: SafetyCauses, channels: TickChannels, records: Ring<TickRecord>?,
        executor: RealtimeExecutor,
        wakeWheels: @escaping @Sendable () -> Void
    ) {
        kernel = ControlKernel(board: board, latched: latched)
        self.channels = channels
        self.records = records
        self.executor = executor
        self.wakeWheels = wakeWheels
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
        kernel.read(channels, at: now)
        kernel.update(at: now, dt: period.inSeconds, overruns: 0)
        if kernel.write(channels, records: records, at: now) { wakeWheels() }
        counter.add(1, ordering: .relaxed)
        observer?.after()
    }

    private func step(at start: Instant, tick: Tick) {
        kernel.read(channels, at: start)
        let afterRead = TickClock().now
        kernel.update(at: start, dt: period.inSeconds, overruns: lateNow + lateBefore)
        let afterUpdate = TickClock().now
        if kernel.write(channels, records: records, at: start) { wakeWheels() }
        let end = TickClock().now
        account.record(job: 0, nanoseconds: afterRead.nanoseconds - start.nanoseconds)
        account.record(job: 1, nanoseconds: afterUpdate.nanoseconds - afterRead.nanoseconds)
        account.record(job: 2, nanoseconds: end.nanoseconds - afterUpdate.nanoseconds)
        work.record(nanoseconds: Int(end.nanoseconds - start.nanoseconds))
        let isLate = tick.missed > 0 || end > tick.scheduled + period
        account.finish(tick, isLate: isLate)
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
