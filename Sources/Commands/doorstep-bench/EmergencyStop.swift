import ArgumentParser
import BoardFile
import BuildingImport
import Control
import Foundation
import Logging
import RobotModel
import RobotRuntime
import Twin

/// How long an emergency stop takes from the edge on its GPIO line to the drive: the whole daemon on a hand-driven clock,
/// with the emulated drive on its paced line. No wall time is in these figures, so they are the same on every machine.
struct EmergencyStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estop", abstract: "Measures the emergency stop's way to the wheels, phase by phase.",
        discussion: """
            Prints ticks from the edge to the stop frame's hand-over, and microseconds from there to the last byte on the \
            line, each with its bound; the exit code is not 0 when a bound was missed.
            """)

    @Option(help: "How many stops to measure.") var phases = 3000
    @Option(help: "Seed of the phases.") var seed: UInt64 = 1
    @Option(help: "The board file.") var board = "BoardConfigs/twin.yaml"
    @Option(help: "The wheels' line, bit/s, instead of the board file's.") var baud: Int?

    /// Stops of one robot before the next is started, with another drive.
    private static let stopsARobot = 250
    /// Ticks from the edge to the hand-over that are allowed.
    private static let tickBound = 2.0

    func validate() throws {
        guard phases > 0 else { throw ValidationError("--phases must be positive") }
    }

    func run() async throws {
        var random = SeededRandom(seed: seed)
        var isMissed = false
        for isHalfDuplex in [false, true] {
            var table = StopTable()
            var bound = Duration.zero
            while table.count < phases {
                let count = min(Self.stopsARobot, phases - table.count)
                let rig = try StopRig(
                    board: board, baud: baud, isHalfDuplex: isHalfDuplex,
                    turnaround: .microseconds(Int.random(in: 300...3000, using: &random)), seed: random.next())
                bound = rig.bound
                try await rig.measure(count, into: &table, using: &random)
            }
            print(isHalfDuplex ? "one pair of wires, frames parted by silence alone" : "a pair of wires each way")
            table.print(tickBound: Self.tickBound, lineBound: bound)
            isMissed = isMissed || table.isBeyond(ticks: Self.tickBound, line: bound)
        }
        if isMissed { throw ExitCode.failure }
    }
}

/// What has been measured.
struct StopTable {
    private var ticks: [Double] = []
    private var line: [Duration] = []
    /// Stops of which no whole frame was heard, or that were never handed over.
    private var lost = 0

    var count: Int { ticks.count + lost }

    mutating func take(_ figures: StopProbe.Figures, period: Duration) {
        guard let handedOver = figures.handedOver, let last = figures.lastByte else {
            lost += 1
            return
        }
        ticks.append((handedOver - figures.edge).inSeconds / period.inSeconds)
        line.append(last - handedOver)
    }

    func isBeyond(ticks bound: Double, line lineBound: Duration) -> Bool {
        lost > 0 || ticks.contains { $0 > bound + 1e-9 } || line.contains { $0 > lineBound }
    }

    func print(tickBound: Double, lineBound: Duration) {
        let sorted = (ticks: ticks.sorted(), line: line.sorted())
        guard let most = sorted.ticks.last, let longest = sorted.line.last else {
            Swift.print("  nothing was measured; \(lost) lost")
            return
        }
        let middle = sorted.ticks.count / 2
        Swift.print(
            "  to hand-over, ticks    p50 \(format(sorted.ticks[middle])) max \(format(most))",
            "bound \(format(tickBound))")
        for quarter in 0..<8 where quarter < Int((tickBound * 4).rounded()) {
            let (low, high) = (Double(quarter) / 4, Double(quarter + 1) / 4)
            show("\(format(low))..\(format(high))", ticks.filter { $0 > low && $0 <= high }.count)
        }
        Swift.print(
            "  to the last byte, µs   p50 \(microseconds(sorted.line[middle])) max \(microseconds(longest))",
            "bound \(microseconds(lineBound))", "lost \(lost)")
        let step = 250
        for start in stride(from: 0, through: microseconds(lineBound), by: step) {
            show(
                "\(start)..\(start + step)",
                line.filter { microseconds($0) > start && microseconds($0) <= start + step }.count)
        }
    }

    private func show(_ range: String, _ number: Int) {
        guard number > 0 else { return }
        let width = max(1, number * 50 / max(1, count))
        let label = range + String(repeating: " ", count: max(0, 12 - range.count))
        Swift.print("    \(label) \(number)\t\(String(repeating: "#", count: width))")
    }

    private func format(_ ticks: Double) -> String { String(format: "%.2f", ticks) }
    private func microseconds(_ duration: Duration) -> Int { Int(duration.nanoseconds / 1000) }
}

/// The daemon of which only the wheels are there.
final class StopRig {
    private let robot: SteppedRobot
    private let probe: StopProbe
    private let folder: String
    private let period: Duration
    private var now = Instant.zero
    /// From the hand-over to the last byte.
    let bound: Duration

    init(board path: String, baud: Int?, isHalfDuplex: Bool, turnaround: Duration, seed: UInt64) throws {
        folder = NSTemporaryDirectory() + "doorstep-estop-\(UUID().uuidString.prefix(8))"
        var board = try Board.read(path: path)
        board.missions.directory = folder + "/missions"
        board.reflow.directory = folder + "/reflow"
        if let baud { board.wheels.port.baudRate = baud }
        period = SteppedRobot.step
        probe = StopProbe(board: board, turnaround: turnaround, isHalfDuplex: isHalfDuplex, seed: seed)
        bound = StopProbe.bound(
            line: probe.line, isHalfDuplex: isHalfDuplex, service: SteppedRobot.step)
        robot = try SteppedRobot(
            board: board, building: try loadSite(folder: board.sitePath), ports: probe, gpio: probe.gpio,
            log: Logger(label: "estop") { _ in SwiftLogNoOpLogHandler() })
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Presses, looks, releases and clears, again and again.
    func measure(_ count: Int, into table: inout StopTable, using random: inout SeededRandom) async throws {
        await run(milliseconds: 1500)
        for phase in 0..<count {
            guard probe.plant.enabled else {
                throw RobotError(.internalError, "the wheels have no power before stop \(phase) at \(now)")
            }
            // The cycle's phases, and now and then those of the once-a-second questions.
            await run(milliseconds: Int.random(in: phase % 8 == 0 ? 0...1000 : 0...40, using: &random))
            probe.press(at: now + .nanoseconds(Int64.random(in: 1...1_000_000, using: &random)))
            await run(milliseconds: 60)
            if let figures = probe.figures { table.take(figures, period: period) }
            probe.release()
            await run(milliseconds: 550)
            _ = await robot.answer(.clear)
            await run(milliseconds: 120)
        }
    }

    private func run(milliseconds: Int) async {
        let probe = probe
        now = await robot.run(from: now, to: now + .milliseconds(milliseconds)) { probe.advance(to: $0) }
    }
}
