import BoardFile
import Logging
import ServiceLifecycle
import StructuredText
import UnixSignals

/// Reads the board file again at every SIGHUP, takes over what may change while the robot runs, and says what does not.
///
/// A file that is wrong changes nothing.
struct ReloadService: Service {
    /// What the robot was started with.
    let board: Board
    let read: @Sendable () throws(FileProblems) -> Board
    /// Puts what is taken over in its place.
    let take: @Sendable (Board, BoardChange) -> Void
    let log: Logger

    func run() async throws {
        // An answer to somebody's order is heard at every level.
        var voice = log
        voice.logLevel = .notice
        var running = board
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do throws(FileProblems) {
                let now = try read()
                let change = BoardChange(from: running, to: now)
                running = change.applied(to: running, from: now)
                take(running, change)
                voice.notice("SIGHUP: the board file has been read again; \(change.sentence)")
            } catch {
                voice.error("SIGHUP: the board file is wrong, everything stays as it was:\n\(error)")
            }
        }
    }
}

extension ReloadService: CustomStringConvertible {
    /// What a log says of it: the board file has the hash of the console's code.
    var description: String { "ReloadService" }
}
