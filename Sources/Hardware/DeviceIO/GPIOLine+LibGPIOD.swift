import CGPIOD
import RobotModel
import Synchronization

/// Lines of a real GPIO chip, through libgpiod 1.6 or 2.x (`CGPIOD` hides which). One line, or inputs read together.
private final class ChipRequest: Sendable {
    /// libgpiod's lines. Used under the mutex only.
    @safe
    private struct Handle: @unchecked Sendable {
        let lines: OpaquePointer
    }

    let requests: [GPIORequest]
    /// nil when closed.
    private let handle: Mutex<Handle?>

    init(_ requests: [GPIORequest]) throws(PortError) {
        self.requests = requests
        guard let first = requests.first else { throw PortError(.failed, port: "GPIO", cause: "no line") }
        var offsets: [UInt32] = []
        for request in requests {
            guard request.line >= 0, let offset = UInt32(exactly: request.line) else {
                throw PortError(.noSuchDevice, port: request.role, cause: "there is no line \(request.line)")
            }
            offsets.append(offset)
        }
        let chip = first.chip.hasPrefix("/") ? first.chip : "/dev/\(first.chip)"
        let consumer = "doorstep \(first.role)"
        var error: Int32 = 0
        let lines =
            switch first.direction {
            case .input: unsafe doorstep_gpio_open_inputs(chip, offsets, Int32(offsets.count), consumer, &error)
            case .output:
                unsafe doorstep_gpio_open_output(
                    chip, offsets[0], consumer, first.initial != first.activeLow ? 1 : 0, &error)
            }
        guard let lines = unsafe lines else {
            var failure = Descriptor.openingError(-error, port: first.role)
            let numbers = requests.map { String($0.line) }.joined(separator: ", ")
            failure.cause = "\(chip) line \(numbers): \(failure.cause)"
            if failure.code == .noPermission, let access = PortAccess(path: chip) {
                failure.cause = "\(chip) \(access.cause)"
                failure.hint = access.hint
            }
            throw failure
        }
        handle = unsafe Mutex(Handle(lines: lines))
    }

    deinit { close() }

    var pollDescriptors: [Int32] {
        handle.withLock { handle in
            guard let handle else { return [] }
            return requests.indices.reduce(into: []) { found, index in
                let descriptor = unsafe doorstep_gpio_descriptor(handle.lines, Int32(index))
                if descriptor >= 0, !found.contains(descriptor) { found.append(descriptor) }
            }
        }
    }

    func level(_ index: Int) throws(PortError) -> Bool {
        let level = try use { unsafe doorstep_gpio_get($0.lines, Int32(index)) }
        return (level != 0) != requests[index].activeLow
    }

    func nextEdge() throws(PortError) -> GPIOLineEdge? {
        var edge = doorstep_gpio_edge(time: 0, line: 0, level: 0, sequence: 0)
        guard try use({ unsafe doorstep_gpio_next_edge($0.lines, &edge) }) != 0 else { return nil }
        let index = Int(edge.line)
        return GPIOLineEdge(
            index: index,
            edge: GPIOEdge(
                isOn: (edge.level != 0) != requests[index].activeLow, time: Instant(nanoseconds: edge.time),
                sequence: edge.sequence))
    }

    func set(_ on: Bool) throws(PortError) {
        _ = try use { unsafe doorstep_gpio_set($0.lines, on != requests[0].activeLow ? 1 : 0) }
    }

    func close() {
        handle.withLock { handle in
            if let open = handle { unsafe doorstep_gpio_close(open.lines) }
            handle = nil
        }
    }

    /// Calls into libgpiod; a negative result is an error number.
    private func use(_ body: (Handle) -> Int32) throws(PortError) -> Int32 {
        let result = handle.withLock { $0.map(body) }
        guard let result else { throw PortError(.lost, port: requests[0].role, cause: "closed") }
        guard result >= 0 else { throw PortError(.lost, port: requests[0].role, cause: systemMessage(-result)) }
        return result
    }
}

/// One line of a real GPIO chip.
final class ChipGPIOLine: GPIOLine {
    private let request: ChipRequest

    init(_ request: GPIORequest) throws(PortError) { self.request = try ChipRequest([request]) }

    var pollDescriptor: Int32? { request.pollDescriptors.first }
    func level() throws(PortError) -> Bool { try request.level(0) }
    func nextEdge() throws(PortError) -> GPIOEdge? { try request.nextEdge()?.edge }
    func set(_ on: Bool) throws(PortError) { try request.set(on) }
    func close() { request.close() }
}

/// Inputs of a real GPIO chip that are read together.
final class ChipGPIOGroup: GPIOLineGroup {
    private let request: ChipRequest

    init(_ requests: [GPIORequest]) throws(PortError) { request = try ChipRequest(requests) }

    var pollDescriptors: [Int32] { request.pollDescriptors }
    func level(_ index: Int) throws(PortError) -> Bool { try request.level(index) }
    func nextEdge() throws(PortError) -> GPIOLineEdge? { try request.nextEdge() }
    func close() { request.close() }
}
