import Control
import ServiceLifecycle

/// The local socket, from start to stop.
struct ControlService: Service {
    let server: ControlServer

    func run() async throws {
        try server.start()
        try? await gracefulShutdown()
        server.stop()
    }
}
