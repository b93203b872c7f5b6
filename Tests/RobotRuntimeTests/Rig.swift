import BoardFile
import BuildingImport
import BuildingMap
import Control
import DeviceIO
import Foundation
import Logging
import Missions
import RobotModel
import RobotRuntime
import Twin

/// A whole robot on the riverside site: the daemon on a hand-driven clock and the twin behind its ports.
///
/// Nothing is mocked: faults are bytes on lines and levels on GPIO, and what the tests look at is what a technician would
/// see (`status`), what was said, and what really is (`truth`). Used by one test's task at a time.
final class Rig: @unchecked Sendable {
    let board: Board
    let building: Building
    let twin: Twin
    let ports = MemoryPorts()
    let gpio = MemoryGPIO()
    let broker = MemoryBroker()
    let folder: String
    private(set) var robot: SteppedRobot
    private(set) var now = Instant.zero
    private var starts = 1
    private var killed: [SteppedRobot] = []
    private var graves: [String] = []
    private let wallAtZero: WallTime
    /// What the robot opens its ports with; the twin's ends are in `ports`.
    private let opener: any SerialPortOpening
    /// 2026-11-21T12:00:00Z.
    static let noon = WallTime(secondsSince1970: 1_795_262_400)
    /// Everything that the robot has said, in order.
    private(set) var said: [String] = []
    private var heard = -1.0
    /// The robot's own status as of the last look.
    private(set) var status: RobotStatus
    /// Called in every millisecond after the world has moved: for what a look every 50 ms would miss.
    var watch: ((Rig) -> Void)?
    /// Looks at every tick.
    var observer: TickObserver?

