import CMallocCounter
import Realtime
import RobotModel
import Testing

/// A value of some kilobytes, like a scan.
private struct Scan: BitwiseCopyable, Sendable {
    var ranges = InlineArray<720, Float>(repeating: 1)
    var time = Instant.zero
}

/// A loop with everything in it that the real one uses between its devices.
private actor Loop {
    nonisolated let executor: RealtimeExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private let input = Ring<JointState>(capacity: 64)
    private let scans = LatestValue(Scan())
    private let output = LatestValue(WheelSetpoint())
    private let jitter = TickHistogram()
    private let account = DeadlineAccount(jobs: [("read", .microseconds(100)), ("write", .microseconds(100))])
    private let clock = TickClock()

    init(_ executor: RealtimeExecutor) { self.executor = executor }

    /// Malloc-family calls on the tick's thread in `count` ticks, after a few to warm up.
    func allocations(ticks count: Int, extra: @Sendable () -> Void = {}) async -> UInt64 {
        for _ in 0..<100 { await step(extra) }
        doorstep_malloc_count_begin()
        for _ in 0..<count { await step(extra) }
        return doorstep_malloc_count_end()
    }

    private func step(_ extra: @Sendable () -> Void) async {
        guard let tick = await executor.nextTick() else { return }
        jitter.record(tick.latency)
        let start = clock.now
        var newest = JointState(count: 7)
        input.push(newest)
        while let state = input.pop() { newest = state }
        var scan = scans.load()
        scan.time = tick.woke
        scans.store(scan)
        let read = clock.now
        account.record(job: 0, took: read - start)
        output.store(WheelSetpoint(left: newest.position[0], right: Double(scan.ranges[3]), enabled: true))
        extra()
        account.record(job: 1, took: clock.now - read)
        account.finish(tick, isLate: false)
    }
}

@Suite(
    "Allocations of a tick", .serialized, .enabled(if: doorstep_malloc_counter_works(), "malloc cannot be counted here")
)
struct AllocationTests {
    private func allocations(ticks: Int, extra: @escaping @Sendable () -> Void = {}) async throws -> UInt64 {
        let executor = RealtimeExecutor(
            name: "test-malloc", settings: RealtimeSettings(period: .microseconds(250), priority: nil))
        try executor.start()
        let loop = Loop(executor)
        return await withTaskExecutorPreference(executor) { await loop.allocations(ticks: ticks, extra: extra) }
    }

    @Test("10 000 ticks with rings, latest values, a histogram and an account call malloc not once")
    func none() async throws {
        #expect(try await allocations(ticks: 10_000) == 0)
    }

    @Test("the counter counts: a tick that makes an array is found out")
    func counted() async throws {
        let count = try await allocations(ticks: 100) {
            var random = SeededRandom(seed: 1)
            let values = (0..<Int.random(in: 50...60, using: &random)).map { $0 * 2 }
            if values.reduce(0, +) < 0 { print(values) }
        }
        #expect(count >= 100)
    }

    @Test("messages between the ticks do not make the ticks allocate")
    func counterIsPerThread() async throws {
        async let other: Int = Task.detached {
            var total = 0
            for size in 1...2000 { total += [Int](repeating: 1, count: size).count }
            return total
        }.value
        #expect(try await allocations(ticks: 500) == 0)
        #expect(await other == 2_001_000)
    }
}
