public import BoardFile
public import BuildingMap
public import Control
public import DeviceIO
import Devices
public import Logging
import Missions
import Realtime
public import Reflow
public import RobotModel
import Synchronization

/// The whole daemon on a hand-driven clock: the same devices, tick, deliberation, missions and recorder, one thread, no
/// sleeping. A ten-minute mission takes seconds, and the same inputs give the same decisions.
///
///     let robot = try SteppedRobot(board: board, building: building, ports: memory, gpio: lines, log: log)
///     await robot.run(until: { … }) { now in twin.advance(to: now) }
public final class SteppedRobot: Sendable {
    /// What a step of the clock is.
    public static let step = Duration.milliseconds(1)

    private let parts: RobotParts
    private let loop: ControlLoop
    private let deliberation: Deliberation
    private let executor: RealtimeExecutor
    private let control: ControlDesk

    private let isThinking = Atomic<Bool>(true)

    /// Civil time at the clock's zero: a label, nothing depends on it but promised times.
    private let wallAtZero: Mutex<WallTime>

    /// - Parameters:
    ///   - ports: The board's serial lines, in memory.
    ///   - gpio: The board's GPIO lines, in memory.
    ///   - brokers: Where the building's broker is found, in memory.
    ///   - boot: Names this run in recordings.
    public init(
        board: Board, building: Building, ports: any SerialPortOpening, gpio: any GPIOLineOpening,
        brokers: any MQTTPortOpening = MemoryBroker(), log: Logger,
        boot: String = "stepped", wallAtZero: WallTime = WallTime(secondsSince1970: 1_795_262_400)
    ) throws(RobotError) {
        parts = try RobotParts(
            board: board, building: building, ports: ports, gpio: gpio, brokers: brokers, log: log,
            version: Doorstep.version, boot: boot,
            isDurable: false)
        executor = RealtimeExecutor(name: "stepped", settings: .manual)
        try executor.start()
        loop = ControlLoop(
            board: board, latched: parts.journal.recovered.safety, channels: parts.channels,
            records: parts.recorder.tickRecords, executor: executor,
            wakeWheels: {})
        deliberation = Deliberation(parts, isStepped: true)
        control = ControlDesk(deliberation: deliberation)
        self.wallAtZero = Mutex(wallAtZero)
    }

    /// Sets civil time, as whoever sets the machine's clock does: from now on it is this much later (or earlier).
    public func jumpWall(by seconds: Double) {
        wallAtZero.withLock { $0 = WallTime(secondsSince1970: $0.secondsSince1970 + seconds) }
    }

    private func wall(at now: Instant) -> WallTime {
        WallTime(secondsSince1970: wallAtZero.withLock { $0.secondsSince1970 } + now.seconds(since: .zero))
    }

    /// Lets time pass in steps of a millisecond from `start` until `until` says so or `end` is reached.
    ///
    /// - Parameters:
    ///   - world: Called at the beginning of every step: lets the twin's time pass.
    ///   - until: Asked every 50 ms.
    ///   - observer: Looks at every tick.
    /// - Returns: The moment that was reached.
    @discardableResult
    public func run(
        from start: Instant, to end: Instant, observer: TickObserver? = nil,
        until: sending @escaping () async -> Bool = { false },
        world: sending @escaping (Instant) -> Void
    ) async -> Instant {
        await withTaskExecutorPreference(executor) { [self] in
            var now = start
            while now < end {
                now += Self.step
                world(now)
                await advance(to: now, observer)
                if now.nanoseconds % 50_000_000 == 0, await until() { break }
            }
            return now
        }
    }

    /// Everything the daemon does in one millisecond.
    private func advance(to now: Instant, _ observer: TickObserver?) async {
        parts.rack.service(at: now)
        await loop.tick(at: now, observer: observer)
        let wall = wall(at: now)
        if now.nanoseconds % (1_000_000_000 / Int64(Deliberation.rate)) == 0, isThinking.load(ordering: .relaxed) {
            await deliberation.step(at: now, wall: wall)
        }
        if now.nanoseconds % 100_000_000 == 0 { parts.recorder.step(at: now, wall: wall) }
    }

    /// Everything about the robot at this moment.
    public func status() async -> RobotStatus {
        var status = await deliberation.snapshot()
        // Not by way of the deliberation, which records it: what the tasks really took is another figure in every run.
        status.tick = LoopHealth(loop).section
        return status
    }

    /// The daemon's side of console and socket.
    public func answer(_ request: ControlRequest) async -> ControlResponse { await control.answer(request) }

    /// The recorder's figures.
    public var recorded: Recorder.Statistics { parts.recorder.statistics }

    /// The segments that wait for an uplink.
    public var spool: Spool { parts.recorder.spool }

    /// The report of one tick that a test wants to look into: what the safety supervisor decides and the wheels get.
    public var safety: SafetyState { parts.channels.report.load().safety }

    /// Ticks done so far.
    public var ticks: Int { loop.counter.load(ordering: .relaxed) }

    /// What a watchdog would see of this daemon now.
    ///
    /// - Parameter steps: Steps of the deliberation, for the watchdog that asks for them.
    public func watchdogLook(steps: Int? = nil, at now: Instant) -> WatchdogPolicy.Look {
        WatchdogPolicy.Look(loop, parts.channels, steps: steps, at: now)
    }

    /// Asks for an orderly end, as SIGTERM does: stop, release what can be released. Run on until `hasStopped`.
    public func beginShutdown() async { await deliberation.receive(.shutdown) }

    /// Whether the orderly end is over; it takes at most 3 s of the clock.
    public var hasStopped: Bool { get async { await deliberation.hasStopped } }

    /// The line for `systemctl status`.
    public var statusLine: String { get async { await deliberation.statusLine } }

    /// Leaves the deliberation's steps out (true), as if it hung on something, until it is let go on (false).
    public func stallDeliberation(_ stalled: Bool) { isThinking.store(!stalled, ordering: .relaxed) }

    /// As kill -9 leaves it: the ports are closed by the system, nothing else is done any more.
    public func kill() {
        for entry in parts.rack.services { entry.service.stop() }
    }

    /// Seals the recording.
    public func finish(at now: Instant) {
        parts.recorder.finish(at: now, wall: wall(at: now))
    }
}
