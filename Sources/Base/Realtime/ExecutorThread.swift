import CLinuxRealtime
import RobotModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The thread behind a `RealtimeExecutor`, with its queue. A separate object, so that the thread can outlast an
/// executor whose last reference is given up inside a job.
@safe
final class ExecutorThread: @unchecked Sendable {
    let name: String
    let settings: RealtimeSettings
    let ticks = Atomic<Int>(0)
    let missed = Atomic<Int>(0)
    let overruns = Atomic<Int>(0)
    /// Jobs in the queue; read without the lock, so that a tick without messages does not take it.
    let pending = Atomic<Int>(0)

    private enum Phase: Int { case new, running, finished }

    // Guarded by the monitor.
    private let monitor: UnsafeMutablePointer<doorstep_monitor>
    private var queue: JobQueue
    private var phase = Phase.new
    private var isSetUp = false
    private var refused: [String] = []
    private var thread = pthread_t()

    /// Ticks are wanted no more; read at every tick.
    private let stopping = Atomic<Bool>(false)
    private let finishing = Atomic<Bool>(false)
    /// Identifies the thread; 0 before it runs.
    private let identity = Atomic<UInt>(0)

    // Touched by the thread only.
    private var serialExecutor: UnownedSerialExecutor?
    private var taskExecutor: UnownedTaskExecutor?
    private var waiter: UnsafeContinuation<Tick?, Never>?
    private var isResumingTick = false
    private var tickJob: UnownedJob?
    private var latencyDescriptor: Int32 = -1

    init(name: String, settings: RealtimeSettings) {
        self.name = name
        self.settings = settings
        unsafe monitor = .allocate(capacity: 1)
        let result = unsafe doorstep_monitor_init(monitor)
        precondition(result == 0, "a mutex cannot be made: \(result)")
        queue = JobQueue()
    }

    deinit {
        queue.deallocate()
        unsafe doorstep_monitor_destroy(monitor)
        unsafe monitor.deallocate()
    }

    func adopt(serial: UnownedSerialExecutor, task: UnownedTaskExecutor) {
        unsafe serialExecutor = serial
        unsafe taskExecutor = task
    }

    // MARK: From any thread

    var isCurrent: Bool { identity.load(ordering: .relaxed) == UInt(pthread_self()) }

    var notices: [String] { locked { refused } }

    func start() throws(RobotError) {
        let result: Int32? = locked {
            guard phase == .new else { return nil }
            phase = .running
            let context = unsafe Unmanaged.passRetained(self).toOpaque()
            let result = unsafe doorstep_thread_start(
                &thread, name, settings.stackSize,
                { context in
                    guard let context = unsafe context else { return }
                    let thread = unsafe Unmanaged<ExecutorThread>.fromOpaque(context).takeRetainedValue()
                    thread.run()
                }, context)
            guard result == 0 else {
                phase = .finished
                unsafe Unmanaged<ExecutorThread>.fromOpaque(context).release()
                return result
            }
            while !isSetUp { unsafe doorstep_monitor_wait(monitor) }
            return 0
        }
        guard let result else { throw RobotError(.internalError, "the thread '\(name)' is started a second time") }
        guard result == 0 else {
            throw RobotError(.internalError, "the thread '\(name)' cannot start: \(systemMessage(-result))")
        }
    }

    func stop() {
        stopping.store(true, ordering: .releasing)
        locked { unsafe doorstep_monitor_signal(monitor) }
    }

    /// Ends the thread; waits for it, unless it is the one that asks.
    func finish() {
        stopping.store(true, ordering: .releasing)
        finishing.store(true, ordering: .releasing)
        let started = locked {
            unsafe doorstep_monitor_signal(monitor)
            return phase == .running
        }
        guard started else { return }
        if isCurrent { pthread_detach(thread) } else { pthread_join(thread, nil) }
    }

    func enqueue(_ job: UnownedJob) {
        if isCurrent, isResumingTick {
            // The tick's own continuation: it runs next, and no lock is taken for it.
            isResumingTick = false
            tickJob = job
            return
        }
        locked {
            queue.append(job)
            pending.wrappingAdd(1, ordering: .releasing)
            unsafe doorstep_monitor_signal(monitor)
        }
    }

    func wait(for continuation: UnsafeContinuation<Tick?, Never>) {
        precondition(isCurrent, "nextTick() is called on another thread than '\(name)'")
        precondition(unsafe waiter == nil, "two tasks wait for the ticks of '\(name)'")
        precondition(settings.period != nil, "the thread '\(name)' has no ticks")
        guard !stopping.load(ordering: .acquiring) else {
            unsafe continuation.resume(returning: nil)
            return
        }
        unsafe waiter = continuation
    }

    // MARK: The thread

