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
    @Flag(help: "Also print how many ticks were late by each number of microseconds, as cyclictest does.")
    var histogram = false

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
            "\(name) \(lateness.percentile(share).microseconds())"
        }
        print(
            figures.joined(separator: " "), "max \(lateness.max.microseconds())", "ticks \(lateness.count)",
            "missed \(executor.missedTicks)", "overruns \(executor.overruns)")
        if histogram { await printHistogram(loop.fine) }
    }

    /// How many ticks were late by each number of whole microseconds (rounded down), as cyclictest prints it.
    private func printHistogram(_ lateness: Lateness) {
        print("# Max Latencies: \(lateness.longest / 1000)")
        for (microseconds, count) in lateness.counts.enumerated() where count > 0 { print(microseconds, count) }
    }
}

/// An actor whose loop does nothing but wait for the next tick.
private actor EmptyLoop {
    nonisolated let executor: RealtimeExecutor
    nonisolated let lateness = TickHistogram()
    private(set) var fine = Lateness()
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ executor: RealtimeExecutor) { self.executor = executor }

    func run(ticks: Int) async {
        var done = 0
        while done < ticks, let tick = await executor.nextTick() {
            lateness.record(tick.latency)
            fine.record(tick.latency.nanoseconds)
            done += 1 + tick.missed
        }
    }
}

/// Ticks by whole microseconds of lateness.
private struct Lateness: Sendable {
    /// As far as cyclictest is asked to count, 20 ms.
    private(set) var counts = [Int](repeating: 0, count: 20_000)
    /// Nanoseconds.
    private(set) var longest: Int64 = 0

    mutating func record(_ nanoseconds: Int64) {
        counts[min(max(0, Int(nanoseconds / 1000)), counts.count - 1)] += 1
        longest = max(longest, nanoseconds)
    }
}
