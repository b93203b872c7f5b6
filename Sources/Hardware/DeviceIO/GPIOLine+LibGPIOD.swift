import CGPIOD
import RobotModel
import Synchronization

/// A line of a real GPIO chip, through libgpiod 1.6 or 2.x (`CGPIOD` hides which).
final class ChipGPIOLine: GPIOLine {
    /// libgpiod's line. Used under the mutex only.
    @safe
    private struct Handle: @unchecked Sendable {
        let line: OpaquePointer
    }

    private let request: GPIORequest
    /// nil when closed.
    private let handle: Mutex<Handle?>

    init(_ request: GPIORequest) throws(PortError) {
        self.request = request
        guard request.line >= 0, let offset = UInt32(exactly: request.line) else {
            throw PortError(.noSuchDevice, port: request.role, cause: "there is no line \(request.line)")
        }
        let chip = request.chip.hasPrefix("/") ? request.chip : "/dev/\(request.chip)"
        let consumer = "doorstep \(request.role)"
        var error: Int32 = 0
        let line =
            switch request.direction {
            case .input: unsafe doorstep_gpio_open_input(chip, offset, consumer, &error)
            case .output:
                unsafe doorstep_gpio_open_output(
                    chip, offset, consumer, request.initial != request.activeLow ? 1 : 0, &error)
            }
        guard let line = unsafe line else {
            var failure = Descriptor.openingError(-error, port: request.role)
            failure.cause = "\(chip) line \(request.line): \(failure.cause)"
            throw failure
        }
        handle = unsafe Mutex(Handle(line: line))
    }

    deinit { close() }

    var pollDescriptor: Int32? {
        let descriptor = handle.withLock { handle -> Int32 in
            guard let handle else { return -1 }
            return unsafe doorstep_gpio_descriptor(handle.line)
        }
        return descriptor < 0 ? nil : descriptor
    }

    func level() throws(PortError) -> Bool {
        let level = try use { unsafe doorstep_gpio_get($0.line) }
        return (level != 0) != request.activeLow
    }

    func nextEdge() throws(PortError) -> GPIOEdge? {
        var edge = doorstep_gpio_edge(time: 0, level: 0)
        guard try use({ unsafe doorstep_gpio_next_edge($0.line, &edge) }) != 0 else { return nil }
        return GPIOEdge(isOn: (edge.level != 0) != request.activeLow, time: Instant(nanoseconds: edge.time))
    }

    func set(_ on: Bool) throws(PortError) {
        _ = try use { unsafe doorstep_gpio_set($0.line, on != request.activeLow ? 1 : 0) }
    }

    func close() {
        handle.withLock { handle in
            if let open = handle { unsafe doorstep_gpio_close(open.line) }
            handle = nil
        }
    }

    /// Calls into libgpiod; a negative result is an error number.
    private func use(_ body: (Handle) -> Int32) throws(PortError) -> Int32 {
        let result = handle.withLock { $0.map(body) }
        guard let result else { throw PortError(.lost, port: request.role, cause: "closed") }
        guard result >= 0 else { throw PortError(.lost, port: request.role, cause: systemMessage(-result)) }
        return result
    }
}
