import Realtime
import RobotModel
import Testing

@Suite("Tick tasks")
struct TickTaskTests {
    /// The deadlines that fall into each of the first ticks, microseconds.
    private func load(_ tasks: [TickTask], ticks: Int) -> [Int] {
        let phases = TickTask.phases(of: tasks)
        return (0..<ticks).map { tick in
            zip(tasks, phases).reduce(0) { sum, row in
                tick % row.0.every == row.1 ? sum + Int(row.0.deadline.inSeconds * 1e6) : sum
            }
        }
    }

    @Test("tasks of one divisor are spread over the ticks between")
    func spread() {
        let tasks = (0..<5).map { TickTask("task \($0)", every: 5, deadline: .microseconds(100)) }
        #expect(Set(TickTask.phases(of: tasks)) == [0, 1, 2, 3, 4])
        #expect(load(tasks, ticks: 20).allSatisfy { $0 == 100 })
    }

    @Test("what runs in every tick has no phase, and the seldom tasks keep out of one another's ticks")
    func mixture() {
        let tasks = [
            TickTask("each", deadline: .microseconds(50)), TickTask("half", every: 2, deadline: .microseconds(80)),
            TickTask("tenth", every: 10, deadline: .microseconds(60)),
            TickTask("hundredth", every: 100, deadline: .microseconds(300)),
        ]
        #expect(TickTask.phases(of: tasks) == [0, 0, 1, 3])
        // All at once would be 490.
        #expect(load(tasks, ticks: 200).max() == 350)
    }

    @Test("the phases are below the divisors, whatever the divisors are")
    func anyDivisors() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<50 {
            let tasks = (0..<Int.random(in: 0...20, using: &random)).map {
                TickTask(
                    "task \($0)", every: Int.random(in: 1...1200, using: &random),
                    deadline: .microseconds(Int.random(in: 1...400, using: &random)))
            }
            for (task, phase) in zip(tasks, TickTask.phases(of: tasks)) { #expect((0..<task.every).contains(phase)) }
        }
    }
}
