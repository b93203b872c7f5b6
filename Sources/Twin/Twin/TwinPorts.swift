public import DeviceIO
import Synchronization

/// Where the twin's devices get their ends of the serial lines from.
public protocol TwinPorts: AnyObject {
    /// The device's end of the line at a path; the line exists from now on.
    func deviceEnd(of line: SerialLine) throws(PortError) -> any SerialPort
    /// Pulls the connector of a line, or puts it back.
    func setPlugged(_ path: String, _ isPlugged: Bool)
}

extension MemoryPorts: TwinPorts {
    public func deviceEnd(of line: SerialLine) -> any SerialPort { deviceEnd(line.path) }

    public func setPlugged(_ path: String, _ isPlugged: Bool) {
        if isPlugged { plug(path) } else { unplug(path) }
    }
}

/// The machine's own means: pseudo-terminals, linked at the paths of the board file, and for paths that are reached over
/// IP sockets on the loopback address (`udp:` sends each datagram to its port, `tcp:` listens on it).
public final class TwinPseudoTerminals: TwinPorts {
    private var ports: [String: PluggablePort] = [:]

    public init() {}

    public func deviceEnd(of line: SerialLine) throws(PortError) -> any SerialPort {
        let port = PluggablePort(path: line.path)
        try port.plug()
        ports[line.path] = port
        return port
    }

    public func setPlugged(_ path: String, _ isPlugged: Bool) {
        guard let port = ports[path] else { return }
        guard isPlugged else { return port.unplug() }
        // A path that cannot be made again stays unplugged; the next call tries again.
        try? port.plug()
    }
}

/// A port that can go and come back; while it is gone nothing passes.
private final class PluggablePort: SerialPort {
    private let path: String
    private let port = Mutex<(any SerialPort)?>(nil)

    init(path: String) { self.path = path }

    func plug() throws(PortError) {
        try port.withLock { port throws(PortError) in
            if port == nil { port = try Self.make(path) }
        }
    }

    private static func make(_ path: String) throws(PortError) -> any SerialPort {
        if path.hasPrefix("udp:") { return try UDPSender(path: path) }
        if path.hasPrefix("tcp:") { return try TCPServerPort(path: path) }
        return try PseudoTerminalPair(path: path)
    }

    func unplug() {
        port.withLock { port in
            port?.close()
            port = nil
        }
    }

    private var present: (any SerialPort)? { port.withLock { $0 } }

    var pollDescriptor: Int32? { present?.pollDescriptor }

    func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        try present?.read(into: &buffer, limit: limit) ?? 0
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int { try present?.write(bytes) ?? bytes.count }
    var otherEndRate: Int? { present?.otherEndRate }
    func setDTR(_ on: Bool) throws(PortError) {}
    func flush() throws(PortError) { try present?.flush() }
    func close() { unplug() }
}
