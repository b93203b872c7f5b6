import Realtime
import RobotModel
import Testing

@Suite("Deadline account")
struct DeadlineAccountTests {
    private func account() -> DeadlineAccount {
        DeadlineAccount(jobs: [
            ("read", .microseconds(100)), ("update", .microseconds(300)), ("write", .microseconds(50)),
        ])
    }

    private func tick(_ lateness: Tick.Lateness = .none) -> Tick {
        Tick(number: 0, scheduled: .zero, woke: .zero, lateness: lateness)
    }

    @Test("the job that was furthest over its budget is named")
    func blame() {
        let account = account()
        account.record(job: 0, took: .microseconds(120))
        account.record(job: 1, took: .microseconds(900))
        account.record(job: 2, took: .microseconds(40))
        account.finish(tick(), isLate: true)
        #expect(account.lateTicks == 1)
        #expect(account.lastCulprit == "update")
        let update = account.reports[1]
        #expect(update.blamed == 1 && update.overBudget == 1 && update.longest == .microseconds(900))
        #expect(account.reports[0].overBudget == 1 && account.reports[0].blamed == 0)
    }

    @Test("every job has the distribution of its times, to 3 %")
    func distribution() {
        let account = account()
        for microseconds in 1...1000 { account.record(job: 1, took: .microseconds(microseconds)) }
        let update = account.reports[1]
        for (found, exact) in [(update.p50, 500.0), (update.p99, 990), (update.p999, 999)] {
            let microseconds = found.inSeconds * 1e6
            #expect(microseconds >= exact && microseconds <= exact * 1.032)
        }
        #expect(update.runs == 1000 && update.longest == .microseconds(1000))
        #expect(update.overBudget == 700)
        #expect(account.reports[0].runs == 0 && account.reports[0].p99 == .zero)
    }

    @Test("a tick in time blames nobody, and its excess does not count against the next one")
    func forgets() {
        let account = account()
        account.record(job: 0, took: .microseconds(500))
        account.finish(tick(), isLate: false)
        account.record(job: 2, took: .microseconds(60))
        account.finish(tick(), isLate: true)
        #expect(account.lastCulprit == "write")
        #expect(account.reports[0].runs == 1)
    }

    @Test("messages and the kernel are blamed for ticks that they delayed")
    func others() {
        let account = account()
        account.record(job: 0, took: .microseconds(10))
        account.finish(tick(.message), isLate: true)
        #expect(account.lastCulprit == "messages")
        account.record(job: 0, took: .microseconds(10))
        account.finish(tick(.wakeUp), isLate: true)
        #expect(account.lastCulprit == "wake-up")
    }

    @Test("a late tick whose jobs all kept to their budgets is put down to what delayed the one before")
    func inherited() {
        let account = account()
        account.record(job: 1, took: .microseconds(2000))
        account.finish(tick(), isLate: true)
        account.record(job: 0, took: .microseconds(10))
        account.finish(tick(.work), isLate: true)
        #expect(account.lastCulprit == "update")
        #expect(account.reports[1].blamed == 2)
    }
}
