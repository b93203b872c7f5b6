public import RobotModel
public import Synchronization

/// Which job of a tick takes how long, and which one is to blame when a tick is late.
///
/// A fixed table, made before the loop starts; the tick writes, anybody reads. Nothing here allocates or locks except
/// `reports`.
///
///     let account = DeadlineAccount(jobs: [("read", .microseconds(200)), ("update", .microseconds(300))])
///     account.record(job: 0, took: afterRead - start)
///     account.record(job: 1, took: end - afterRead)
///     account.finish(tick, isLate: end > tick.scheduled + period)
@safe
public final class DeadlineAccount: @unchecked Sendable {
    /// What one job has done so far.
    public struct Report: Hashable, Sendable {
        public var name: String
        /// What it may take.
        public var budget: Duration
        public var runs: Int
        /// What half of the runs, 99 of 100 and 999 of 1000 did not exceed (to 3 %).
        public var p50: Duration
        public var p99: Duration
        public var p999: Duration
        public var longest: Duration
        /// How often it took more than its budget.
        public var overBudget: Int
        /// How many late ticks are put down to it.
        public var blamed: Int
    }

    /// One row of the table. Written by the tick only, so that its counters need no atomic additions.
    @usableFromInline struct Row: ~Copyable {
        @usableFromInline let budget: Int64
        @usableFromInline let times = HistogramTable()
        @usableFromInline let overBudget = Atomic<Int>(0)
        @usableFromInline let blamed = Atomic<Int>(0)

        init(budget: Int64) { self.budget = budget }
    }

    private let names: [String]
    @usableFromInline let rows: UnsafeMutablePointer<Row>
    @usableFromInline let count: Int
    @usableFromInline let late = Atomic<Int>(0)
    @usableFromInline let culprit = Atomic<Int>(-1)
    /// The job that is furthest over its budget in the present tick, and by how much.
    @usableFromInline var worst = -1
    @usableFromInline var worstExcess = Int64.min

    /// A table of jobs with their budgets. Two rows are added: "messages" and "wake-up", for ticks that were late
    /// before their first job began.
    public init(jobs: [(name: String, budget: Duration)]) {
        names = jobs.map(\.name) + ["messages", "wake-up"]
        count = names.count
        unsafe rows = .allocate(capacity: names.count)
        for (index, job) in jobs.enumerated() {
            unsafe (rows + index).initialize(to: Row(budget: job.budget.nanoseconds))
        }
        for index in jobs.count..<names.count { unsafe (rows + index).initialize(to: Row(budget: 0)) }
    }

    deinit {
        unsafe rows.deinitialize(count: count)
        unsafe rows.deallocate()
    }

    /// Counts a job's run. The tick only.
    @inlinable public func record(job: Int, took: Duration) { record(job: job, nanoseconds: took.nanoseconds) }

    /// Counts a job's run in nanoseconds. The tick only.
    @_noAllocation @_noLocks
    @inlinable public func record(job: Int, nanoseconds: Int64) {
        // Without closures over `self` (`&&`, a condition inside `precondition`): they would count references.
        let end = count
        precondition(job >= 0)
        precondition(job < end)
        unsafe rows[job].times.record(Int(nanoseconds))
        let excess = unsafe nanoseconds &- rows[job].budget
        if excess > 0 {
            unsafe rows[job].overBudget.store(
                rows[job].overBudget.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        }
        if excess > worstExcess {
            worst = job
            worstExcess = excess
        }
    }

    /// Ends a tick: when it is late, somebody is to blame for it. The tick only.
    ///
    /// A tick that began late through a message or the kernel is put down to that, any other to the job that was
    /// furthest over its budget; where none was, to what delayed the tick before, or to the wake-up.
    @_noAllocation @_noLocks
    @inlinable public func finish(_ tick: Tick, isLate: Bool) {
        let (worst, excess) = (worst, worstExcess)
        self.worst = -1
        worstExcess = .min
        guard isLate else { return }
        late.store(late.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        let blamed: Int
        switch tick.lateness {
        case .message: blamed = count &- 2
        case .wakeUp: blamed = count &- 1
        // The furthest over its budget. Where every job kept to its own, the delay came from the tick before, or with the
        // wake-up.
        case .work: blamed = excess > 0 ? worst : culprit.load(ordering: .relaxed)
        case .none: blamed = excess > 0 ? worst : count &- 1
        }
        guard blamed >= 0 else { return }
        unsafe rows[blamed].blamed.store(rows[blamed].blamed.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        culprit.store(blamed, ordering: .relaxed)
    }

    /// Late ticks so far.
    public var lateTicks: Int { late.load(ordering: .relaxed) }

    /// The name of the job that the last late tick is put down to.
    public var lastCulprit: String? {
        let index = culprit.load(ordering: .relaxed)
        return index < 0 ? nil : names[index]
    }

    /// Every row of the table. Allocates: not in a tick.
    public var reports: [Report] {
        (0..<count).map { index in
            let times = unsafe rows[index].times.percentiles([0.5, 0.99, 0.999])
            return Report(
                name: names[index], budget: unsafe .nanoseconds(rows[index].budget),
                runs: unsafe rows[index].times.count, p50: times[0], p99: times[1], p999: times[2],
                longest: unsafe rows[index].times.max,
                overBudget: unsafe rows[index].overBudget.load(ordering: .relaxed),
                blamed: unsafe rows[index].blamed.load(ordering: .relaxed))
        }
    }
}
