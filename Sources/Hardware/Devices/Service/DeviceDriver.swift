public import DeviceProtocols
public import RobotModel

/// How far a device is on its way into service.
public enum DevicePhase: String, Hashable, Sendable, Codable, CaseIterable {
    /// The port is not open yet.
    case connecting
    /// The port is open; the device is asked who it is.
    case checking
    /// The right device; its motor spins up or its registers are set.
    case warmingUp
    /// In service.
    case running
    /// In service with faults (an alert, many bad frames).
    case degraded
    /// Out of service; the driver tries again.
    case recovering
}

/// What every driver counts.
public struct DeviceCounters: Hashable, Sendable, Codable {
    public var frames = 0
    public var bytesIn = 0
    public var bytesOut = 0
    public var checksumErrors = 0
    public var resyncs = 0
    public var timeouts = 0
    public var reconnects = 0
    public init() {}
}

/// A device's health, for the console, the supervisor and the recording.
public struct DeviceStatus: Sendable {
    public var slot: SlotID
    public var phase: DevicePhase
    public var counters: DeviceCounters
    /// When the last good sample was acquired.
    public var lastGood: Instant?
    /// Why it is not running, if it is not.
    public var fault: RobotError?
    /// Model, serial number, firmware as the device gave them.
    public var identity: String

    public init(slot: SlotID, phase: DevicePhase = .connecting) {
        self.slot = slot
        self.phase = phase
        counters = DeviceCounters()
        identity = ""
    }
}

/// What happens to a driver.
public enum DeviceEvent: Sendable {
    /// The port has been opened.
    case opened
    /// The port cannot be opened, or was lost.
    case closed(RobotError)
    /// Bytes have arrived.
    case bytes(ArraySlice<UInt8>)
    /// Time has passed; sent at least once a service interval.
    case time
}

/// What a driver wants done. A driver never touches a port itself.
public enum DeviceAction: Sendable {
    /// Put these bytes on the line.
    case send([UInt8])
    /// Put these bytes on the line before anything that waits: what has not begun to leave is dropped. For a stop.
    case preempt([UInt8])
    /// Drop what waits to be sent and what has arrived unread.
    case flush
    /// Set the DTR line.
    case setDTR(Bool)
    /// Close the port; the pump opens it again after a pause.
    case reopen(RobotError)
}

/// A driver whose device latches alerts that a person may clear.
public protocol AlertClearing: DeviceDriver {
    /// Clears the device's alerts; what that takes is done with the next events.
    mutating func clearAlerts()
}

/// One card: the state machine of one device, as a value. What it decodes it pushes into the rings and latest values
/// that it was made with.
public protocol DeviceDriver: Sendable {
    /// The device's health now.
    var status: DeviceStatus { get }
    /// The card of its protocol: with it a line that makes no sense is tried at the protocol's other rates. Nil where the
    /// protocol has one rate only, or none that can be told from another.
    var card: ProtocolCard? { get }
    /// In what time `time` must be sent if nothing arrives before: until then there is nothing to do. Asked after each
    /// event; a device's thread sleeps that long, so a short one costs the robot energy.
    var serviceInterval: Duration { get }
    /// How long bytes that arrive need not be looked at: what is waited for cannot be whole before. Its pieces would wake the
    /// thread for nothing.
    var inputPause: Duration { get }
    /// Takes one event and says what to do.
    mutating func handle(_ event: DeviceEvent, at now: Instant) -> [DeviceAction]
}

extension DeviceDriver {
    public var card: ProtocolCard? { nil }
    public var inputPause: Duration { .zero }

    /// The time from now to a moment, for `serviceInterval`: at least a millisecond, at most 20, in which what others ask
    /// of the driver (a command in a mailbox, `clearAlerts`) is seen.
    static func interval(from now: Instant, to moment: Instant) -> Duration {
        min(max(moment - now, .milliseconds(1)), .milliseconds(20))
    }
}
