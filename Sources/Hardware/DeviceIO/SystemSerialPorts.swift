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
    /// Throws `PortError`: `noSuchDevice`, `noPermission`, `busy` (with the holder's pid), `wrongRate` (the UART cannot
    /// do the rate), `failed`.
    public func open(_ line: SerialLine) throws(PortError) -> any SerialPort {
        guard let resolved = unsafe realpath(line.path, nil) else {
            throw Descriptor.openingError(errno, port: line.path)
        }
        defer { unsafe free(resolved) }
        let device = unsafe String(cString: resolved)
        if device.hasPrefix("/dev/pts/") { return try PseudoTerminalPort(line: line, device: device) }
        return try UARTPort(line: line, device: device)
    }
}
