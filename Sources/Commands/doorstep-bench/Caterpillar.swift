import ArgumentParser
import Realtime
import RobotModel

/// Small tasks in a chain, each handing its message to the next, through the table that the robot's tick runs in, with
/// its accounting on: the shape of copper-rs' "caterpillar" example.
struct Caterpillar: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures a chain of small tasks through the tick's task table.",
        discussion: "Prints one line: microseconds from the chain's begin to its end (mean, percentiles, longest).")

    /// What is handed on.
    private struct Message: BitwiseCopyable {
        var number = 0
        var isOn = false
        var stamp = Instant.zero
    }

    /// The source and fifteen links, each with its message, and the sink.
    static let length = 17

    @Option(help: "How many times the chain is run.") var rounds = 1_000_000

    func validate() throws {
        guard rounds > 0 else { throw ValidationError("--rounds must be positive") }
    }

    func run() throws {
        let table = TaskTable((1...Self.length).map { TickTask("link \($0)", deadline: .microseconds(20)) })
        let clock = TickClock()
        let times = TickHistogram()
        var messages = InlineArray<17, Message>(repeating: Message())
        var arrived = 0
        // Caches, pages and the branch predictor, as in a loop that has run for a while.
        for round in 0..<10_000 {
            _ = table.run(round, from: clock.now) { Self.link($0, round, &messages, &arrived) }
        }
        arrived = 0
        var total: Int64 = 0
        for round in 10_000..<10_000 + rounds {
            let start = clock.now
            let end = table.run(round, from: start) { Self.link($0, round, &messages, &arrived) }
            total += (end - start).nanoseconds
            times.record(end - start)
        }
        guard arrived == rounds else { throw ValidationError("\(rounds - arrived) messages did not arrive") }
        let percentiles = times.percentiles([0.5, 0.99])
        print(
            "mean", Duration.nanoseconds(total / Int64(rounds)).microseconds(digits: 3), "p50",
            percentiles[0].microseconds(digits: 3), "p99", percentiles[1].microseconds(digits: 3), "max",
            times.max.microseconds(), "tasks \(Self.length) rounds \(rounds)")
    }

    /// One task: the source makes a message, a link hands it on, the sink looks whether it is the one that was sent.
    @inline(__always)
    private static func link(
        _ index: Int, _ round: Int, _ messages: inout InlineArray<17, Message>, _ arrived: inout Int
    ) {
        if index == 0 {
            messages[0] = Message(number: round, isOn: round & 1 == 0, stamp: Instant(nanoseconds: Int64(round)))
            return
        }
        var message = messages[index - 1]
        message.isOn.toggle()
        messages[index] = message
        // Sixteen toggles: the sink sees what the source has sent.
        if index == length - 1, message.number == round, message.isOn == (round & 1 == 0) { arrived += 1 }
    }
}
