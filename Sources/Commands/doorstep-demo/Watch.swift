import ArgumentParser
import BoardFile
import BuildingImport
import CommandLine
import Control
import Foundation
import RobotModel

/// Watches a delivery by the running daemon against the running twin.
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows the running daemon's delivery live until the robot is home, then sums it up.",
        discussion: """
            Exit codes: 0 when the meal was delivered and the robot is home again without having touched anything and \
            everything recorded is upstream, 1 when not, 130 after Ctrl-C.
            """)

    @Option(help: "The board file that the daemon has.")
    var board: String

    @Option(help: "The daemon's local socket.")
    var socket: String

    @Option(help: "The daemon's process, which is asked to stop when the delivery is over.")
    var daemon: Int32

    @Option(help: "The file into which `doorstep-twin` writes what really is.")
    var truth: String

    @Option(help: "The station's folder, to be held against what was recorded.")
    var station: String

    @Option(help: "The mission file to drop into the inbox.")
    var mission = "Missions/lunch-to-level-3.yaml"

    @Option(help: "Path of the technician's end of the console, to be shown.")
    var console: String?

    @Option(help: "Seconds after which to give up.")
    var limit = 420.0

    @Option(help: "Keep the view as a picture (SVG) in this file.")
    var picture: String?

    @Option(help: "… of the moment at which the robot's step begins like this.")
    var pictureStep = "to suite_301: door entrance: crossing"

    @Option(help: "… and has gone on for so many seconds.")
    var pictureDelay = 2.0

    func run() async throws {
        let robot = try Board.read(path: board)
        let dashboard = Dashboard(building: try loadSite(folder: robot.sitePath), console: console)
        let ending = Ending()
        let begun = Date()
        let client = try await connect(ending)
        var watching = Watching(dashboard: dashboard, truths: TruthReader(path: truth))
        let screen = Screen(environment: ProcessInfo.processInfo.environment)
        defer { screen?.close() }
        var camera = picture.map { Camera(path: $0, step: pictureStep, delay: pictureDelay) }
        var isDropped = false
        while Date().timeIntervalSince(begun) < limit, watching.summary.ended == nil, !ending.isAsked {
            guard case .status(let status) = try ask(client) else { break }
            let news = watching.see(status)
            if let screen {
                let size = screen.size
                screen.show(watching.frame(columns: size.columns, rows: size.rows))
            } else {
                Happenings.print(news)
            }
            try camera?.look(watching)
            // Dropped when the robot knows where it is: dispatch would do it at any time.
            if !isDropped, status.place.localization == "tracking" {
                try drop(into: robot.missions.directory + "/inbox")
                isDropped = true
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        screen?.close()
        if ending.isAsked { throw ExitCode(130) }
        guard let final = watching.last, let sample = watching.truths.last else {
            throw Failure("nothing was seen of the daemon or the twin")
        }
        let upstream = await Upstream.afterStopping(
            daemon, recordings: robot.reflow.directory, station: "\(station)/\(robot.name)")
        let isGood = watching.summary.report(
            status: final, truth: sample, upstream: upstream, wallSeconds: Date().timeIntervalSince(begun))
        if !isGood { throw ExitCode.failure }
    }

    private func ask(_ client: ControlClient) throws -> ControlResponse {
        do throws(RobotError) { return try client.ask(.status) } catch {
            throw Failure("the daemon is gone: \(error.what)")
        }
    }

    private func connect(_ ending: Ending) async throws -> ControlClient {
        var last: RobotError?
        for _ in 0..<100 where !ending.isAsked && kill(daemon, 0) == 0 {
            do throws(RobotError) { return try ControlClient(path: socket) } catch { last = error }
            try await Task.sleep(for: .milliseconds(100))
        }
        if ending.isAsked { throw ExitCode(130) }
        throw Failure(last.map { "\($0)" } ?? "the daemon has ended")
    }

    /// Atomically, as dispatch has to: written beside, then renamed into the inbox.
    private func drop(into inbox: String) throws {
        let name = (mission as NSString).lastPathComponent
        let hidden = "\(inbox)/.\(name)"
        try? FileManager.default.removeItem(atPath: hidden)
        try MissionText.read(mission, now: Date()).write(toFile: hidden, atomically: false, encoding: .utf8)
        try FileManager.default.moveItem(atPath: hidden, toPath: "\(inbox)/\(name)")
    }

    /// Something that a demo needs is not there.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
}

/// What has been seen so far of daemon and twin.
struct Watching {
    let dashboard: Dashboard
    var truths: TruthReader
    var summary = RunSummary()
    private var happenings = Happenings()
    private(set) var last: RobotStatus?
    private var error: (metres: Double, degrees: Double)?

    init(dashboard: Dashboard, truths: TruthReader) {
        self.dashboard = dashboard
        self.truths = truths
    }

    /// Takes in a status and returns what has happened since the last one.
    mutating func see(_ status: RobotStatus) -> [Happenings.Item] {
        last = status
        for sample in truths.new() {
            summary.note(status, meal: sample.meal, at: sample.time)
            guard abs(sample.clock - status.clock) < 0.15 else { continue }
            error = summary.compare(status.place, with: sample.moved(to: status.clock))
        }
        return happenings.take(status)
    }

    func frame(columns: Int, rows: Int) -> Frame {
        guard let last else { return Frame(columns: columns, rows: rows) }
        return dashboard.frame(
            last, truth: truths.last, error: error, happenings: happenings.items, columns: columns, rows: rows)
    }
}

/// Takes a picture of the view, once.
struct Camera {
    private static let size = (columns: 116, rows: 34)

    let path: String
    let step: String
    let delay: Double
    private var since: Double?
    private var isDone = false

    init(path: String, step: String, delay: Double) {
        self.path = path
        self.step = step
        self.delay = delay
    }

    mutating func look(_ watching: Watching) throws {
        guard !isDone, let status = watching.last else { return }
        guard status.doing.hasPrefix(step) else {
            since = nil
            return
        }
        since = since ?? status.uptime
        guard status.uptime - (since ?? 0) >= delay else { return }
        isDone = true
        let frame = watching.frame(columns: Self.size.columns, rows: Self.size.rows)
        try FramePicture(frame: frame).svg.write(toFile: path, atomically: true, encoding: .utf8)
    }
}
