public import RobotModel

/// The tasks of a tick: runs those that are due, in the order of the table, and accounts for each.
///
/// A task that is to run in every n-th tick does so on a grid of its own (`TickTask.phases`); when its tick is left out
/// (the loop was late), it runs once in the next one and keeps its grid. One look at the clock stands between two tasks.
///
///     let table = TaskTable([TickTask("read", deadline: .microseconds(200)), TickTask("log", every: 10, …)])
///     let end = table.run(tick.number, from: start) { task in
///         switch task { case 0: read()  default: log() }
///     }
///     table.account.finish(tick, isLate: end > tick.scheduled + period)
///
/// `run` neither allocates nor locks, as long as the tasks do not. One thread runs; the account may be read by any.
@safe
public final class TaskTable: @unchecked Sendable {
    /// When a task runs. Touched by the tick only.
    @usableFromInline struct Slot: BitwiseCopyable {
        @usableFromInline let every: Int
        @usableFromInline let phase: Int
        /// The number of the tick in which it is due next.
        @usableFromInline var next: Int
    }

    public let tasks: [TickTask]
    /// The tasks' phases: task i runs in the ticks whose number modulo `every` is `phases[i]`.
    public let phases: [Int]
    /// What the tasks take, and who is late; its first jobs are the tasks.
    public let account: DeadlineAccount
    @usableFromInline let count: Int
    @usableFromInline let slots: UnsafeMutablePointer<Slot>

    public init(_ tasks: [TickTask]) {
        self.tasks = tasks
        phases = TickTask.phases(of: tasks)
        account = DeadlineAccount(jobs: tasks.map { ($0.name, $0.deadline) })
        count = tasks.count
        unsafe slots = .allocate(capacity: max(1, tasks.count))
        for index in tasks.indices {
            unsafe (slots + index).initialize(
                to: Slot(every: tasks[index].every, phase: phases[index], next: phases[index]))
        }
    }

    deinit { unsafe slots.deallocate() }

    /// Runs the tasks that are due in a tick.
    ///
    /// - Parameters:
    ///   - number: The tick's number; it rises, and may leave numbers out.
    ///   - start: When the tick's work began.
    ///   - task: Does one task, by its place in the table.
    /// - Returns: When the last task was done.
    @inlinable
    public func run(_ number: Int, from start: Instant, _ task: (Int) -> Void) -> Instant {
        let clock = TickClock()
        var before = start.nanoseconds
        var index = 0
        while index < count {
            if unsafe number >= slots[index].next {
                advance(index, beyond: number)
                task(index)
                let after = clock.now.nanoseconds
                account.record(job: index, nanoseconds: after &- before)
                before = after
            }
            index &+= 1
        }
        return Instant(nanoseconds: before)
    }

    /// Puts a task that runs now on its next grid point.
    @_noAllocation @_noLocks
    @inlinable func advance(_ index: Int, beyond number: Int) {
        let every = unsafe slots[index].every
        if every == 1 {
            unsafe slots[index].next = number &+ 1
        } else if unsafe number == slots[index].next {
            unsafe slots[index].next = number &+ every
        } else {
            unsafe slots[index].next = number &+ every &- (number &- slots[index].phase) % every
        }
    }
}
