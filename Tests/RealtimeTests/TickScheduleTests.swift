import Realtime
import RobotModel
import Testing

@Suite("Tick schedule")
struct TickScheduleTests {
    private func at(_ microseconds: Int64) -> Instant { Instant(nanoseconds: microseconds * 1000) }

    @Test("ticks lie on a grid that does not drift with late wake-ups")
    func grid() {
        var schedule = TickSchedule(period: .milliseconds(1), from: at(0))
        for number in 0..<100 {
            let due = at(Int64(number + 1) * 1000)
            #expect(schedule.next == due)
            let tick = schedule.begin(at: due + .microseconds(90), cause: .none)
            #expect(tick.number == number)
            #expect(tick.scheduled == due)
            #expect(tick.latency == .microseconds(90))
            #expect(tick.missed == 0 && tick.lateness == .none)
        }
    }

    @Test("a tick that overruns is followed by one late tick, and the grid keeps its phase")
    func overrun() {
        var schedule = TickSchedule(period: .milliseconds(1), from: at(0))
        _ = schedule.begin(at: at(1000), cause: .none)
        let late = schedule.begin(at: at(2300), cause: .work)
        #expect(late.scheduled == at(2000) && late.missed == 0 && late.lateness == .work)
        #expect(schedule.next == at(3000))
    }

    @Test("after a long stall the missed ticks are counted and left out, never made up for in a burst")
    func stall() {
        var schedule = TickSchedule(period: .milliseconds(1), from: at(0))
        _ = schedule.begin(at: at(1000), cause: .none)
        let tick = schedule.begin(at: at(9400), cause: .work)
        #expect(tick.missed == 7)
        #expect(tick.number == 8)
        #expect(tick.scheduled == at(9000))
        #expect(schedule.next == at(10_000))
        #expect(schedule.begin(at: at(10_000), cause: .none).missed == 0)
    }

    @Test("a wake-up that is more than a period late is the kernel's")
    func wakeUp() {
        var schedule = TickSchedule(period: .milliseconds(1), from: at(0))
        let tick = schedule.begin(at: at(3100), cause: .none)
        #expect(tick.missed == 2 && tick.lateness == .wakeUp)
    }

    @Test("however late ticks begin, each has a grid point of its own, and numbers and misses add up")
    func anyStalls() {
        var random = SeededRandom(seed: 5)
        let period = Duration.milliseconds(1)
        var schedule = TickSchedule(period: period, from: at(0))
        var now = at(0)
        var before: Tick?
        var left = 0
        for _ in 0..<20_000 {
            // A stall now and then, up to 40 periods long.
            if Int.random(in: 0..<20, using: &random) == 0 {
                now += .microseconds(Int.random(in: 0...40_000, using: &random))
            }
            let isLate = now >= schedule.next
            now = max(now, schedule.next)
            let tick = schedule.begin(at: now, cause: isLate ? .work : .none)
            #expect((tick.scheduled - at(0)).nanoseconds % period.nanoseconds == 0)
            #expect(tick.latency >= .zero && tick.latency < period)
            #expect(isLate == (tick.lateness == .work))
            if let before {
                #expect(tick.scheduled - before.scheduled == period * (1 + tick.missed))
                #expect(tick.number == before.number + 1 + tick.missed)
            }
            left += tick.missed
            before = tick
            now += .microseconds(Int.random(in: 1...900, using: &random))
        }
        #expect(left > 1000)
        #expect(before.map { $0.number + 1 - left } == 20_000)
    }
}
