public import RobotModel
import Synchronization

/// A watchdog in memory, on a clock that the test drives: it notes that it would have reset the board.
public final class MemoryWatchdog: WatchdogArming {
    private struct State {
        var refusal: PortError.Code?
        var isArmed = false
        var isLost = false
        var timeout = Duration.zero
        var lastFed = Instant.zero
        var now = Instant.zero
        var feeds = 0
        var hasBitten = false
    }

    private let state = Mutex(State())

    public init() {}

    /// Makes `arm` fail, or mends it.
    public func refuse(_ code: PortError.Code?) { state.withLock { $0.refusal = code } }

    /// Makes `feed` and `disarm` fail, or mends them.
    public func setLost(_ lost: Bool) { state.withLock { $0.isLost = lost } }

    /// Lets time pass.
    public func advance(to now: Instant) {
        state.withLock { state in
            state.now = now
            if state.isArmed, now - state.lastFed > state.timeout { state.hasBitten = true }
        }
    }

    public var isArmed: Bool { state.withLock { $0.isArmed } }
    /// Signs of life so far.
    public var feeds: Int { state.withLock { $0.feeds } }
    /// Whether a board would have been reset.
    public var hasBitten: Bool { state.withLock { $0.hasBitten } }

    public func arm(_ device: String, timeout: Duration) throws(PortError) -> any WatchdogDevice {
        try state.withLock { state throws(PortError) in
            if let refusal = state.refusal { throw PortError(refusal, port: device, cause: "refused") }
            guard !state.isArmed else { throw PortError(.busy, port: device, cause: "another program feeds it") }
            state.isArmed = true
            state.timeout = timeout
            state.lastFed = state.now
        }
        return MemoryWatchdogDevice(watchdog: self, device: device, timeout: timeout)
    }

    fileprivate func feed(_ device: String) throws(PortError) {
        try state.withLock { state throws(PortError) in
            guard !state.isLost else { throw PortError(.lost, port: device, cause: "lost") }
            state.feeds += 1
            state.lastFed = state.now
        }
    }

    fileprivate func disarm(_ device: String) throws(PortError) {
        try state.withLock { state throws(PortError) in
            guard !state.isLost else { throw PortError(.lost, port: device, cause: "lost") }
            state.isArmed = false
        }
    }
}

private final class MemoryWatchdogDevice: WatchdogDevice {
    let timeout: Duration
    private let watchdog: MemoryWatchdog
    private let device: String

    init(watchdog: MemoryWatchdog, device: String, timeout: Duration) {
        self.watchdog = watchdog
        self.device = device
        self.timeout = timeout
    }

    func feed() throws(PortError) { try watchdog.feed(device) }
    func disarm() throws(PortError) { try watchdog.disarm(device) }
}
