import CLinuxRealtime
import RobotModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The kernel's watchdogs, "/dev/watchdog" and its like (Documentation/watchdog/watchdog-api.rst).
public struct LinuxWatchdogs: WatchdogArming {
    public init() {}

    public func arm(_ device: String, timeout: Duration) throws(PortError) -> any WatchdogDevice {
        // Opening arms it. The kernel lets one program in (EBUSY); systemd is one, where RuntimeWatchdogSec= is set.
        let descriptor = unsafe open(device, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Descriptor.openingError(errno, port: device) }
        let wanted = Int32(clamping: max(1, (timeout.nanoseconds + 999_999_999) / 1_000_000_000))
        var granted = doorstep_watchdog_set_timeout(descriptor, wanted)
        // Some boards' time cannot be set (EOPNOTSUPP): theirs counts.
        if granted == -EOPNOTSUPP { granted = doorstep_watchdog_timeout(descriptor) }
        guard granted > 0 else {
            // One that would not tell its time must not be left to bite; into what is no watchdog nothing is written.
            if granted != -ENOTTY { LinuxWatchdog.sayFarewell(descriptor) }
            close(descriptor)
            throw PortError(.failed, port: device, cause: systemMessage(-granted))
        }
        return LinuxWatchdog(descriptor, device: device, timeout: .seconds(Int(granted)))
    }
}

/// One of the kernel's watchdogs, armed.
private final class LinuxWatchdog: WatchdogDevice {
    let timeout: Duration
    private let device: String
    /// -1 once it is disarmed.
    private let descriptor: Mutex<Int32>

    init(_ descriptor: Int32, device: String, timeout: Duration) {
        self.descriptor = Mutex(descriptor)
        self.device = device
        self.timeout = timeout
    }

    func feed() throws(PortError) {
        let result = descriptor.withLock { $0 >= 0 ? doorstep_watchdog_keep_alive($0) : 0 }
        if result < 0 { throw PortError(.lost, port: device, cause: systemMessage(-result)) }
    }

    func disarm() throws(PortError) {
        let isDone = descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return true }
            defer {
                close(descriptor)
                descriptor = -1
            }
            return Self.sayFarewell(descriptor)
        }
        if !isDone { throw PortError(.lost, port: device, cause: "it does not take the farewell; it watches on") }
    }

    /// Magic close: a 'V' right before the end tells the driver that the end is meant.
    @discardableResult
    static func sayFarewell(_ descriptor: Int32) -> Bool {
        var farewell = UInt8(ascii: "V")
        return unsafe write(descriptor, &farewell, 1) == 1
    }
}
