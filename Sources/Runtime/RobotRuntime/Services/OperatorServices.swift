import BoardFile
import Console
import Control
import DeviceIO
import Logging
import Realtime
import ServiceLifecycle

/// The technician's serial console, from start to stop.
struct ConsoleService: Service {
    private let console: ConsoleLine

    init(board: Board, control: any ControlHandling, log: Logger) {
        console = ConsoleLine(
            line: SerialLine(board.console.port), ports: SystemSerialPorts(), handler: control, robot: board.name,
            version: Doorstep.version, unlockHash: board.console.unlockHash, clock: { TickClock().now },
            log: { log.notice("console: \($0)") })
    }

    /// From now on another code unlocks it.
    func setUnlockHash(_ text: String) { console.setUnlockHash(text) }

    func run() async throws {
        console.start()
        try? await gracefulShutdown()
        console.stop()
    }
}

/// The local socket, from start to stop.
struct ControlService: Service {
    let server: ControlServer

    func run() async throws {
        try server.start()
        try? await gracefulShutdown()
        server.stop()
    }
}
