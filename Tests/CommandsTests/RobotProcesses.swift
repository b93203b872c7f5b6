import Control
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The twin and the daemon as processes of their own, on a board file of their own: pseudo-terminals, real time, signals.
final class RobotProcesses: @unchecked Sendable {
    let folder: URL
    private let board: URL
    private var twin: Process?
    private var daemon: Process?
    private var starts = 0
    /// What the daemon has told systemd, of which this plays the part.
    let notices: NoticeSocket

    /// How long anything is waited for before the test counts it as hanging.
    private static let patience = 120.0

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "ds-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder.appending(path: "twin"), withIntermediateDirectories: true)
        let text = try String(contentsOfFile: Program.repository("BoardConfigs/twin.yaml"), encoding: .utf8)
            .replacingOccurrences(of: "site: sites", with: "site: \(Program.repository("BoardConfigs/sites"))")
            .replacingOccurrences(of: "/tmp/doorstep-twin/", with: "\(folder.path)/twin/")
            .replacingOccurrences(of: "/tmp/doorstep/", with: "\(folder.path)/")
            .replacingOccurrences(of: "  station: http://127.0.0.1:8620\n", with: "")
        board = folder.appending(path: "board.yaml")
        try Data(text.utf8).write(to: board)
        notices = try NoticeSocket(path: folder.path + "/notify.sock")
    }

    deinit {
        for process in [daemon, twin] where process?.isRunning == true {
            process?.terminate()
            process?.waitUntilExit()
        }
        try? FileManager.default.removeItem(at: folder)
    }

    func startTwin() async throws {
        twin = try Program(name: "doorstep-twin").start(
            ["--board", board.path, "--truth-file", path("truth.jsonl")], log: folder.appending(path: "twin.log"))
        try await wait("the twin's ports") { FileManager.default.fileExists(atPath: self.path("twin/lidar")) }
    }

    /// Starts the daemon and waits until it is ready.
    func startDaemon() async throws {
        starts += 1
        let before = notices.all.count
        daemon = try Program(name: "doorstepd").start(
            ["--board", board.path, "--socket", path("control.sock")],
            environment: ["NOTIFY_SOCKET": notices.path, "WATCHDOG_USEC": "2000000"],
            log: folder.appending(path: "daemon\(starts).log"))
        try await wait("the daemon to be ready") {
            self.notices.all.dropFirst(before).contains { $0.hasPrefix("READY=1\n") }
        }
    }

    func signal(_ number: Int32) {
        if let daemon { kill(daemon.processIdentifier, number) }
    }

    /// Changes the board file that both were started with.
    func editBoard(_ change: (String) -> String) throws {
        try Data(change(String(contentsOf: board, encoding: .utf8)).utf8).write(to: board)
    }

    /// What the daemon has written since its last start.
    var log: String { (try? String(contentsOfFile: path("daemon\(starts).log"), encoding: .utf8)) ?? "" }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    /// Sends the daemon a signal and waits for its end: its exit code, or the negative number of the signal.
    func end(with signal: Int32) async throws -> Int32 {
        guard let daemon else { return 0 }
        kill(daemon.processIdentifier, signal)
        try await wait("the daemon's end") { !daemon.isRunning }
        return daemon.terminationReason == .exit ? daemon.terminationStatus : -daemon.terminationStatus
    }

    /// Asks the daemon, on a thread of its own since that waits.
    func status() async throws -> RobotStatus {
        guard case .status(let status) = try await ask(.status) else { throw Hanging(what: "the status") }
        return status
    }

    @discardableResult
    func ask(_ request: ControlRequest) async throws -> ControlResponse {
        let socket = path("control.sock")
        return try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try ControlClient(path: socket).ask(request) }) }.start()
        }
    }

    /// The first thing that the twin writes from now on of what really is.
    func nextTruth() async throws -> [String: Any] {
        func lines() -> [Substring] {
            let text = (try? String(contentsOfFile: path("truth.jsonl"), encoding: .utf8)) ?? ""
            // What stands behind the last line feed is not whole yet.
            return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        }
        let count = lines().count
        try await wait("the twin's truth") { lines().count > count }
        return try JSONSerialization.jsonObject(with: Data(lines()[count].utf8)) as? [String: Any] ?? [:]
    }

    /// Waits until something holds; never in step with a clock, but not for ever either.
    func wait(_ what: String, until condition: () async throws -> Bool) async throws {
        let end = Date().addingTimeInterval(Self.patience)
        while Date() < end {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw Hanging(what: "\(what); the daemon's last words: \(log.suffix(1500))")
    }

    struct Hanging: Error { var what: String }
}

/// The socket on which systemd listens for sd_notify(3).
final class NoticeSocket: Sendable {
    let path: String
    private let descriptor: Int32
    private let received = Mutex<[String]>([])

    init(path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw RobotProcesses.Hanging(what: "cannot bind \(path)") }
    }

    deinit { close(descriptor) }

    /// Everything that has come so far.
    var all: [String] {
        received.withLock { received in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                guard count > 0 else { return received }
                received.append(String(decoding: buffer.prefix(count), as: UTF8.self))
            }
        }
    }
}
