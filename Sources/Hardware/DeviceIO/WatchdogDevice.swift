/// An armed watchdog of the board: it resets the board when it hears nothing for its time-out.
///
/// A watchdog that is closed without `disarm` goes on waiting, and bites: that is how a crash of the daemon is noticed.
/// So nothing but an orderly end disarms it, and there is no `close`.
public protocol WatchdogDevice: AnyObject, Sendable {
    /// How long it waits, as the driver has rounded it.
    var timeout: Duration { get }
    /// A sign of life.
    ///
    /// Throws `PortError.lost` when the device does not take it.
    func feed() throws(PortError)
    /// Ends the watch for good: the daemon ends in order. A kernel set to `nowayout` watches on all the same.
    func disarm() throws(PortError)
}

/// Arms watchdogs: the kernel's, or one in memory.
public protocol WatchdogArming: Sendable {
    /// Opens a watchdog and sets its time-out; from now on it waits for signs of life.
    ///
    /// Throws `PortError`: `.noSuchDevice`, `.noPermission`, `.busy` (another program feeds it), `.failed` (it is no
    /// watchdog).
    func arm(_ device: String, timeout: Duration) throws(PortError) -> any WatchdogDevice
}
