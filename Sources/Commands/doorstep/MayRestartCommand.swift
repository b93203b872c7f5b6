import ArgumentParser
import Control
import Foundation
import RobotModel

/// `doorstep may-restart`
struct MayRestartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "may-restart", abstract: "Says whether a restart of the daemon would do harm now.",
        discussion: """
            Exit code 0 when the robot stands still and has no mission, or when no daemon runs; 75 when it would do \
            harm. An upgrade of the package asks this before it restarts the daemon.
            """)

    @OptionGroup var daemon: DaemonOptions

    @Flag(help: "Wait until it would do none.")
    var wait = false

    func run() throws { try complaining { try askUntilAnswered() } }

    private func askUntilAnswered() throws {
        var told = ""
        while true {
            do throws(RobotError) {
                guard case .done = try daemon.ask(.mayRestart) else { return }
                print("a restart does no harm now")
                return
            } catch {
                switch error.code {
                case .unavailable:
                    print("no daemon answers, so nothing stands in the way: \(error.what)")
                    return
                case .busy: break
                // It hung up on this one question; it may be there for the next.
                case .lost where wait: break
                default: throw error
                }
                guard wait else {
                    print("not now: \(error.what)")
                    throw ExitCode(EX_TEMPFAIL)
                }
                if error.what != told { print("waiting: \(error.what)") }
                told = error.what
            }
            Thread.sleep(forTimeInterval: 2)
        }
    }
}
