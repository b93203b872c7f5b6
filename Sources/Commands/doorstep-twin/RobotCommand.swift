import ArgumentParser
import BoardFile
import BuildingImport
import CommandLine
import Realtime
import RobotModel
import Twin

#if canImport(Glibc)
    import Glibc
#endif

/// `doorstep-twin robot`: runs the twin at wall time until SIGTERM or SIGINT.
struct RobotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "robot", abstract: "A whole robot in its building; this is what runs without a subcommand.",
        discussion: "Faults:\n\(ScheduledFault.forms)")

    @Option(help: "The board file; its ports are made at the paths that it names.")
    var board: String

    @Option(help: "The scenario; by default twin.yaml beside the site's building.")
    var scenario: String?

    @Option(help: "The world's seed, in place of the scenario's.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Something that goes wrong; may be given several times.", valueName: "target:trouble@start+duration"))
    var fault: [String] = []

    @Option(help: "A file that gets the truth as JSON lines, five a second, for a summary afterwards.")
    var truthFile: String?

    @Option(
        help: "Seconds of the world in a second of this machine: 0.25 for a robot whose own clock runs at a quarter.")
    var pace = 1.0

    func validate() throws {
        guard pace > 0, pace <= 1 else { throw ValidationError("--pace is \(pace); expected more than 0, at most 1") }
    }

    func run() throws {
        let twin: Twin
        do {
            twin = try makeTwin()
        } catch {
            // Files and ports say by themselves what is wrong with them and what to do.
            print("\(error)", to: STDERR_FILENO)
            throw ExitCode(2)
        }
        var log = try truthFile.map { try TruthFile(path: $0) }
        for port in twin.portPaths { print("\(port.slot): \(port.path)") }
        print("the twin runs; end it with Ctrl-C")
        fflush(nil)

        let ending = Ending()
        let clock = TickClock()
        let start = clock.now
        // What was slept through beyond this is left out: a twin that was stopped does not race to catch up.
        let longestCatchUp = Duration.milliseconds(50)
        var world = Instant.zero
        var last = start
        var next = start
        while !ending.isAsked {
            next = max(next + .milliseconds(1), clock.now - longestCatchUp)
            clock.sleep(until: next)
            let now = clock.now
            world += min(now - last, longestCatchUp) * pace
            last = now
            twin.advance(to: world)
            log?.write(twin.truth, clock: now)
        }
        print(twin.truth.json)
    }

    private func makeTwin() throws -> Twin {
        let robot = try Board.read(path: board)
        for port in [robot.lidar.port.path, robot.console.port.path] { makeFolder(of: port) }
        if let chip = robot.gpio.first?.chip { makeFolder(of: String(chip.dropFirst("socket:".count))) }
        let building = try loadSite(folder: robot.sitePath)
        var world = try Scenario.read(path: scenario ?? robot.sitePath + "/twin.yaml")
        if let seed { world.seed = seed }
        var faults: [ScheduledFault] = []
        for text in fault { faults.append(try ScheduledFault(parsing: text)) }
        return try Twin.onPseudoTerminals(board: robot, building: building, scenario: world, faults: faults)
    }

    /// Makes the folder in which a port's link is to stand; what is missing then shows when the port is made.
    private func makeFolder(of path: String) {
        guard let end = path.lastIndex(of: "/"), end > path.startIndex else { return }
        mkdir(String(path[..<end]), 0o755)
    }
}

func print(_ text: String, to descriptor: Int32) {
    let bytes = Array((text + "\n").utf8)
    _ = write(descriptor, bytes, bytes.count)
}
