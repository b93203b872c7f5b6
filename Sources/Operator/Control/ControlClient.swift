public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The other end of the daemon's local socket. Waits for answers, so it is for tools and not for the daemon.
public final class ControlClient {
    private let socket: LocalSocket

    /// Connects.
    ///
    /// - Throws: `RobotError` with the cause and a hint when no daemon listens at `path`.
    public init(path: String) throws(RobotError) { socket = try LocalSocket.connect(to: path) }

    deinit { close(socket.descriptor) }

    /// Asks and waits for the answer.
    public func ask(_ request: ControlRequest) throws(RobotError) -> ControlResponse {
        do {
            // A daemon that takes no more guests says so and hangs up before it has read anything.
            _ = socket.writeLine(try ControlCoding.encode(request))
            guard let line = socket.readLine() else {
                throw RobotError(.lost, "the daemon hung up", hint: "`systemctl status doorstepd` says why")
            }
            return try ControlCoding.decode(ControlResponse.self, from: line)
        } catch let error as RobotError {
            throw error
        } catch {
            throw RobotError(
                .internalError, "the daemon's answer cannot be read: \(error)",
                hint: "do daemon and client have the same version?")
        }
    }
}
