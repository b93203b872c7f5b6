import Realtime
import RobotModel
import Synchronization
import Testing

/// An actor whose loop runs on the executor's thread, as the control loop does.
private actor Loop {
    nonisolated let executor: RealtimeExecutor
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    private(set) var ticks: [Tick] = []
    private(set) var messages = 0
    /// Messages that ran after the tick of a count and before the next one.
    private(set) var messagesInTick: [Int: Int] = [:]

    init(_ executor: RealtimeExecutor) { self.executor = executor }

    func run(count: Int, work: @Sendable (Int) -> Void = { _ in }) async {
        while ticks.count < count, let tick = await executor.nextTick() {
            ticks.append(tick)
            work(ticks.count)
        }
    }

    func message() {
        messages += 1
        messagesInTick[executor.ticks, default: 0] += 1
    }
}

/// Numbers in the order in which jobs ran.
private final class Order: Sendable {
    let numbers = Mutex<[Int]>([])
}

@Suite("Realtime executor", .serialized)
struct RealtimeExecutorTests {
    private func executor(_ period: Duration = .milliseconds(1)) throws -> RealtimeExecutor {
        let executor = RealtimeExecutor(name: "test-tick", settings: RealtimeSettings(period: period))
        try executor.start()
        return executor
    }

    private func run(_ loop: Loop, count: Int, work: @escaping @Sendable (Int) -> Void = { _ in }) async {
        await withTaskExecutorPreference(loop.executor) { await loop.run(count: count, work: work) }
    }

    @Test("ticks come on the grid, and numbers and misses add up")
    func grid() async throws {
        let loop = Loop(try executor())
        await run(loop, count: 200)
        let ticks = await loop.ticks
        for (before, after) in zip(ticks, ticks.dropFirst()) {
            #expect(after.scheduled - before.scheduled == .milliseconds(1) * (after.missed + 1))
            #expect(after.number == before.number + after.missed + 1)
            #expect(after.woke >= after.scheduled)
        }
        #expect(loop.executor.ticks == 200)
        #expect(loop.executor.missedTicks == ticks.map(\.missed).reduce(0, +))
    }

    @Test("a tick that overruns is counted, and there is no burst after it")
    func overrun() async throws {
        let loop = Loop(try executor(.milliseconds(2)))
        let clock = TickClock()
        await run(loop, count: 30) { count in
            if count == 10 { clock.sleep(until: clock.now + .milliseconds(9)) }
        }
        let ticks = await loop.ticks
        let late = ticks[10]
        #expect(late.lateness == .work)
        #expect(late.missed >= 3)
        #expect(loop.executor.overruns >= 1)
        // Two ticks on one grid point would be a burst.
        for (before, after) in zip(ticks, ticks.dropFirst()) { #expect(after.scheduled > before.scheduled) }
    }

    @Test("messages are answered while the loop ticks, on the loop's own thread")
    func messages() async throws {
        let loop = Loop(try executor())
        async let running: Void = run(loop, count: 300)
        for _ in 0..<50 { await loop.message() }
        await running
        #expect(await loop.messages == 50)
        #expect(await loop.ticks.count == 300)
    }

    @Test("a flood of messages does not cost a tick its place in the queue")
    func flood() async throws {
        let loop = Loop(try executor())
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await run(loop, count: 100) }
            for _ in 0..<4 {
                group.addTask { for _ in 0..<2000 { await loop.message() } }
            }
        }
        #expect(await loop.messages == 8000)
        #expect(await loop.ticks.count == 100)
    }

    @Test("a flood of 100 000 messages at once: between two ticks run no more than 64, and every one is answered")
    func floodAtOnce() async throws {
        let loop = Loop(try executor())
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await run(loop, count: 3000) }
            for _ in 0..<100_000 { group.addTask { await loop.message() } }
        }
        #expect(await loop.messages == 100_000)
        // Before the first tick and after the last one the thread is an ordinary executor.
        let between = await loop.messagesInTick.filter { $0.key > 0 && $0.key < 3000 }
        #expect(between.values.reduce(0, +) > 50_000, "the flood was over before it began")
        #expect(between.values.allSatisfy { $0 <= MessageSlack.bound })
        let ticks = await loop.ticks
        for (before, after) in zip(ticks, ticks.dropFirst()) { #expect(after.scheduled > before.scheduled) }
    }

    @Test("stop ends the wait for a tick with nil, and messages are served afterwards")
    func stop() async throws {
        let loop = Loop(try executor(.milliseconds(5)))
        async let running: Void = run(loop, count: .max)
        while await loop.ticks.count < 3 { await Task.yield() }
        loop.executor.stop()
        await running
        let count = await loop.ticks.count
        await loop.message()
        #expect(await loop.messages == 1)
        await run(loop, count: .max)
        #expect(await loop.ticks.count == count)
    }

    @Test("a loop that is always late can still be stopped by a message")
    func starvation() async throws {
        let loop = Loop(try executor(.microseconds(200)))
        let clock = TickClock()
        async let running: Void = run(loop, count: .max) { _ in clock.sleep(until: clock.now + .microseconds(300)) }
        while loop.executor.ticks < 5 { await Task.yield() }
        await loop.message()
        loop.executor.stop()
        await running
        #expect(await loop.messages == 1)
    }

    @Test("without a period it is one thread that runs jobs in their order")
    func manual() async throws {
        let executor = RealtimeExecutor(name: "test-manual", settings: .manual)
        let order = Order()
        let tasks = (0..<20).map { number in
            Task(executorPreference: executor) {
                order.numbers.withLock { $0.append(number) }
                #expect(executor.isIsolatingCurrentContext() == true)
            }
        }
        #expect(order.numbers.withLock { $0.isEmpty }, "nothing runs before the start")
        try executor.start()
        for task in tasks { await task.value }
        #expect(order.numbers.withLock { $0 } == Array(0..<20))
        #expect(executor.notices.isEmpty)
        #expect(executor.isIsolatingCurrentContext() == false)
    }

    @Test("a processor that is not there is a notice that says what to do, not a failure")
    func notices() async throws {
        let settings = RealtimeSettings(period: .milliseconds(1), cpu: 1000)
        let executor = RealtimeExecutor(name: "test-notice", settings: settings)
        try executor.start()
        let notice = try #require(executor.notices.first { $0.contains("processor 1000") })
        #expect(notice.contains("control.cpu"))
        let loop = Loop(executor)
        await run(loop, count: 3)
        #expect(await loop.ticks.count == 3)
    }

    @Test("a second start is refused")
    func twice() throws {
        let executor = RealtimeExecutor(name: "test-twice", settings: .manual)
        try executor.start()
        #expect(throws: RobotError.self) { try executor.start() }
    }
}
