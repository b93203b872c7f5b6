import ArgumentParser
import Realtime
import RobotModel

/// How late the ticks of an actor's loop wake, with nothing else in the loop: what `cyclictest` measures for a C thread.
struct Jitter: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures how late the real-time loop wakes.",
        discussion: "Prints one line: microseconds from due to begun (median, percentiles, longest), and tick counts.")

    @Option(help: "How long to measure, in seconds.") var seconds = 10
    @Option(help: "From tick to tick, in microseconds.") var period = 1000
    @Option(help: "SCHED_FIFO priority.") var priority = 80
    @Option(help: "The processor to run on; any, if it is left out.") var cpu: Int?
    @Flag(help: "Also print how many ticks fell into each range of lateness.") var histogram = false

    func validate() throws {
        guard seconds > 0, period >= 50 else {
            throw ValidationError("--seconds must be positive and --period at least 50")
        }
    }

    func run() async throws {
        let settings = RealtimeSettings(period: .microseconds(period), priority: priority, cpu: cpu)
        let executor = RealtimeExecutor(name: "doorstep-bench", settings: settings)
        try executor.start()
        for notice in executor.notices { print("notice: \(notice)") }
        let loop = EmptyLoop(executor)
        let ticks = seconds * 1_000_000 / period
        await withTaskExecutorPreference(executor) { await loop.run(ticks: ticks) }
        let lateness = loop.lateness
        let figures = [("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999)].map { name, share in
            "\(name) \(microseconds(lateness.percentile(share)))"
        }
        print(
            figures.joined(separator: " "), "max \(microseconds(lateness.max))", "ticks \(lateness.count)",
            "missed \(executor.missedTicks)", "overruns \(executor.overruns)")
        if histogram { printHistogram(lateness) }
    }

    /// Shares below bounds that double.
    private func printHistogram(_ lateness: TickHistogram) {
        for percent in [1, 5, 10, 25, 50, 75, 90, 95, 99] {
            let bound = lateness.percentile(Double(percent) / 100)
            print("  \(percent) % within \(microseconds(bound)) µs")
        }
    }

    /// With one decimal.
    private func microseconds(_ duration: Duration) -> String {
        let tenths = (duration.nanoseconds + 50) / 100
        return "\(tenths / 10).\(tenths % 10)"
    }
}

/// An actor whose loop does nothing but wait for the next tick.
private actor EmptyLoop {
    nonisolated let executor: RealtimeExecutor
    nonisolated let lateness = TickHistogram()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ executor: RealtimeExecutor) { self.executor = executor }

    func run(ticks: Int) async {
        var done = 0
        while done < ticks, let tick = await executor.nextTick() {
            lateness.record(tick.latency)
            done += 1 + tick.missed
        }
    }
}
