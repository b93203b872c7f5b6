import BoardFile
import Control
import Realtime
import RobotModel
import Synchronization

extension LoopHealth {
    /// The loop's figures as they are now.
    init(_ loop: ControlLoop) {
        self.init()
        section.rate = Int((1_000_000_000 / (loop.executor.settings.period ?? .seconds(1)).nanoseconds))
        section.ticks = loop.counter.load(ordering: .relaxed)
        section.missed = loop.missed.load(ordering: .relaxed)
        section.culprit = loop.tasks.account.lastCulprit ?? ""
        let wakes = loop.wakeUps.percentiles([0.5, 0.99]).map(\.microseconds)
        section.wakeP50 = wakes[0]
        section.wakeP99 = wakes[1]
        section.wakeMax = loop.wakeUps.max.microseconds
        let work = loop.work.percentiles([0.5, 0.99]).map(\.microseconds)
        section.workP50 = work[0]
        section.workP99 = work[1]
        section.workMax = loop.work.max.microseconds
        section.notices = loop.executor.notices
        section.chains = loop.chains.map { slot, latency in
            let times = latency.times.percentiles([0.5, 0.99]).map(\.microseconds)
            return ChainSection(
                name: slot, count: latency.times.count, p50: times[0], p99: times[1],
                max: latency.times.max.microseconds)
        }
        section.tasks = loop.tasks.account.reports.enumerated().map { index, report in
            let task = index < loop.tasks.tasks.count ? loop.tasks.tasks[index] : nil
            return TaskSection(
                name: report.name, owner: ControlTask(rawValue: report.name)?.owner.description ?? "the thread",
                every: task?.every ?? 0, deadline: report.budget.microseconds, runs: report.runs,
                p50: report.p50.microseconds, p99: report.p99.microseconds, p999: report.p999.microseconds,
                max: report.longest.microseconds, overruns: report.overBudget, late: report.blamed)
        }
    }
}

extension Duration {
    fileprivate var microseconds: Double { inSeconds * 1e6 }
}
