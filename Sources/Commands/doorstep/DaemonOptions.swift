import ArgumentParser
import Control
import Foundation
import RobotModel

/// Where the daemon is found.
struct DaemonOptions: ParsableArguments {
    @Option(help: "The daemon's local socket; $DOORSTEP_SOCKET, or /run/doorstep/control.sock.")
    var socket: String?

    /// Asks the daemon and waits for its answer; a refusal is thrown.
    func ask(_ request: ControlRequest) throws(RobotError) -> ControlResponse {
        let path = socket ?? ProcessInfo.processInfo.environment["DOORSTEP_SOCKET"] ?? "/run/doorstep/control.sock"
        let response = try ControlClient(path: path).ask(request)
        if case .refused(let error) = response { throw error }
        return response
    }

    /// Asks for the status.
    func status() throws(RobotError) -> RobotStatus {
        guard case .status(let status) = try ask(.status) else { throw unexpected }
        return status
    }

    /// Gives an order and says what became of it.
    func order(_ request: ControlRequest) throws(RobotError) {
        guard case .done(let words) = try ask(request) else { throw unexpected }
        print(words)
    }

    private var unexpected: RobotError {
        RobotError(
            .internalError, "the daemon gave another answer than was asked for",
            hint: "do daemon and client have the same version?")
    }
}
