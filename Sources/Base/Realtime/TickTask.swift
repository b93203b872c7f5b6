import RobotModel

/// One task of a tick: how often it runs and how long it may take.
public struct TickTask: Hashable, Sendable {
    public var name: String
    /// It runs in every so manyth tick: 1 is each one.
    public var every: Int
    /// What one run may take.
    public var deadline: Duration

    public init(_ name: String, every: Int = 1, deadline: Duration) {
        precondition(every >= 1, "a task runs in every tick at most")
        self.name = name
        self.every = every
        self.deadline = deadline
    }
}

extension TickTask {
    /// In which ticks tasks that do not run in every one begin, so that they meet as seldom as can be.
    ///
    /// A task of phase p runs in the ticks p, p + every, p + 2 × every, …. Each task in turn, those that run most often
    /// first, gets the phase in whose ticks the deadlines that are given already add up to the least; of equals the
    /// earliest. The count goes over the least common multiple of the divisors, but at most over 5000 ticks.
    ///
    /// - Returns: A phase below `every` for each task, in the order of the tasks.
    public static func phases(of tasks: [TickTask]) -> [Int] {
        let cycle = tasks.reduce(1) { cycle, task in min(5000, leastCommonMultiple(cycle, task.every)) }
        var load = [Int64](repeating: 0, count: max(cycle, tasks.map(\.every).max() ?? 1))
        var phases = [Int](repeating: 0, count: tasks.count)
        for index in tasks.indices.sorted(by: { (tasks[$0].every, $0) < (tasks[$1].every, $1) }) {
            let every = tasks[index].every
            var best = (phase: 0, peak: Int64.max)
            for phase in 0..<every {
                let peak = stride(from: phase, to: load.count, by: every).map { load[$0] }.max() ?? 0
                if peak < best.peak { best = (phase, peak) }
            }
            phases[index] = best.phase
            for tick in stride(from: best.phase, to: load.count, by: every) {
                load[tick] += tasks[index].deadline.nanoseconds
            }
        }
        return phases
    }

    private static func leastCommonMultiple(_ a: Int, _ b: Int) -> Int {
        var (x, y) = (a, b)
        while y != 0 { (x, y) = (y, x % y) }
        return a / x * b
    }
}
