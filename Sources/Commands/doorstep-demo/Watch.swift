import ArgumentParser
import Control
import Foundation
import RobotModel

/// Watches a delivery by the running daemon against the running twin.
struct Watch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Shows the running daemon's delivery live until the robot is home, then sums it up.")

    @Option(help: "The daemon's local socket.")
    var socket = "/tmp/doorstep/control.sock"

    @Option(help: "The file into which `doorstep-twin` writes what really is.")
    var truth = "/tmp/doorstep-twin/truth.jsonl"

    @Option(help: "The mission file to drop into the inbox.")
    var mission = "Missions/lunch-to-level-3.yaml"

    @Option(help: "The daemon's inbox.")
    var inbox = "/tmp/doorstep/missions/inbox"

    @Option(help: "Path of the technician's end of the console, to be shown.")
    var console: String?

    @Option(help: "Seconds after which to give up.")
    var limit = 420.0

    func run() async throws {
        let begun = Date()
        let client = try await connect()
        var truths = TruthReader(path: truth)
        var view = DemoView(isTerminal: isatty(1) == 1)
        var summary = RunSummary()
        var isDropped = false
        var last: RobotStatus?
        while Date().timeIntervalSince(begun) < limit, summary.ended == nil {
            guard case .status(let status) = try client.ask(.status) else { break }
            last = status
            view.show(status, console: console)
            for sample in truths.new() {
                summary.note(status, meal: sample.meal, at: sample.time)
                if abs(sample.clock - status.clock) < 0.15 {
                    summary.compare(status.place, with: sample.moved(to: status.clock))
                }
            }
            // Dropped when the robot knows where it is: dispatch would do it at any time.
            if !isDropped, status.place.localization == "tracking" {
                try drop()
                isDropped = true
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        guard let final = last, let sample = truths.last else {
            print("nothing was seen of the daemon or the twin")
            throw ExitCode.failure
        }
        try await Task.sleep(for: .seconds(1))
        guard summary.report(status: final, truth: sample, wallSeconds: Date().timeIntervalSince(begun)) else {
            throw ExitCode.failure
        }
    }

    private func connect() async throws -> ControlClient {
        for _ in 0..<100 {
            if let client = try? ControlClient(path: socket) { return client }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try ControlClient(path: socket)
    }

    /// Atomically, as dispatch has to: written beside, then renamed into the inbox.
    private func drop() throws {
        let name = (mission as NSString).lastPathComponent
        let hidden = "\(inbox)/.\(name)"
        try? FileManager.default.removeItem(atPath: hidden)
        try MissionText.read(mission, now: Date()).write(toFile: hidden, atomically: false, encoding: .utf8)
        try FileManager.default.moveItem(atPath: hidden, toPath: "\(inbox)/\(name)")
    }
}

/// Follows the twin's file of truths.
private struct TruthReader {
    private let path: String
    private var offset: UInt64 = 0
    private(set) var last: TruthSample?

    init(path: String) { self.path = path }

    /// The samples that have been written since the last call.
    mutating func new() -> [TruthSample] {
        guard let file = FileHandle(forReadingAtPath: path) else { return [] }
        defer { try? file.close() }
        try? file.seek(toOffset: offset)
        guard let data = try? file.readToEnd(), let end = data.lastIndex(of: 0x0A) else { return [] }
        offset += UInt64(end - data.startIndex + 1)
        let samples = data[...end].split(separator: 0x0A).compactMap { TruthSample(json: Data($0)) }
        last = samples.last ?? last
        return samples
    }
}

extension TruthSample {
    /// A line of the twin's file.
    fileprivate init?(json: Data) {
        guard let line = try? JSONDecoder().decode(Line.self, from: json) else { return nil }
        self.init(
            time: line.t, clock: line.clock, level: line.level, pose: Pose2D(x: line.x, y: line.y, yaw: line.yaw),
            twist: Twist2D(linear: line.v, angular: line.w), meal: line.meal, distance: line.distance,
            nearest: line.nearest ?? .infinity,
            nearestPerson: line.nearest_person ?? .infinity,
            contacts: line.contacts)
    }

    private struct Line: Decodable {
        var t: Double
        var clock: Double
        var level: String
        var x: Double
        var y: Double
        var yaw: Double
        var v: Double
        var w: Double
        var nearest: Double?
        var nearest_person: Double?
        var contacts: Int
        var distance: Double
        var meal: String
    }
}
