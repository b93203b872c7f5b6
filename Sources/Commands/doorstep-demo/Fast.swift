import ArgumentParser
import BoardFile
import BuildingImport
import Control
import DeviceIO
import Foundation
import Logging
import Reflow
import RobotModel
import RobotRuntime
import Twin

/// The same daemon against the same twin in one process, on a hand-driven clock.
struct Fast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A whole delivery in one process on a hand-driven clock: minutes in seconds.")

    @Option(help: "The board file.")
    var board = "BoardConfigs/twin.yaml"

    @Option(help: "The mission file to drop into the inbox.")
    var mission = "Missions/lunch-to-level-3.yaml"

    @Option(help: "Seed of the twin's world.")
    var seed: UInt64 = 1

    @Option(help: "A fault to inject, as `doorstep-twin --fault` takes it.")
    var fault: [String] = []

    @Option(help: "Address of a running station; without one the recording stays here.")
    var station: String?

    @Option(help: "Seconds of the robot's time after which to give up.")
    var limit = 900.0

    @Option(help: "Folder for missions and recordings; a new temporary one without it.")
    var directory: String?

    func validate() throws {
        for text in fault {
            do { _ = try ScheduledFault(parsing: text) } catch { throw ValidationError("\(error)") }
        }
    }

    func run() async throws {
        let begun = Date()
        let today = Date(timeIntervalSince1970: begun.timeIntervalSince1970.rounded())
        let folder = directory ?? NSTemporaryDirectory() + "doorstep-\(UUID().uuidString.prefix(8))"
        var board = try Board.read(path: board)
        board.missions.directory = folder + "/missions"
        board.reflow.directory = folder + "/reflow"
        let building = try loadSite(folder: board.sitePath)
        var scenario = try Scenario.read(path: board.sitePath + "/twin.yaml")
        scenario.seed = seed
        let ports = MemoryPorts()
        let gpio = MemoryGPIO()
        let broker = MemoryBroker()
        let faults = try fault.map { try ScheduledFault(parsing: $0) }
        let twin = try Twin.inMemory(
            board: board, building: building, scenario: scenario, ports: ports, gpio: gpio, broker: broker,
            faults: faults)
        var log = Logger(label: "doorstep") { _ in SwiftLogNoOpLogHandler() }
        log.logLevel = .critical
        let robot = try SteppedRobot(
            board: board, building: building, ports: ports, gpio: gpio, brokers: broker, log: log,
            wallAtZero: WallTime(secondsSince1970: today.timeIntervalSince1970))
        let uploader = station.map { Uploader(spool: robot.spool, station: $0, robot: board.name) }
        uploader?.start()
        let name = (mission as NSString).lastPathComponent
        let text = try MissionText.read(mission, now: today)
        let observer = Observer(robot: robot, twin: twin, name: name, text: text)
        let end = await robot.run(from: .zero, to: Instant(nanoseconds: Int64(limit * 1e9))) {
            await observer.look()
        } world: { now in
            observer.live(to: now)
        }
        robot.finish(at: end)
        if uploader != nil { await waitForUplink(robot, seconds: 15) }
        let recorded = robot.recorded
        uploader?.stop()
        let status = await robot.status()
        var final = status
        final.tick.ticks = robot.ticks
        let wall = Date().timeIntervalSince(begun)
        let upstream = Upstream(
            recordedBytes: recorded.recordedBytes,
            // Without a station there is nothing to wait for.
            acknowledgedBytes: uploader == nil ? recorded.recordedBytes : recorded.acknowledgedBytes)
        guard
            observer.summary.report(status: final, truth: observer.truth, upstream: upstream, wallSeconds: wall)
        else {
            throw ExitCode.failure
        }
    }

    private func waitForUplink(_ robot: SteppedRobot, seconds: Double) async {
        let deadline = Date().addingTimeInterval(seconds)
        while Date() < deadline, robot.recorded.segmentsWaiting > 0 { try? await Task.sleep(for: .milliseconds(100)) }
    }
}

/// Owns the twin and looks at it and the robot every 50 ms of the hand-driven clock. The run uses it in one task only,
/// which is what makes it safe to hand over.
private final class Observer: @unchecked Sendable {
    /// Seconds after which a robot that waits for a person is left alone: some causes come free by themselves.
    private static let patience = 60.0

    private(set) var summary = RunSummary()
    private let robot: SteppedRobot
    private let twin: Twin
    private let name: String
    private let text: String
    private var happenings = Happenings()
    private var looks = 0
    private var helplessSince: Double?
    private var isSubmitted = false

    init(robot: SteppedRobot, twin: Twin, name: String, text: String) {
        self.robot = robot
        self.twin = twin
        self.name = name
        self.text = text
    }

    /// Lets the twin's world live up to a moment.
    func live(to now: Instant) { twin.advance(to: now) }

    /// What really is.
    var truth: TruthSample { TruthSample(twin.truth) }

    /// Returns whether the run is over.
    func look() async -> Bool {
        looks += 1
        guard looks % 2 == 0 else { return false }
        let status = await robot.status()
        let truth = truth
        summary.compare(status.place, with: truth)
        summary.note(status, meal: truth.meal, at: truth.time)
        Happenings.print(happenings.take(status))
        // Two seconds are enough for every device to be in service.
        if !isSubmitted, truth.time >= 2 {
            isSubmitted = true
            _ = await robot.answer(.submit(name: name, text: text))
        }
        return summary.ended != nil || isGivenUp(status)
    }

    /// Nobody is there to help a robot that waits for help.
    private func isGivenUp(_ status: RobotStatus) -> Bool {
        guard status.needsHelp else {
            helplessSince = nil
            return false
        }
        helplessSince = helplessSince ?? status.uptime
        return status.uptime - (helplessSince ?? 0) > Self.patience
    }
}
