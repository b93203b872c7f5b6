import Realtime
import RobotModel
import Testing

@Suite("Task table")
struct TaskTableTests {
    /// The numbers of the ticks in which each task runs.
    private func runs(_ table: TaskTable, in ticks: some Sequence<Int>) -> [[Int]] {
        var runs = [[Int]](repeating: [], count: table.tasks.count)
        for tick in ticks { _ = table.run(tick, from: TickClock().now) { runs[$0].append(tick) } }
        return runs
    }

    @Test("a task of divisor n runs in every n-th tick, from its phase on")
    func divisors() {
        let table = TaskTable([
            TickTask("each", deadline: .microseconds(10)), TickTask("third", every: 3, deadline: .microseconds(10)),
            TickTask("tenth", every: 10, deadline: .microseconds(10)),
        ])
        let runs = runs(table, in: 0..<60)
        for (index, task) in table.tasks.enumerated() {
            #expect(runs[index] == Array(stride(from: table.phases[index], to: 60, by: task.every)))
        }
        #expect(table.account.reports.prefix(3).map(\.runs) == [60, 20, 6])
    }

    @Test("tasks that are due run in the order of the table")
    func order() {
        let table = TaskTable((0..<6).map { TickTask("\($0)", deadline: .microseconds(10)) })
        var order: [Int] = []
        for tick in 0..<3 { _ = table.run(tick, from: TickClock().now) { order.append($0) } }
        #expect(order == [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5])
    }

    @Test("a task whose tick was left out runs once in the next one, and keeps its grid")
    func leftOut() {
        let table = TaskTable([TickTask("tenth", every: 10, deadline: .microseconds(10))])
        // 10 falls out, and with 38...61 two of its ticks at once.
        let ticks = Array(0..<9) + Array(12..<38) + Array(62..<95)
        #expect(runs(table, in: ticks)[0] == [0, 12, 20, 30, 62, 70, 80, 90])
    }

    @Test("however ticks are left out, no task runs twice in a tick or oftener than its divisor says")
    func anyGaps() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<40 {
            let table = TaskTable(
                (0..<8).map {
                    TickTask("\($0)", every: Int.random(in: 1...30, using: &random), deadline: .microseconds(10))
                })
            var ticks = [0]
            while ticks.count < 300 {
                let gap = Int.random(in: 0..<10, using: &random) == 0 ? Int.random(in: 2...70, using: &random) : 1
                ticks.append(ticks[ticks.count - 1] + gap)
            }
            for (index, runs) in runs(table, in: ticks).enumerated() {
                let (every, phase) = (table.tasks[index].every, table.phases[index])
                // Its cells of the grid, each with one run at most; one that saw a tick has exactly one.
                let cells = runs.map { ($0 - phase + every) / every }
                #expect(Set(cells).count == cells.count)
                #expect(Set(cells) == Set(ticks.filter { $0 >= phase }.map { ($0 - phase + every) / every }))
            }
        }
    }

    @Test("a task is charged with its own time, and the end is when the last one was done")
    func times() {
        let table = TaskTable([
            TickTask("short", deadline: .milliseconds(1)), TickTask("long", deadline: .milliseconds(1)),
            TickTask("idle", every: 2, deadline: .milliseconds(1)),
        ])
        let clock = TickClock()
        let start = clock.now
        let end = table.run(0, from: start) { if $0 == 1 { clock.sleep(until: clock.now + .milliseconds(3)) } }
        let reports = table.account.reports
        #expect(reports[1].longest >= .milliseconds(3) && reports[1].overBudget == 1)
        #expect(end - start >= reports[0].longest + reports[1].longest)
        table.account.finish(Tick(number: 0, scheduled: start, woke: start), isLate: true)
        #expect(table.account.lastCulprit == "long" || table.account.reports[0].overBudget > 0)
    }
}
