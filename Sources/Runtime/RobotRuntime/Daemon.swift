public import BoardFile
import BuildingImport
public import BuildingMap
import Control
import DeviceIO
import Devices
import Foundation
public import Logging
import Missions
import Realtime
import Reflow
public import RobotModel
import ServiceLifecycle
public import StructuredText
import UnixSignals

/// The daemon on the robot: everything that `RobotParts` puts together, run by threads and services in real time.
public struct Daemon: Sendable {
    /// What the daemon needs to take over a changed board file while it runs.
    public struct Rereading: Sendable {
        var read: @Sendable () throws(FileProblems) -> Board
        var setLogLevel: @Sendable (LogSettings.Level) -> Void

        public init(
            read: @escaping @Sendable () throws(FileProblems) -> Board,
            setLogLevel: @escaping @Sendable (LogSettings.Level) -> Void
        ) {
            self.read = read
            self.setLogLevel = setLogLevel
        }
    }

    private let deliberation: Deliberation
    private let services: [ServiceGroupConfiguration.ServiceConfiguration]
    private let uplink: @Sendable () -> String
    private let log: Logger

    /// - Parameters:
    ///   - socket: Path of the local socket for `doorstep`; nil for none.
    ///   - environment: Where systemd's words to a service stand.
    ///   - rereading: What SIGHUP does: how the board file is read again, and where its log level goes.
    /// - Throws: `RobotError` when the folders for missions or recordings cannot be used.
    public init(
        board: Board, building: Building, socket: String?, environment: [String: String], log: Logger,
        rereading: Rereading
    ) throws(RobotError) {
        self.log = log
        ProgramPages.release()
        // A label and some chance: the clock of a board without a battery shows the same moment at every start.
        let boot =
            String(Int64(Date().timeIntervalSince1970), radix: 36) + "."
            + String(UInt32.random(in: 0 ... .max), radix: 36)
        let parts = try RobotParts(
            board: board, building: building, ports: SystemSerialPorts(), gpio: SystemGPIOLines(),
            brokers: SystemMQTTPorts(), log: log,
            version: Doorstep.version, boot: boot, isDurable: true)
        let rack = parts.rack
        // Device threads run below the tick, so that a decoder never delays it; the wheels' thread is one of them.
        let devicePriority = max(1, board.control.priority - 20)
        guard let wheelEntry = rack.services.first(where: { $0.slot == DeviceRack.wheelsSlot }) else {
            throw RobotError(.internalError, "the rack has no wheels")
        }
        let wheels = DeviceThread(
            name: "wheels", service: wheelEntry.service, priority: devicePriority, clock: { TickClock().now })
        let executor = RealtimeExecutor(
            name: "tick",
            settings: RealtimeSettings(
                period: .nanoseconds(1_000_000_000 / Int64(board.control.tickRate)), priority: board.control.priority,
                cpu: board.control.cpu))
        let loop = ControlLoop(
            board: board, latched: parts.journal.recovered.safety, channels: parts.channels,
            records: parts.recorder.tickRecords, executor: executor,
            wakeWheels: { wheels.wake() })
        let deliberation = Deliberation(parts, isStepped: false)
        let uploader = board.reflow.station.map {
            Uploader(spool: parts.recorder.spool, station: $0, robot: board.name)
        }
        let control = ControlDesk(deliberation: deliberation)
        let manager = ServiceManager(environment: environment)
        let console = ConsoleService(board: board, control: control, log: log)
        // Stopped in the reverse order: the deliberation brings the robot to a stand while tick and devices still run,
        // and the recording is sealed last.
        var list: [any Service] = [
            RecorderService(recorder: parts.recorder, uploader: uploader),
            DeviceThreads(rack: rack, wheels: wheels, priority: devicePriority),
            LoopService(loop: loop, log: log),
            DeliberationService(deliberation: deliberation, loop: loop, manager: manager),
            console,
            IntakeService(inbox: parts.inbox, deliberation: deliberation),
            ReloadService(
                board: board, read: rereading.read,
                take: { board, change in
                    if change.taken.contains("log.level") { rereading.setLogLevel(board.log.level) }
                    // Not without need: whoever has unlocked it is locked out by it.
                    if change.taken.contains("console.unlock_hash") { console.setUnlockHash(board.console.unlockHash) }
                }, log: log),
        ]
        if let settings = board.control.hardwareWatchdog {
            // Stopped after the tick, so that it is disarmed when nothing can hang any more.
            let channels = parts.channels
            list.insert(
                HardwareWatchdogService(
                    keeper: WatchdogKeeper(
                        device: settings.device, timeout: settings.timeout, arming: LinuxWatchdogs()),
                    look: { WatchdogPolicy.Look(loop, channels, at: TickClock().now) }, log: log), at: 1)
        }
        if let socket { list.append(ControlService(server: ControlServer(path: socket, handler: control))) }
        list.append(
            WatchdogService(
                loop: loop, channels: parts.channels, deliberation: deliberation, manager: manager, log: log))
        services = list.map {
            ServiceGroupConfiguration.ServiceConfiguration(
                service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                failureTerminationBehavior: .gracefullyShutdownGroup)
        }
        uplink = { uploader?.uplink ?? "no station" }
        self.deliberation = deliberation
    }

    /// Runs until SIGTERM or SIGINT, or until a service fails.
    public func run() async throws {
        await deliberation.setUplink(uplink)
        // Below notices it tells every start and stop of a service with all that the service holds.
        var quiet = log
        quiet.logLevel = .notice
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
        log.info("stopped in order")
    }
}
