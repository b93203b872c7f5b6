import Synchronization

/// Serial lines in memory, for a twin in the same process: the same bytes, no kernel between the two ends.
///
///     let ports = MemoryPorts()
///     let device = ports.deviceEnd("/tmp/twin/lidar")  // the twin's end; the line exists from here on
///     let host = try ports.open(SerialLine(path: "/tmp/twin/lidar", baudRate: 115200))
///
/// Both ends never wait and hold a bounded number of bytes. `unplug` and `plug` do what pulling the connector does.
/// Safe from any thread; with one thread it is deterministic.
public final class MemoryPorts: SerialPortOpening {
    /// Bytes that wait in one direction at most, as in a tty's buffer; more is not taken.
    public static let capacity = 64 << 10

    private let cables = Mutex<[String: MemoryCable]>([:])

    public init() {}

    /// The device's end of a line; makes the line if it is new. There is one device end: every call gives the same line.
    ///
    /// It reads what the host writes. What it writes while no host has the line open is lost.
    public func deviceEnd(_ path: String) -> any SerialPort { DeviceEnd(cable: cable(path)) }

    /// The host's end of a line.
    ///
    /// Throws `PortError`: `noSuchDevice` where no device has its end or it is unplugged, `busy` while it is open.
    public func open(_ line: SerialLine) throws(PortError) -> any SerialPort {
        guard let cable = cables.withLock({ $0[line.path] }) else {
            throw PortError(.noSuchDevice, port: line.path, cause: "no such line in memory")
        }
        return try HostEnd(cable: cable, generation: cable.open(line))
    }

    /// Pulls the connector: the open host end is lost, and opening finds no device until `plug`.
    public func unplug(_ path: String) { cable(path).setPlugged(false) }

    /// Puts the connector back; the host must open the line anew.
    public func plug(_ path: String) { cable(path).setPlugged(true) }

    /// How the host has the line open now, with its rate; nil while it is closed.
    public func openLine(_ path: String) -> SerialLine? { cable(path).openLine }

    /// The level that the host put on the DTR line.
    public func isDTROn(_ path: String) -> Bool { cable(path).isDTROn }

    private func cable(_ path: String) -> MemoryCable {
        cables.withLock { cables in
            if let cable = cables[path] { return cable }
            let cable = MemoryCable(path: path)
            cables[path] = cable
            return cable
        }
    }
}

/// One line: bytes in both directions, and who has it open.
private final class MemoryCable: Sendable {
    private struct State {
        var toHost = ByteQueue()
        var toDevice = ByteQueue()
        var line: SerialLine?
        var isPlugged = true
        var isDTROn = false
        /// Counts openings and unpluggings: an end of an earlier one is lost.
        var generation = 0
    }

    let path: String
    private let state = Mutex(State())

    init(path: String) { self.path = path }

    var openLine: SerialLine? { state.withLock { $0.line } }
    var isDTROn: Bool { state.withLock { $0.isDTROn } }

    func open(_ line: SerialLine) throws(PortError) -> Int {
        try state.withLock { state throws(PortError) in
            guard state.isPlugged else { throw PortError(.noSuchDevice, port: path, cause: "unplugged") }
            guard state.line == nil else { throw PortError(.busy, port: path, cause: "already open") }
            state.generation += 1
            state.line = line
            state.toHost = ByteQueue()
            return state.generation
        }
    }

    func setPlugged(_ plugged: Bool) {
        state.withLock { state in
            guard state.isPlugged != plugged else { return }
            state.isPlugged = plugged
            state.generation += 1
            state.line = nil
            state.isDTROn = false
            state.toHost = ByteQueue()
            state.toDevice = ByteQueue()
        }
    }

    // The host's end

    private func asHost<Result>(
        _ generation: Int, _ body: (inout State) -> Result
    ) throws(PortError) -> Result {
        let result = state.withLock { $0.generation == generation && $0.line != nil ? body(&$0) : nil }
        guard let result else { throw PortError(.lost, port: path, cause: "unplugged or closed") }
        return result
    }

    func hostRead(_ generation: Int, into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        try asHost(generation) { $0.toHost.take(into: &buffer, limit: limit) }
    }

    func hostWrite(_ generation: Int, _ bytes: ArraySlice<UInt8>) throws(PortError) -> Int {
        try asHost(generation) { $0.toDevice.append(bytes) }
    }

    func setDTR(_ generation: Int, _ on: Bool) throws(PortError) {
        try asHost(generation) { $0.isDTROn = on }
    }

    func hostFlush(_ generation: Int) throws(PortError) {
        try asHost(generation) { state in
            state.toHost = ByteQueue()
            state.toDevice = ByteQueue()
        }
    }

    func hostClose(_ generation: Int) {
        state.withLock { state in
            guard state.generation == generation else { return }
            state.line = nil
            state.isDTROn = false
        }
    }

    // The device's end

    func deviceRead(into buffer: inout [UInt8], limit: Int) -> Int {
        state.withLock { $0.toDevice.take(into: &buffer, limit: limit) }
    }

    func deviceWrite(_ bytes: ArraySlice<UInt8>) -> Int {
        state.withLock { $0.line == nil ? bytes.count : $0.toHost.append(bytes) }
    }

    func deviceFlush() {
        state.withLock { state in
            state.toHost = ByteQueue()
            state.toDevice = ByteQueue()
        }
    }
}

/// Bytes in order, at most `MemoryPorts.capacity` of them.
private struct ByteQueue {
    private var bytes: [UInt8] = []
    private var start = 0

    mutating func append(_ new: ArraySlice<UInt8>) -> Int {
        let count = min(new.count, MemoryPorts.capacity - (bytes.count - start))
        bytes += new.prefix(count)
        return count
    }

    mutating func take(into buffer: inout [UInt8], limit: Int) -> Int {
        let count = min(max(0, limit), bytes.count - start)
        buffer += bytes[start..<(start + count)]
        start += count
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        } else if start > MemoryPorts.capacity {
            bytes.removeFirst(start)
            start = 0
        }
        return count
    }
}

private final class HostEnd: SerialPort {
    private let cable: MemoryCable
    private let generation: Int

    init(cable: MemoryCable, generation: Int) {
        self.cable = cable
        self.generation = generation
    }

    deinit { close() }

    var pollDescriptor: Int32? { nil }

    func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        try cable.hostRead(generation, into: &buffer, limit: limit)
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int { try cable.hostWrite(generation, bytes) }
    func setDTR(_ on: Bool) throws(PortError) { try cable.setDTR(generation, on) }
    func flush() throws(PortError) { try cable.hostFlush(generation) }
    func close() { cable.hostClose(generation) }
}

private final class DeviceEnd: SerialPort {
    private let cable: MemoryCable

    init(cable: MemoryCable) { self.cable = cable }

    var pollDescriptor: Int32? { nil }

    func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        cable.deviceRead(into: &buffer, limit: limit)
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int { cable.deviceWrite(bytes) }
    var otherEndRate: Int? { cable.openLine?.baudRate }
    func setDTR(_ on: Bool) throws(PortError) {}
    func flush() throws(PortError) { cable.deviceFlush() }
    func close() {}
}
