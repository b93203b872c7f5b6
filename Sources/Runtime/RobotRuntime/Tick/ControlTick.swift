import BoardFile
import Realtime
import Reflow
import RobotModel

/// A board's tick as a value: its kernel, and the table of tasks in which the kernel's work is done.
///
/// What the tasks really take is measured on every clock; nothing is decided by it.
struct ControlTick: Sendable {
    /// The tasks with what they take; the board file's `control.tasks`.
    let tasks: TaskTable
    private var kernel: ControlKernel
    private let channels: TickChannels
    private let records: Ring<TickRecord>?
    /// What is done in each row of `tasks`, and the seconds from run to run.
    private let rows: [(task: ControlTask, dt: Double)]
    private let wakeWheels: @Sendable () -> Void

    /// - Parameters:
    ///   - latched: What waited for a person's word when the daemon ended.
    ///   - wakeWheels: Makes the wheels' thread send a fresh set-point at once; must not wait.
    init(
        board: Board, latched: SafetyCauses, channels: TickChannels, records: Ring<TickRecord>?,
        wakeWheels: @escaping @Sendable () -> Void
    ) {
        kernel = ControlKernel(board: board, latched: latched)
        self.channels = channels
        self.records = records
        self.wakeWheels = wakeWheels
        tasks = TaskTable(
            board.control.tasks.map { TickTask($0.task.rawValue, every: $0.every, deadline: $0.deadline) })
        rows = board.control.tasks.map { ($0.task, Double($0.every) / Double(board.control.tickRate)) }
    }

    /// Does what is due in a tick.
    ///
    /// - Parameters:
    ///   - now: The moment that the kernel takes for the present.
    ///   - start: When the tick's work began, by the machine's clock.
    ///   - overruns: Late ticks within the last one to two seconds.
    /// - Returns: When the last task was done, by the machine's clock.
    mutating func run(_ number: Int, at now: Instant, from start: Instant, overruns: Int) -> Instant {
        tasks.run(number, from: start) { index in
            let row = rows[index]
            if kernel.run(row.task, channels, records: records, at: now, dt: row.dt, overruns: overruns) {
                wakeWheels()
            }
        }
    }
}
