import ArgumentParser
import BoardFile
import Realtime
import RobotModel
import RobotRuntime

/// What one tick of the real control kernel costs on a board: every task of its table, with wheels, arm and LiDAR at
/// work. The inputs are synthetic, and come through the same rings and latest values as on the robot.
struct TickCost: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tick", abstract: "Measures what one tick of the control kernel costs.",
        discussion: "Prints one line for the whole tick, and one for each task: microseconds.")

    @Option(help: "The board file.") var board = "BoardConfigs/twin-full.yaml"
    @Option(help: "Samples a tick of each LiDAR.") var samples = 32
    @Option(help: "How many ticks.") var ticks = 100_000

    func validate() throws {
        guard ticks > 0, samples >= 0 else { throw ValidationError("--ticks must be positive, --samples not negative") }
    }

    func run() throws {
        let settings = try Board.read(path: board)
        var feed = TickFeed(board: settings, samples: samples)
        var stand = TickStand(board: settings)
        let times = TickHistogram()
        var total: Int64 = 0
        var driven = 0.0
        // Two seconds in which the supervisor comes to trust what it hears.
        let warmUp = 2 * settings.control.tickRate
        for tick in 0..<warmUp + ticks {
            try feed.offer(to: &stand, tick: tick)
            let took = stand.tick(at: feed.now)
            feed.follow(stand)
            guard tick >= warmUp else { continue }
            times.record(took)
            total += took.nanoseconds
            driven += abs(stand.wheelSetpoint.left) + abs(stand.wheelSetpoint.right)
        }
        guard driven > 0, feed.jointsMoved, stand.safety.action == .none else {
            throw ValidationError("the robot on the stand does not move: \(stand.safety.causes.names)")
        }
        let percentiles = times.percentiles([0.5, 0.99, 0.999])
        print(
            "mean", Duration.nanoseconds(total / Int64(ticks)).microseconds(digits: 2), "p50",
            percentiles[0].microseconds(digits: 2), "p99", percentiles[1].microseconds(digits: 2), "p99.9",
            percentiles[2].microseconds(digits: 2), "max", times.max.microseconds(),
            "joints \(settings.joints.count) lidars \(settings.lidars.count) samples \(samples)",
            "scans \(feed.scans) ticks \(ticks)")
        for task in stand.tasks.account.reports where task.runs > 0 {
            print(
                "  \(task.name): runs \(task.runs) p50", task.p50.microseconds(digits: 2), "p99",
                task.p99.microseconds(digits: 2), "max", task.longest.microseconds())
        }
    }
}
