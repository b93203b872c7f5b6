#if canImport(Glibc)
    import Glibc
#endif

/// Opens the machine's ports: real UARTs through libserialport, pseudo-terminals through termios, and what is reached
/// over IP (`udp:2368`, `tcp:192.168.1.201:9347`; see `NetworkPath`) through sockets, where a rate means nothing.
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
        switch try NetworkPath(line.path) {
        case .udp(let address, let port, let sender)?:
            return try UDPPort(path: line.path, address: address, port: port, sender: sender)
        case .tcp(let address, let port)?: return try TCPPort(path: line.path, address: address, port: port)
        case nil: break
        }
        guard let resolved = unsafe realpath(line.path, nil) else {
            throw PortError.opening(line.path, device: line.path, failed: errno)
        }
        defer { unsafe free(resolved) }
        let device = unsafe String(cString: resolved)
        if device.hasPrefix("/dev/pts/") { return try PseudoTerminalPort(line: line, device: device) }
        return try UARTPort(line: line, device: device)
    }
}