    /// - Parameters:
    ///   - boardFile: The name of a board file of the repository; "twin-full" has every slot filled.
    ///   - adjust: Changes the scenario before the world is made.
    ///   - adjustBoard: Changes the board before robot and twin are made.
    ///   - journal: What an earlier run of the daemon has left in the journal.
    ///   - wallAtZero: Civil time at the clock's zero.
    ///   - wrap: Puts something between the robot and its ports.
    init(
        boardFile: String = "twin", seed: UInt64 = 1, faults: [String] = [],
        adjust: (inout Scenario) -> Void = { _ in },
        adjustBoard: (inout Board) -> Void = { _ in }, journal: [JournalEntry] = [], wallAtZero: WallTime = Rig.noon,
        wrap: (MemoryPorts) -> any SerialPortOpening = { $0 }
    ) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path
        folder = NSTemporaryDirectory() + "doorstep-rig-\(UUID().uuidString.prefix(8))"
        var board = try Board.read(path: root + "/BoardConfigs/\(boardFile).yaml")
        board.missions.directory = folder + "/missions"
        board.reflow.directory = folder + "/reflow"
        adjustBoard(&board)
        building = try loadSite(folder: board.sitePath)
        var scenario = try Scenario.read(path: board.sitePath + "/twin.yaml")
        scenario.seed = seed
        adjust(&scenario)
        self.board = board
        twin = try Twin.inMemory(
            board: board, building: building, scenario: scenario, ports: ports, gpio: gpio, broker: broker,
            faults: try faults.map { try ScheduledFault(parsing: $0) })
        self.wallAtZero = wallAtZero
        opener = wrap(ports)
        if !journal.isEmpty {
            let earlier = try Journal(path: try MissionFolder(path: board.missions.directory).journal)
            for entry in journal { try earlier.append(entry, at: wallAtZero) }
        }
        robot = try Self.makeRobot(board, building, opener, gpio, broker, wallAtZero, start: 1)
        status = RobotStatus(robot: board.name, version: "")
    }

    deinit { for path in [folder] + graves { try? FileManager.default.removeItem(atPath: path) } }

    private static func makeRobot(
        _ board: Board, _ building: Building, _ ports: any SerialPortOpening, _ gpio: MemoryGPIO,
        _ broker: MemoryBroker, _ wallAtZero: WallTime,
        start: Int
    ) throws -> SteppedRobot {
        let log = Logger(label: "rig") { _ in SwiftLogNoOpLogHandler() }
        return try SteppedRobot(
            board: board, building: building, ports: ports, gpio: gpio, brokers: broker, log: log, boot: "boot\(start)",
            wallAtZero: wallAtZero)
    }

    /// What really is.
    var truth: Truth { twin.truth }

    /// Seconds on the hand-driven clock.
    var seconds: Double { now.seconds(since: .zero) }

    /// Lets time pass until `condition` holds (looked at every 50 ms), at most `limit` seconds.
    ///
    /// - Returns: Whether it came to hold.
    @discardableResult
    func run(_ limit: Double, until condition: @escaping @Sendable (Rig) -> Bool = { _ in false }) async -> Bool {
        let met = Met()
        let end = now + .nanoseconds(Int64(limit * 1e9))
        let robot = robot
        now = await robot.run(from: now, to: end, observer: observer) { [self] in
            await look()
            met.isMet = condition(self)
            return met.isMet
        } world: { [self] moment in
            twin.advance(to: moment)
            now = moment
            watch?(self)
        }
        return met.isMet
    }

    /// Takes the robot's status and what it has said since.
    private func look() async {
        status = await robot.status()
        for item in status.announcements where item.time > heard {
            said.append(item.hint.map { "\(item.text)\n  hint: \($0)" } ?? item.text)
        }
        heard = status.announcements.last?.time ?? heard
    }

    /// Whether the robot has said something that contains `words`.
    func hasSaid(_ words: String) -> Bool { said.contains { $0.localizedCaseInsensitiveContains(words) } }

    /// Drops a mission file into the inbox.
    func drop(mission text: String, as name: String = "lunch.yaml") async -> ControlResponse {
        await robot.answer(.submit(name: name, text: text))
    }

    /// The site's sample mission.
    static func lunch(id: String = "lunch") throws -> String {
        let path =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/Missions/lunch-to-level-3.yaml"
        return try String(contentsOfFile: path, encoding: .utf8)
            .replacingOccurrences(of: "id: lunch-to-level-3", with: "id: \(id)")
    }

    /// Runs until every device is in service and the robot knows where it is, then drops the sample mission.
    func startLunch() async throws {
        await run(10) { $0.status.place.localization == "tracking" && $0.status.safety.action == "none" }
        _ = await drop(mission: try Self.lunch())
    }

    /// kill -9 at this moment, and a new start of the daemon after `pause` seconds, in the same world.
    ///
    /// The new daemon finds on the disk what the killed one had written, byte for byte: nothing is closed or tidied up.
    ///
    /// - Parameter meanwhile: What happens before the new start: to the files, or in the world.
    func killAndRestart(after pause: Double = 1, meanwhile: (Rig) throws -> Void = { _ in }) async throws {
        robot.kill()
        // What the killed daemon holds open stays open, in files that the new one does not see.
        killed.append(robot)
        let grave = "\(folder)-\(starts)"
        graves.append(grave)
        try FileManager.default.moveItem(atPath: folder, toPath: grave)
        try FileManager.default.copyItem(atPath: grave, toPath: folder)
        var moment = now
        let end = now + .nanoseconds(Int64(pause * 1e9))
        while moment < end {
            moment += .milliseconds(1)
            twin.advance(to: moment)
        }
        now = moment
        try meanwhile(self)
        starts += 1
        heard = -1
        robot = try Self.makeRobot(board, building, opener, gpio, broker, wallAtZero, start: starts)
    }

    /// What the robot is doing, in its own words.
    var doing: String { status.doing }

    /// The state of the answer in the outbox.
    func outbox(_ id: String = "lunch") -> [String: Any]? {
        guard let data = FileManager.default.contents(atPath: "\(board.missions.directory)/outbox/\(id).status.json")
        else { return nil }
        return try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    }
}

/// Whether a condition was met; handed between the run and its caller.
private final class Met: @unchecked Sendable {
    var isMet = false
}
