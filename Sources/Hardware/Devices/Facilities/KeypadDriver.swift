import DeviceProtocols
public import RobotModel
import Synchronization

/// Where the mission finds the keys that were typed.
public final class KeypadMailbox: Sendable {
    /// Keys that may wait; a PIN has at most a dozen.
    private static let limit = 64
    private let keys = Mutex<[Character]>([])

    public init() {}

    /// Takes the keys typed since the last call, in order.
    public func take() -> [Character] {
        keys.withLock { keys in
            defer { keys.removeAll(keepingCapacity: true) }
            return keys
        }
    }

    func post(_ key: Character) {
        keys.withLock { if $0.count < Self.limit { $0.append(key) } }
    }
}

/// The keypad at the handover side: one byte a key, nothing to send. Silence is its normal state.
///
/// The line has no checksum. A key counts when no strange byte came within 0.1 s before it and after it, so that noise
/// does not type. Keys are never put into a status or an error.
public struct KeypadDriver: DeviceDriver {
    private let mailbox: KeypadMailbox
    private var health: DeviceStatus
    /// How far a key must be from a strange byte.
    private static let quiet = Duration.milliseconds(100)

    /// Keys that have not been quiet for long enough.
    private var typed: [(key: Character, time: Instant)] = []
    private var lastStrange: Instant?
    /// Bytes that are no keys, in this second.
    private var strangeBytes = 0
    private var windowEnd = Instant.zero

    public init(slot: SlotID, mailbox: KeypadMailbox) {
        self.mailbox = mailbox
        health = DeviceStatus(slot: slot)
        health.identity = "keypad"
    }

    public var status: DeviceStatus { health }
    public var serviceInterval: Duration { .milliseconds(20) }

    public mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction] {
        switch event {
        case .opened:
            health.phase = .running
            health.fault = nil
            windowEnd = now + .seconds(1)
            strangeBytes = 0
            typed.removeAll()
            return [.flush]
        case .closed(let reason):
            health.phase = health.phase == .connecting ? .connecting : .recovering
            health.fault = reason
        case .bytes(let bytes):
            for byte in bytes {
                if let key = KeypadCode.key(byte) {
                    if lastStrange.map({ now - $0 >= Self.quiet }) ?? true { typed.append((key, now)) }
                } else {
                    lastStrange = now
                    typed.removeAll()
                    health.counters.checksumErrors += 1
                    strangeBytes += 1
                }
            }
        case .time:
            while let first = typed.first, now - first.time >= Self.quiet {
                typed.removeFirst()
                mailbox.post(first.key)
                health.counters.frames += 1
                health.lastGood = first.time
            }
            guard health.phase == .running || health.phase == .degraded, now >= windowEnd else { return [] }
            windowEnd = now + .seconds(1)
            // A person cannot type ten wrong keys a second: that is a wrong rate or noise.
            if strangeBytes > 10 {
                health.phase = .degraded
                health.fault = RobotError(
                    .garbage, "\(health.slot): \(strangeBytes) bytes a second that are no keys",
                    expected: "one ASCII byte a key", hint: "check the rate in the board file and the cable")
            } else {
                health.phase = .running
                health.fault = nil
            }
            strangeBytes = 0
        }
        return []
    }
}
