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
    /// Ticks done; what the watchdog looks at.
    nonisolated let counter = Atomic<Int>(0)
    nonisolated let missed = Atomic<Int>(0)

    private var kernel: ControlKernel
    private let channels: TickChannels
    private let records: Ring<TickRecord>?
    private let period: Duration
    /// What is done in each row of `tasks`, and the seconds from run to run.
    private let rows: [(task: ControlTask, dt: Double)]
    private let ticksASecond: Int
    private let wakeWheels: @Sendable () -> Void
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
        kernel = ControlKernel(board: board, latched: latched)
        self.channels = channels
        self.records = records
        self.executor = executor
        self.wakeWheels = wakeWheels
        ticksASecond = board.control.tickRate
        let period = Duration.nanoseconds(1_000_000_000 / Int64(board.control.tickRate))
        self.period = period
        tasks = TaskTable(
            board.control.tasks.map { TickTask($0.task.rawValue, every: $0.every, deadline: $0.deadline) })
        rows = board.control.tasks.map { ($0.task, period.inSeconds * Double($0.every)) }
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
    ///
    /// What the tasks really take is measured here, too; nothing is decided by it.
    func tick(at now: Instant, observer: TickObserver? = nil) {
        observer?.before()
        let start = TickClock().now
        let end = work(number: handDriven, at: now, from: start, overruns: 0)
        work.record(nanoseconds: Int(end.nanoseconds - start.nanoseconds))
        handDriven += 1
        counter.add(1, ordering: .relaxed)
        observer?.after()
    }

    private func step(at start: Instant, tick: Tick) {
        let end = work(number: tick.number, at: start, from: start, overruns: lateNow + lateBefore)
        work.record(nanoseconds: Int(end.nanoseconds - start.nanoseconds))
        let isLate = tick.missed > 0 || end > tick.scheduled + period
        tasks.account.finish(tick, isLate: isLate)
        countLate(isLate)
        counter.add(1, ordering: .relaxed)
    }

    /// Runs the tasks that are due.
    ///
    /// - Parameters:
    ///   - now: The moment that the kernel takes for the present.
    ///   - start: When the tick's work began, by the machine's clock.
    private func work(number: Int, at now: Instant, from start: Instant, overruns: Int) -> Instant {
        tasks.run(number, from: start) { index in
            let row = rows[index]
            if kernel.run(row.task, channels, records: records, at: now, dt: row.dt, overruns: overruns) {
                wakeWheels()
            }
        }
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
