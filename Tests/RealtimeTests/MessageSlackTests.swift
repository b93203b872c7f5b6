import Realtime
import RobotModel
import Testing

/// A loop of ticks and messages on a hand-driven clock, in the order in which the executor's thread does things.
private struct HandDrivenLoop {
    static let period = Duration.milliseconds(1)

    var slack = MessageSlack(period: period)
    var schedule = TickSchedule(period: period, from: .zero)
    var now = Instant.zero
    /// Ticks that began after they were due, and those whose work ended after the next one was due.
    var late: [Tick] = []
    var pastDeadline = 0
    var ticks = 0
    var mostMessages = 0

    /// Ticks that work for `work`, with messages between them that take what `durations` says, until they are done.
    mutating func run(work: Duration, durations: [Duration]) {
        var next = 0
        while next < durations.count {
            var messages = 0
            var cause = now < schedule.next ? Tick.Lateness.none : .work
            while next < durations.count, slack.admits(at: now, before: schedule.next) {
                slack.ran(from: now, to: now + durations[next])
                now += durations[next]
                next += 1
                messages += 1
            }
            slack.endSlack(waiting: next < durations.count)
            mostMessages = max(mostMessages, messages)
            if now < schedule.next { now = schedule.next } else if cause == .none { cause = .message }
            let tick = schedule.begin(at: now, cause: cause)
            ticks += 1
            if tick.woke > tick.scheduled { late.append(tick) }
            now += work
            if now > tick.scheduled + Self.period || tick.missed > 0 { pastDeadline += 1 }
        }
    }
}

@Suite("Message slack")
struct MessageSlackTests {
    private func microseconds(_ range: ClosedRange<Int>, count: Int, seed: UInt64 = 1) -> [Duration] {
        var random = SeededRandom(seed: seed)
        return (0..<count).map { _ in .microseconds(Int.random(in: range, using: &random)) }
    }

    @Test("a flood of 100 000 short messages delays no tick at all")
    func flood() {
        var loop = HandDrivenLoop()
        loop.run(work: .microseconds(200), durations: microseconds(0...120, count: 100_000))
        #expect(loop.late.isEmpty)
        #expect(loop.pastDeadline == 0)
        #expect(loop.mostMessages <= MessageSlack.bound)
        // About ten fit between two ticks; the slack is used, not wasted.
        #expect(loop.ticks < 12_000)
    }

    @Test("messages that take no time are let through 64 between two ticks, no more")
    func bound() {
        var loop = HandDrivenLoop()
        loop.run(work: .microseconds(200), durations: microseconds(0...0, count: 100_000))
        #expect(loop.mostMessages == 64)
        #expect(loop.ticks == (100_000 + 63) / 64)
        #expect(loop.late.isEmpty)
    }

    @Test("a flood of 100 000 messages of up to 0.7 ms makes no tick miss its deadline")
    func longMessages() {
        var loop = HandDrivenLoop()
        loop.run(work: .microseconds(200), durations: microseconds(1...700, count: 100_000))
        #expect(loop.pastDeadline == 0)
        // A message that is longer than any of late comes as a surprise: a tick begins late, and still ends in time.
        #expect(loop.late.count < loop.ticks / 100)
        #expect(loop.late.allSatisfy { $0.lateness == .message })
    }

    @Test("one message of 5 ms delays the ticks once, and is forgotten within some seconds")
    func oneSlow() {
        var loop = HandDrivenLoop()
        loop.run(
            work: .microseconds(200),
            durations: microseconds(10...50, count: 500) + [.milliseconds(5)] + microseconds(10...50, count: 20_000))
        // The tick that it delayed, and the next one where that had too little time left.
        #expect((1...2).contains(loop.late.count))
        #expect(loop.late.first?.lateness == .message)
        #expect(loop.ticks < 2500)
        #expect(loop.slack.expectation < .microseconds(250))
    }

    @Test("a loop without slack lets a message through after a hundred ticks, so that it can be stopped")
    func starvation() {
        var loop = HandDrivenLoop()
        loop.now = Instant(nanoseconds: 950_000)
        loop.run(work: .microseconds(950), durations: microseconds(10...10, count: 10))
        #expect((1000...1100).contains(loop.ticks))
    }
}
