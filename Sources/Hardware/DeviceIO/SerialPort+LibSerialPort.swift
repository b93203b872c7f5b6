import CSerialPort
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A real UART, opened and set through libserialport, read and written without waiting through its descriptor.
///
/// libserialport 0.1.1 does not see hang-ups, does not lock the port, and says OK to a rate that the UART does not
/// have; all three are made good here.
final class UARTPort: SerialPort {
    /// libserialport's own handle of an open port. Used under the mutex only.
    @safe
    private struct Handle: @unchecked Sendable {
        let port: OpaquePointer
        var descriptor: Int32 = -1
    }

    private let path: String
    let mayBeShared: Bool
    /// nil when closed.
    private let handle: Mutex<Handle?>

    /// Opens and sets a port.
    ///
    /// - Parameter device: The path with every link resolved: 0.1.1 does not follow by-id links.
    init(line: SerialLine, device: String) throws(PortError) {
        path = line.path
        var found: OpaquePointer?
        guard unsafe sp_get_port_by_name(device, &found) == SP_OK, let port = unsafe found else {
            // The path exists, so libserialport's "invalid argument" means that the system knows no such tty.
            throw PortError(.noSuchDevice, port: line.path, cause: "\(device) is not a serial port")
        }
        guard unsafe sp_open(port, SP_MODE_READ_WRITE) == SP_OK else {
            let code = sp_last_error_code()
            unsafe sp_free_port(port)
            throw PortError.opening(line.path, device: device, failed: code)
        }
        do throws(PortError) {
            var descriptor: Int32 = -1
            guard unsafe sp_get_port_handle(port, &descriptor) == SP_OK else { throw Self.failure(line.path) }
            mayBeShared = try !Descriptor.claim(descriptor, port: line.path)
            try unsafe Self.configure(port, for: line)
            handle = unsafe Mutex(Handle(port: port, descriptor: descriptor))
        } catch {
            unsafe sp_close(port)
            unsafe sp_free_port(port)
            throw error
        }
    }

    deinit { close() }

    var pollDescriptor: Int32? { handle.withLock { $0?.descriptor } }

    func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        try handle.withLock { handle throws(PortError) in
            try Descriptor.read(opened(handle).descriptor, into: &buffer, limit: limit, port: path)
        }
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int {
        try handle.withLock { handle throws(PortError) in
            try Descriptor.write(opened(handle).descriptor, bytes, port: path)
        }
    }

    func setDTR(_ on: Bool) throws(PortError) {
        try handle.withLock { handle throws(PortError) in
            guard try unsafe sp_set_dtr(opened(handle).port, on ? SP_DTR_ON : SP_DTR_OFF) == SP_OK else {
                throw Self.failure(path)
            }
        }
    }

    func flush() throws(PortError) {
        try handle.withLock { handle throws(PortError) in
            guard try unsafe sp_flush(opened(handle).port, SP_BUF_BOTH) == SP_OK else { throw Self.failure(path) }
        }
    }

    func close() {
        handle.withLock { handle in
            guard let open = handle else { return }
            Descriptor.release(open.descriptor)
            unsafe sp_close(open.port)
            unsafe sp_free_port(open.port)
            handle = nil
        }
    }

    private func opened(_ handle: Handle?) throws(PortError) -> Handle {
        guard let handle else { throw PortError(.lost, port: path, cause: "closed") }
        return handle
    }

    /// Raw, eight bits, no flow control, and the line's rate, parity and stop bits; the rate is read back.
    private static func configure(_ port: OpaquePointer, for line: SerialLine) throws(PortError) {
        let parity =
            switch line.parity {
            case .none: SP_PARITY_NONE
            case .even: SP_PARITY_EVEN
            case .odd: SP_PARITY_ODD
            }
        guard unsafe sp_set_baudrate(port, Int32(line.baudRate)) == SP_OK else {
            throw PortError(
                .wrongRate, port: line.path, cause: "\(line.baudRate) baud is refused: \(failure(line.path).cause)")
        }
        guard unsafe sp_set_bits(port, 8) == SP_OK, unsafe sp_set_parity(port, parity) == SP_OK,
            unsafe sp_set_stopbits(port, Int32(line.stopBits)) == SP_OK,
            unsafe sp_set_flowcontrol(port, SP_FLOWCONTROL_NONE) == SP_OK
        else { throw failure(line.path) }
        try unsafe confirm(port, line, parity)
    }

    /// Reads back what was set: a 16550 takes any rate without a word and stays at one that it has, and some USB adapters
    /// know no parity or no second stop bit.
    private static func confirm(
        _ port: OpaquePointer, _ line: SerialLine, _ parity: sp_parity
    ) throws(PortError) {
        var configuration: OpaquePointer?
        guard unsafe sp_new_config(&configuration) == SP_OK, let configuration = unsafe configuration else {
            throw failure(line.path)
        }
        defer { unsafe sp_free_config(configuration) }
        var (rate, bits, stopBits): (Int32, Int32, Int32) = (0, 0, 0)
        var found = SP_PARITY_INVALID
        guard unsafe sp_get_config(port, configuration) == SP_OK,
            unsafe sp_get_config_baudrate(configuration, &rate) == SP_OK,
            unsafe sp_get_config_bits(configuration, &bits) == SP_OK,
            unsafe sp_get_config_stopbits(configuration, &stopBits) == SP_OK,
            unsafe sp_get_config_parity(configuration, &found) == SP_OK
        else { throw failure(line.path) }
        func refuse(_ what: String) -> PortError { PortError(.wrongRate, port: line.path, cause: what) }
        guard Int(rate) == line.baudRate else {
            throw refuse("asked for \(line.baudRate) baud, the port runs at \(rate)")
        }
        guard found == parity else { throw refuse("asked for parity \(line.parity.rawValue), the port has another") }
        guard bits == 8, Int(stopBits) == line.stopBits else {
            throw refuse("asked for 8 data and \(line.stopBits) stop bits, the port has \(bits) and \(stopBits)")
        }
    }

    private static func failure(_ path: String) -> PortError {
        PortError(.failed, port: path, cause: systemMessage(sp_last_error_code()))
    }
}
