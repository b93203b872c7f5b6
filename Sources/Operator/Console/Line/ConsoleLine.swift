public import Control
public import DeviceIO
import Foundation
public import RobotModel
import Synchronization

/// The technician's console on its serial line: an ordinary thread that carries bytes between the port, a
/// `ConsoleSession` and whoever answers its questions.
///
/// It never gives up: a port that is missing or lost is tried again every second. A terminal that does not take its
/// bytes loses them, and holds up nobody.
public final class ConsoleLine: Sendable {
    private let makeLoop: @Sendable () -> ConsoleLoop
    private let mailbox: ConsoleMailbox
    private let isStarted = Mutex(false)

    /// - Parameters:
    ///   - line: The port, as the board file has it.
    ///   - handler: Answers what the session asks.
    ///   - unlockHash: The board file's hash of the unlock code; a text that is no hash leaves the console locked.
    ///   - clock: The monotonic clock.
    ///   - log: Where unlocks, orders and lost lines are told; called on the console's thread.
    public init(
        line: SerialLine, ports: any SerialPortOpening, handler: any ControlHandling, robot: String, version: String,
        unlockHash: String, clock: @escaping @Sendable () -> Instant, log: @escaping @Sendable (String) -> Void
    ) {
        let mailbox = ConsoleMailbox()
        let session = ConsoleSession(robot: robot, version: version, unlockHash: UnlockHash(text: unlockHash))
        self.mailbox = mailbox
        makeLoop = {
            ConsoleLoop(
                line: line, ports: ports, handler: handler, clock: clock, log: log, mailbox: mailbox, session: session)
        }
    }

    deinit { mailbox.stop() }

    /// Starts the thread; nothing happens when it has been started before.
    public func start() {
        let isFirst = isStarted.withLock { isStarted in
            defer { isStarted = true }
            return !isStarted
        }
        guard isFirst else { return }
        let makeLoop = makeLoop
        let thread = Thread {
            var loop = makeLoop()
            loop.run()
        }
        thread.name = "console"
        // Sized explicitly, since the process locks its memory.
        thread.stackSize = 512 * 1024
        thread.start()
    }

    /// From now on another code unlocks the console; a text that is no hash leaves it locked.
    public func setUnlockHash(_ text: String) { mailbox.leave(UnlockHash(text: text)) }

    /// Ends the thread, which says goodbye and closes the port.
    public func stop() { mailbox.stop() }
}
