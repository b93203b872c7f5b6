#if canImport(Glibc)
    import Glibc
#endif

/// Opens the machine's serial ports: real UARTs through libserialport, pseudo-terminals through termios.
///
/// The path is resolved at every open, since a by-id link points to another ttyUSB after a replug.
public struct SystemSerialPorts: SerialPortOpening {
    public init() {}

    /// Opens a line for this process alone.
    ///
    /// Throws `PortError`, each with what was found out about it: `noSuchDevice` (what is plugged in instead),
    /// `noPermission` (whose the device is), `busy` (the process that holds it, or that has it open without a lock),
    /// `wrongRate` (the UART cannot do the rate, parity or stop bits), `failed`.
    public func open(_ line: SerialLine) throws(PortError) -> any SerialPort {
        guard let resolved = unsafe realpath(line.path, nil) else {
            throw PortError.opening(line.path, device: line.path, failed: errno)
        }
        defer { unsafe free(resolved) }
        let device = unsafe String(cString: resolved)
        if device.hasPrefix("/dev/pts/") { return try PseudoTerminalPort(line: line, device: device) }
        return try UARTPort(line: line, device: device)
    }
}
