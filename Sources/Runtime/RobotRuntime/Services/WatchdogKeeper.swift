public import DeviceIO
public import RobotModel

/// Arms a watchdog of the board, feeds it while the policy says so, and disarms it at an orderly end.
///
/// Without the device the daemon runs on and says so once; it is tried again every 10 s. An armed watchdog is never let
/// go of but by `disarm`.
public struct WatchdogKeeper: Sendable {
    static let armEvery = Duration.seconds(10)

    private let device: String
    private let wanted: Duration
    private let arming: any WatchdogArming
    private var policy = WatchdogPolicy()
    private var watchdog: (any WatchdogDevice)?
    private var nextArming: Instant?
    /// What was said last: a trouble is said once.
    private var told: RobotError?

    /// - Parameters:
    ///   - device: "/dev/watchdog", or another of the board's.
    ///   - timeout: How long the board shall wait before it resets itself.
    public init(device: String, timeout: Duration, arming: any WatchdogArming) {
        self.device = device
        wanted = timeout
        self.arming = arming
    }

    /// How long the armed watchdog waits; nil while none is armed.
    public var armedTimeout: Duration? { watchdog?.timeout }

    /// How often to call `step`: four chances within the time-out, and no rarer than once a second.
    public var interval: Duration { min((watchdog?.timeout ?? wanted) / 4, .seconds(1)) }

    /// One look at the daemon.
    ///
    /// - Returns: What is newly wrong: the device cannot be had, does not take its food, or is left hungry.
    public mutating func step(_ look: WatchdogPolicy.Look) -> RobotError? {
        let verdict = policy.judge(look)
        arm(at: look.time)
        guard let watchdog else { return told == nil ? nil : takeNews() }
        switch verdict {
        case .feed:
            do throws(PortError) {
                try watchdog.feed()
                told = nil
                isNews = false
                return nil
            } catch {
                tell(RobotError(error, watchdog: device))
            }
        case .starve(let reason):
            tell(
                RobotError(
                    .deadlinePassed, "the board's watchdog (\(device)) is not fed: \(reason)",
                    hint: "the board resets itself after \(watchdog.timeout.nanoseconds / 1_000_000_000) s of this"))
        }
        return takeNews()
    }

    /// The daemon ends in order: the board goes on without it.
    public mutating func disarm() -> RobotError? {
        guard let watchdog else { return nil }
        self.watchdog = nil
        nextArming = nil
        do throws(PortError) {
            try watchdog.disarm()
            return nil
        } catch {
            return RobotError(error, watchdog: device)
        }
    }

    private var isNews = false

    private mutating func arm(at now: Instant) {
        guard watchdog == nil, nextArming.map({ now >= $0 }) ?? true else { return }
        nextArming = now + Self.armEvery
        do throws(PortError) {
            watchdog = try arming.arm(device, timeout: wanted)
        } catch {
            tell(RobotError(error, watchdog: device))
        }
    }

    private mutating func tell(_ error: RobotError) {
        // The figures in the words change from look to look; the kind of trouble is what is news.
        if told?.code != error.code { isNews = true }
        told = error
    }

    private mutating func takeNews() -> RobotError? {
        defer { isNews = false }
        return isNews ? told : nil
    }
}

extension RobotError {
    /// Why a watchdog of the board does not serve, with what to do about it.
    init(_ error: PortError, watchdog device: String) {
        let name = "the board's watchdog (\(device))"
        switch error.code {
        case .noSuchDevice:
            self.init(
                .noSuchDevice, "\(name): no such device: \(error.cause)",
                hint: "load its module (`ls /dev/watchdog*`), or take control.hardware_watchdog out of the board file; "
                    + "the daemon runs on without it")
        case .noPermission:
            self.init(
                .noPermission, "\(name): no permission: \(error.cause)",
                hint: "the udev rules and DeviceAllow= of the service's unit let the user doorstep in")
        case .busy:
            self.init(
                .busy, "\(name): another program feeds it: \(error.cause)",
                hint: "systemd does where RuntimeWatchdogSec= is set in /etc/systemd/system.conf: one of the two "
                    + "can have it")
        case .lost, .wrongRate, .failed:
            self.init(
                .unavailable, "\(name) does not work: \(error.cause)",
                hint: "is \(device) a watchdog (`wdctl \(device)`)? The daemon runs on without it")
        }
    }
}
