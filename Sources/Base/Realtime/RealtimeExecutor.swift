public import RobotModel
import Synchronization

/// One thread of its own for an actor: real-time ticks first, the actor's messages in the slack between them.
///
/// It is the actor's serial executor and the task executor of the loop that runs in it; both are needed, or each
/// resumption bounces through a thread of the default pool.
///
///     actor Loop {
///         nonisolated let executor: RealtimeExecutor
///         nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
///         func run() async {
///             while let tick = await executor.nextTick() { … }
///         }
///     }
///     try executor.start()
///     await withTaskExecutorPreference(executor) { await loop.run() }
///
/// Ticks are in absolute time. A tick that is due is always the next thing that runs; messages (calls to the actor) run
/// oldest first while there is slack, a limited number between two ticks. A tick never allocates and never takes a
/// lock of the executor's.
///
/// The executor must outlive the actors and tasks that run on it (an actor does that by keeping it in a `let`).
public final class RealtimeExecutor: SerialExecutor, TaskExecutor, Sendable {
    /// The thread's name in `ps -L` (15 bytes are shown).
    public let name: String
    public let settings: RealtimeSettings
    private let thread: ExecutorThread

    /// Makes an executor whose thread does not run yet; what is enqueued before `start` waits.
    public init(name: String, settings: RealtimeSettings) {
        self.name = name
        self.settings = settings
        thread = ExecutorThread(name: name, settings: settings)
        unsafe thread.adopt(
            serial: UnownedSerialExecutor(ordinary: self), task: UnownedTaskExecutor(ordinary: self))
    }

    deinit { thread.finish() }

    /// Starts the thread, and returns when it has its priority, its processor and its stack. Once only.
    ///
    /// A privilege that is missing does not fail; it is reported in `notices`. Throws `internalError` only where the
    /// system gives no thread.
    public func start() throws(RobotError) { try thread.start() }

    /// Ends the ticks: the waiting or next `nextTick()` returns nil. The thread gives its privileges back and goes on
    /// serving messages as long as the executor lives. May be called from any thread, more than once.
    public func stop() { thread.stop() }

    /// What the thread was refused, and what to do about it; empty when it runs as asked. Complete after `start`.
    public var notices: [String] { thread.notices }

    /// Waits for the next tick, on the executor's own thread; nil when `stop` was called.
    ///
    /// Only one task may wait, and only on this executor.
    public func nextTick() async -> Tick? {
        unsafe await withUnsafeContinuation { continuation in unsafe thread.wait(for: continuation) }
    }

    /// Ticks begun since the start.
    public var ticks: Int { thread.ticks.load(ordering: .relaxed) }
    /// Ticks left out because the one before, a message or the kernel took too long.
    public var missedTicks: Int { thread.missed.load(ordering: .relaxed) }
    /// Ticks that were due before the thread was free for them.
    public var overruns: Int { thread.overruns.load(ordering: .relaxed) }
    /// Messages that wait for slack.
    public var waitingMessages: Int { thread.pending.load(ordering: .relaxed) }

    // MARK: SerialExecutor, TaskExecutor

    public func enqueue(_ job: consuming ExecutorJob) { thread.enqueue(UnownedJob(job)) }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { unsafe UnownedSerialExecutor(ordinary: self) }

    public func asUnownedTaskExecutor() -> UnownedTaskExecutor { unsafe UnownedTaskExecutor(ordinary: self) }

    public func checkIsolated() {
        precondition(thread.isCurrent, "this code runs outside the thread '\(name)' that it belongs to")
    }

    public func isIsolatingCurrentContext() -> Bool? { thread.isCurrent }
}
