import DeviceIO
import Synchronization

/// Writes down what the robot hands to one of its ports, and passes it on.
final class PortTap: SerialPortOpening {
    private let ports: MemoryPorts
    private let path: String
    private let written = Mutex<[[UInt8]]>([])

    init(_ ports: MemoryPorts, path: String) {
        self.ports = ports
        self.path = path
    }

    /// The frames that were handed over since the last call.
    func take() -> [[UInt8]] {
        written.withLock { written in
            defer { written = [] }
            return written
        }
    }

    func open(_ line: SerialLine) throws(PortError) -> any SerialPort {
        let port = try ports.open(line)
        return line.path == path ? TappedPort(port) { self.note($0) } : port
    }

    private func note(_ bytes: ArraySlice<UInt8>) { written.withLock { $0.append(Array(bytes)) } }
}

private final class TappedPort: SerialPort {
    private let port: any SerialPort
    private let note: @Sendable (ArraySlice<UInt8>) -> Void

    init(_ port: any SerialPort, note: @escaping @Sendable (ArraySlice<UInt8>) -> Void) {
        self.port = port
        self.note = note
    }

    var pollDescriptor: Int32? { port.pollDescriptor }
    func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        try port.read(into: &buffer, limit: limit)
    }
    func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int {
        note(bytes)
        return try port.write(bytes)
    }
    func setDTR(_ on: Bool) throws(PortError) { try port.setDTR(on) }
    func flush() throws(PortError) { try port.flush() }
    func close() { port.close() }
}
