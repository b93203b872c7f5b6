public import RobotModel
import Synchronization

/// GPIO lines in memory, for a twin in the same process and for tests.
///
/// Levels here are physical; the lines that are opened apply their polarity, as real ones do. Safe from any thread.
public final class MemoryGPIO: GPIOLineOpening {
    private let lines = Mutex<[Int: Line]>([:])

    fileprivate struct Line {
        var level = false
        /// The level while nobody drives the line: what a pull resistor makes of it.
        var idle = false
        var edges: [GPIOEdge] = []
        /// Edges since the request, those that were dropped too.
        var sequence: UInt32 = 0
        var request: GPIORequest?
        var isLost = false
    }

    private let edgeCapacity: Int
    private let numbersEdges: Bool

    /// A chip as libgpiod 1.6 shows it: 16 edges may wait on a line, then the newest is dropped, and nobody counts them.
    /// With `numbersEdges` each has its number, as in 2.x.
    public init(edgeCapacity: Int = 16, numbersEdges: Bool = false) {
        self.edgeCapacity = edgeCapacity
        self.numbersEdges = numbersEdges
    }

    /// What a line's level is while nobody drives it.
    public func setIdle(line: Int, _ level: Bool) {
        lines.withLock { lines in
            lines[line, default: Line()].idle = level
            if lines[line]?.request == nil { lines[line]?.level = level }
        }
    }

    /// Puts a physical level on an input, with the moment of the change.
    public func setPhysical(line: Int, _ level: Bool, at time: Instant = .zero) {
        lines.withLock { lines in
            guard lines[line, default: Line()].level != level else { return }
            lines[line, default: Line()].level = level
            guard let request = lines[line]?.request, request.direction == .input else { return }
            lines[line]?.sequence += 1
            guard let waiting = lines[line], waiting.edges.count < edgeCapacity else { return }
            lines[line]?.edges.append(
                GPIOEdge(
                    isOn: level != request.activeLow, time: time, sequence: numbersEdges ? waiting.sequence : 0))
        }
    }

    /// Puts a level on an input whose edge the kernel drops.
    public func setUnannounced(line: Int, _ level: Bool) {
        lines.withLock { $0[line, default: Line()].level = level }
    }

    /// The physical levels of all lines that are open as outputs.
    public var outputs: [Int: Bool] {
        lines.withLock { $0.filter { $0.value.request?.direction == .output }.mapValues(\.level) }
    }

    /// Makes every use of a line fail as if its chip were gone, or mends it.
    public func setLost(line: Int, _ lost: Bool) {
        lines.withLock { $0[line, default: Line()].isLost = lost }
    }

    public func open(_ request: GPIORequest) throws(PortError) -> any GPIOLine {
        try lines.withLock { lines throws(PortError) in
            var line = lines[request.line] ?? Line()
            guard !line.isLost else { throw PortError(.noSuchDevice, port: request.role, cause: "the chip is gone") }
            guard line.request == nil else { throw PortError(.busy, port: request.role, cause: "already requested") }
            line.request = request
            line.edges = []
            line.sequence = 0
            if request.direction == .output { line.level = request.initial != request.activeLow }
            lines[request.line] = line
        }
        return MemoryGPIOLine(chip: self, request: request)
    }

    fileprivate func use<Result>(
        _ request: GPIORequest, _ body: (inout Line) -> Result
    ) throws(PortError) -> Result {
        try lines.withLock { lines throws(PortError) in
            guard var line = lines[request.line], line.request == request else {
                throw PortError(.lost, port: request.role, cause: "closed")
            }
            guard !line.isLost else { throw PortError(.lost, port: request.role, cause: "the chip is gone") }
            defer { lines[request.line] = line }
            return body(&line)
        }
    }

    fileprivate func release(_ request: GPIORequest) {
        lines.withLock { lines in
            guard lines[request.line]?.request == request else { return }
            lines[request.line]?.request = nil
            if request.direction == .output, let idle = lines[request.line]?.idle {
                lines[request.line]?.level = idle
            }
        }
    }
}

private final class MemoryGPIOLine: GPIOLine {
    private let chip: MemoryGPIO
    private let request: GPIORequest
    private let isOpen = Atomic<Bool>(true)

    init(chip: MemoryGPIO, request: GPIORequest) {
        self.chip = chip
        self.request = request
    }

    deinit { close() }

    var pollDescriptor: Int32? { nil }

    func level() throws(PortError) -> Bool {
        try check()
        return try chip.use(request) { $0.level != request.activeLow }
    }

    func nextEdge() throws(PortError) -> GPIOEdge? {
        try check()
        return try chip.use(request) { $0.edges.isEmpty ? nil : $0.edges.removeFirst() }
    }

    func set(_ on: Bool) throws(PortError) {
        try check()
        guard request.direction == .output else {
            throw PortError(.failed, port: request.role, cause: "is an input")
        }
        try chip.use(request) { $0.level = on != request.activeLow }
    }

    func close() {
        if isOpen.exchange(false, ordering: .acquiringAndReleasing) { chip.release(request) }
    }

    private func check() throws(PortError) {
        guard isOpen.load(ordering: .acquiring) else { throw PortError(.lost, port: request.role, cause: "closed") }
    }
}
