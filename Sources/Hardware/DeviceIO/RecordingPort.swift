public import RobotModel

/// A serial port that tells what goes through it, and otherwise is the port that it wraps.
///
///     let opener = RecordingPorts(SystemSerialPorts(), clock: clock) { record in trace.push(record) }
///     let pump = DevicePump(driver: driver, line: line, opener: opener)
///
/// Told are the bytes that were really read and really taken, each call's as one piece. The closure is called on the
/// thread that uses the port, before the call returns: it must not wait.
public final class RecordingPort: SerialPort {
    private let port: any SerialPort
    private let clock: @Sendable () -> Instant
    private let record: @Sendable (RawLineRecord) -> Void

    public init(
        _ port: any SerialPort, clock: @escaping @Sendable () -> Instant,
        record: @escaping @Sendable (RawLineRecord) -> Void
    ) {
        self.port = port
        self.clock = clock
        self.record = record
    }

    public var pollDescriptor: Int32? { port.pollDescriptor }
    public var otherEndRate: Int? { port.otherEndRate }

    public func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        let start = buffer.count
        // What a port had given before it failed was heard, too.
        defer { if buffer.count > start { record(RawLineRecord(.fromDevice, Array(buffer[start...]), at: clock())) } }
        return try port.read(into: &buffer, limit: limit)
    }

    public func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int {
        let taken = try port.write(bytes)
        if taken > 0 { record(RawLineRecord(.toDevice, Array(bytes.prefix(taken)), at: clock())) }
        return taken
    }

    public func setDTR(_ on: Bool) throws(PortError) { try port.setDTR(on) }
    public func flush() throws(PortError) { try port.flush() }
    public func close() { port.close() }
}

/// Opens ports by another opener and wraps each into a `RecordingPort`: a pump opens its port anew after every loss.
public struct RecordingPorts: SerialPortOpening {
    private let opener: any SerialPortOpening
    private let clock: @Sendable () -> Instant
    private let record: @Sendable (RawLineRecord) -> Void

    public init(
        _ opener: any SerialPortOpening, clock: @escaping @Sendable () -> Instant,
        record: @escaping @Sendable (RawLineRecord) -> Void
    ) {
        self.opener = opener
        self.clock = clock
        self.record = record
    }

    public func open(_ line: SerialLine) throws(PortError) -> any SerialPort {
        RecordingPort(try opener.open(line), clock: clock, record: record)
    }
}
