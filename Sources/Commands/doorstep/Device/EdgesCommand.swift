import ArgumentParser
import CommandLine
import DeviceIO
import Foundation
import Realtime
import RobotModel

/// `doorstep device edges`
struct EdgesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edges", abstract: "Shows GPIO inputs and every change of them, with the kernel's time stamps.",
        discussion: """
            Levels are physical: high or low at the pin. Times are seconds on the machine's monotonic clock; the number \
            counts a line's changes, also those that were dropped unread (0 where libgpiod does not count, before 2). \
            Ends with Ctrl-C, after --count changes or after --seconds.
            """)

    @Argument(help: "The chip, as the board file names it: gpiochip0.")
    var chip: String

    @Argument(help: "The lines' numbers on it; at most 8.")
    var lines: [Int]

    @Option(help: "End after so many changes.")
    var count: Int?

    @Option(help: "End after so many seconds.")
    var seconds: Double?

    func validate() throws {
        guard (1...8).contains(lines.count) else { throw ValidationError("takes one to eight lines") }
        try LineOptions.check(seconds: seconds)
    }

    func run() throws {
        try complaining {
            let group = try open()
            defer { group.close() }
            let clock = TickClock()
            for (index, line) in lines.enumerated() {
                show(line, try told { () throws(PortError) in try group.level(index) }, "at the start")
            }
            let ending = Ending()
            let end = seconds.map { clock.now + .nanoseconds(Int64($0 * 1e9)) }
            var left = count ?? .max
            while !ending.isAsked, left > 0, end.map({ clock.now < $0 }) ?? true {
                guard let change = try told({ () throws(PortError) in try group.nextEdge() }) else {
                    clock.sleep(until: clock.now + .milliseconds(5))
                    continue
                }
                let time = String(format: "%.6f", change.edge.time.seconds(since: .zero))
                show(lines[change.index], change.edge.isOn, "\(time) s  #\(change.edge.sequence)")
                left -= 1
            }
        }
    }

    private func open() throws(RobotError) -> any GPIOLineGroup {
        let requests = lines.map { GPIORequest(role: "line \($0)", chip: chip, line: $0, direction: .input) }
        return try told { () throws(PortError) in try SystemGPIOLines().openTogether(requests) }
    }

    private func told<Value>(_ body: () throws(PortError) -> Value) throws(RobotError) -> Value {
        do throws(PortError) {
            return try body()
        } catch {
            throw RobotError(
                .unavailable, "\(chip): \(error.cause)",
                hint: "`gpioinfo` lists chips and lines; while the daemon has a line, it is busy")
        }
    }

    private func show(_ line: Int, _ isHigh: Bool, _ when: String) {
        print("line \(line)  \(isHigh ? "high" : "low ")  \(when)")
        fflush(nil)
    }
}
