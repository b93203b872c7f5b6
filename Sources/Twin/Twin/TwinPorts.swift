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

/// Pseudo-terminals, linked at the paths of the board file.
public final class TwinPseudoTerminals: TwinPorts {
    private var ports: [String: PluggableTerminal] = [:]

    public init() {}

    public func deviceEnd(of line: SerialLine) throws(PortError) -> any SerialPort {
        let port = PluggableTerminal(path: line.path)
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

/// A pseudo-terminal that can go and come back; while it is gone nothing passes.
private final class PluggableTerminal: SerialPort {
    private let path: String
    private let pair = Mutex<PseudoTerminalPair?>(nil)

    init(path: String) { self.path = path }

    func plug() throws(PortError) {
        try pair.withLock { pair throws(PortError) in
            if pair == nil { pair = try PseudoTerminalPair(path: path) }
        }
    }

    func unplug() {
        pair.withLock { pair in
            pair?.close()
            pair = nil
        }
    }

    private var present: PseudoTerminalPair? { pair.withLock { $0 } }

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
