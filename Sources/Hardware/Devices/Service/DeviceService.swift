public import RobotModel

/// A device with its port: what a device's thread drives, and what a hand-driven clock drives in a test.
public protocol DeviceService: AnyObject, Sendable {
    /// The device's health; may be read from any thread.
    var status: DeviceStatus { get }
    /// What to `poll(2)` for input; empty while nothing is open, and in memory.
    var pollDescriptors: [Int32] { get }
    /// How long to wait for input at most before the next call of `service`.
    var serviceInterval: Duration { get }
    /// How long input need not be looked at; a wake-up ends the wait all the same.
    var inputPause: Duration { get }
    /// Does everything that can be done now. Never waits.
    func service(at now: Instant)
    /// Closes the port for good.
    func stop()
}

extension DeviceService {
    public var inputPause: Duration { .zero }
}
