public import ArgumentParser
import BoardFile
import Foundation
import Logging
import RobotModel
import RobotRuntime
import StructuredText

#if canImport(Glibc)
    import Glibc
#endif

/// Arguments and exit codes of the daemon; what it does is `Daemon`.
public struct DaemonCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "doorstepd",
        abstract: "Runs a delivery robot until SIGTERM.",
        discussion: """
            Exit codes: 0 after SIGTERM or SIGINT, 64 for wrong arguments, 69 when a folder, socket or thread cannot be \
            had, 70 when a part of it fails, 78 for a wrong board file or site. A device that is missing is no reason \
            to end: the status names it, and it is tried again.

            SIGHUP makes it read the board file again and take over log.level and console.unlock_hash, and nothing else; \
            the log says which other keys have changed and wait for a restart. A file that is wrong changes nothing.

            SIGTERM and SIGINT bring the robot to a stand within five seconds, give back doors and lifts, and seal the \
            recording.
            """,
        version: Doorstep.version)

    @Option(help: "The robot's board file.")
    var board: String

    @Option(help: "Path of the local socket for `doorstep`.")
    var socket = "/run/doorstep/control.sock"

    @Option(
        help: ArgumentHelp(
            "The least important log records that are written, in place of the board file's log.level.",
            discussion: "trace, debug, info, notice, warning, error or critical"),
        transform: { text in
            guard let level = Logger.Level(rawValue: text) else {
                throw ValidationError("'\(text)' is no log level; expected one of trace ... critical")
            }
            return level
        })
    var logLevel: Logger.Level?

    public init() {}

    public func run() async throws {
        // Until it can be obeyed it is no reason to end.
        signal(SIGHUP, SIG_IGN)
        // Missions carry codes, recordings show people: what the daemon writes is its own user's.
        umask(0o077)
        let environment = ProcessInfo.processInfo.environment
        let reader = JournalLogHandler.Reader.atStandardError(environment: environment)
        let threshold = LogThreshold(logLevel ?? .info)
        LoggingSystem.bootstrap { _ in JournalLogHandler(reader: reader, threshold: threshold) }
        let log = Logger(label: "doorstepd")
        let daemon: Daemon
        do {
            // A level that was asked for on the command line stays: for it the board file does not change.
            let (given, path) = (logLevel, board)
            let read: @Sendable () throws(FileProblems) -> RobotFiles = { () throws(FileProblems) in
                var files = try RobotFiles(boardPath: path)
                if given != nil { files.board.contents["log.level"] = nil }
                return files
            }
            let setLogLevel: @Sendable (LogSettings.Level) -> Void = { level in
                threshold.level = given ?? Logger.Level(rawValue: level.rawValue) ?? .info
            }
            let files = try read()
            setLogLevel(files.board.log.level)
            daemon = try Daemon(
                board: files.board, building: files.building, socket: socket, environment: environment, log: log,
                rereading: Daemon.Rereading(
                    read: { () throws(FileProblems) in try read().board }, setLogLevel: setLogLevel))
        } catch let problems as FileProblems {
            tell(problems.description, reader)
            throw ExitCode(EX_CONFIG)
        } catch let error as RobotError {
            tell(error.description, reader)
            throw ExitCode(error.code == .invalidFile ? EX_CONFIG : EX_UNAVAILABLE)
        }
        do {
            try await daemon.run()
        } catch {
            log.critical("\((error as? RobotError)?.description ?? String(describing: error))")
            throw ExitCode(error is RobotError ? EX_UNAVAILABLE : EX_SOFTWARE)
        }
    }

    /// What keeps the daemon from starting: in full, and for a person without times in front of it.
    private func tell(_ text: String, _ reader: JournalLogHandler.Reader) {
        switch reader {
        case .journal: JournalLogHandler.write(text, level: .critical, for: .journal)
        case .person: FileHandle.standardError.write(Data((text + "\n").utf8))
        }
    }
}