    private func run() {
        identity.store(UInt(pthread_self()), ordering: .relaxed)
        let problems = takePrivileges()
        locked {
            refused = problems
            isSetUp = true
            unsafe doorstep_monitor_signal(monitor)
        }
        if let period = settings.period { serveTicks(period) }
        dropPrivileges()
        while let job = nextJob(.waitUntilFinish) { run(job) }
    }

    /// Ticks and messages until `stop`.
    private func serveTicks(_ period: Duration) {
        let clock = TickClock()
        var schedule: TickSchedule?
        var slack = MessageSlack(period: period)
        while !stopping.load(ordering: .acquiring) {
            guard unsafe waiter != nil else {
                // Nobody waits for a tick (not yet): the thread is an ordinary serial executor.
                schedule = nil
                guard let job = nextJob(.waitUntilStop) else { break }
                run(job)
                continue
            }
            var grid = schedule ?? TickSchedule(period: period, from: clock.now)
            var now = clock.now
            var cause = now < grid.next ? Tick.Lateness.none : .work
            while pending.load(ordering: .acquiring) > 0, slack.admits(at: now, before: grid.next),
                let job = nextJob(.takeOrLeave)
            {
                run(job)
                let end = clock.now
                slack.ran(from: now, to: end)
                now = end
            }
            slack.endSlack(waiting: pending.load(ordering: .relaxed) > 0)
            if now < grid.next {
                clock.sleep(until: grid.next)
                now = clock.now
            } else if cause == .none {
                cause = .message
            }
            if stopping.load(ordering: .acquiring) { break }
            let tick = grid.begin(at: now, cause: cause)
            schedule = grid
            ticks.wrappingAdd(1, ordering: .relaxed)
            if tick.missed > 0 { missed.wrappingAdd(tick.missed, ordering: .relaxed) }
            if cause != .none { overruns.wrappingAdd(1, ordering: .relaxed) }
            resume(tick)
        }
        resume(nil)
    }

    /// Gives the waiting task its tick and runs it until it waits again.
    private func resume(_ tick: Tick?) {
        guard let continuation = unsafe waiter else { return }
        unsafe waiter = nil
        isResumingTick = true
        unsafe continuation.resume(returning: tick)
        isResumingTick = false
        if let job = tickJob {
            tickJob = nil
            run(job)
        }
    }

    private func run(_ job: UnownedJob) {
        guard let serial = unsafe serialExecutor, let task = unsafe taskExecutor else { return }
        unsafe job.runSynchronously(isolatedTo: serial, taskExecutor: task)
    }

    private enum Patience { case takeOrLeave, waitUntilStop, waitUntilFinish }

    /// The oldest job; nil when there is none and no more patience.
    private func nextJob(_ patience: Patience) -> UnownedJob? {
        locked {
            while true {
                if let job = queue.popFirst() {
                    pending.wrappingSubtract(1, ordering: .relaxed)
                    return job
                }
                let isOver =
                    switch patience {
                    case .takeOrLeave: true
                    case .waitUntilStop: stopping.load(ordering: .acquiring)
                    case .waitUntilFinish: finishing.load(ordering: .acquiring)
                    }
                if isOver { return nil }
                unsafe doorstep_monitor_wait(monitor)
            }
        }
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe doorstep_monitor_lock(monitor)
        defer { unsafe doorstep_monitor_unlock(monitor) }
        return body()
    }

    // MARK: Privileges

    /// Takes what a real-time thread needs; says what was refused.
    private func takePrivileges() -> [String] {
        var problems: [String] = []
        func refuse(_ result: Int32, _ what: String, _ hint: String) {
            problems.append("\(what): \(systemMessage(-result)); \(hint)")
        }
        if let cpu = settings.cpu {
            let result = doorstep_thread_pin(Int32(cpu))
            if result < 0 {
                refuse(
                    result, "cannot run on processor \(cpu)",
                    "this process may use \(doorstep_cpu_count()); set control.cpu in the board file")
            }
        }
        if settings.holdsMachine {
            let locked = doorstep_lock_memory()
            if locked < 0 { refuse(locked, "memory is not locked", "set LimitMEMLOCK=infinity in the unit") }
            latencyDescriptor = doorstep_hold_cpu_latency()
            if latencyDescriptor < 0 {
                refuse(
                    latencyDescriptor, "processors may sleep deeply between ticks",
                    "let this user write /dev/cpu_dma_latency")
            }
        }
        if let priority = settings.priority {
            let result = doorstep_thread_set_fifo(Int32(priority))
            if result < 0 {
                refuse(
                    result, "no real-time priority \(priority), ticks will be late under load",
                    "set LimitRTPRIO=\(priority) in the unit, or give CAP_SYS_NICE")
            }
        }
        return problems
    }

    private func dropPrivileges() {
        if settings.priority != nil { _ = doorstep_thread_set_ordinary() }
        if latencyDescriptor >= 0 { close(latencyDescriptor) }
        latencyDescriptor = -1
    }
}

/// What the system says about an error number.
func systemMessage(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
