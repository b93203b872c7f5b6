import CLinuxRealtime
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The terminal end of a pseudo-terminal: what the robot opens where the twin stands in for a device.
///
/// libserialport 0.1.1 cannot open one (TIOCMGET fails on it). Rate and parity have no effect here; the rate is set
/// all the same, so that an emulated device at the other end can see that it is not its own.
final class PseudoTerminalPort: SerialPort {
    private let path: String
    let mayBeShared: Bool
    /// -1 when closed.
    private let descriptor: Mutex<Int32>

    /// Opens and sets a terminal raw, for this process alone.
    init(line: SerialLine, device: String) throws(PortError) {
        path = line.path
        let descriptor = unsafe open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw PortError.opening(line.path, device: device, failed: errno) }
        do throws(PortError) {
            mayBeShared = try !Descriptor.claim(descriptor, port: line.path, isPseudoTerminal: true)
            try setRaw(descriptor, port: line.path)
            let result = doorstep_tty_set_rate(descriptor, UInt32(clamping: line.baudRate))
            guard result == 0 else {
                throw PortError(.wrongRate, port: line.path, cause: systemMessage(-result))
            }
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { close() }

    var pollDescriptor: Int32? { descriptor.withLock { $0 < 0 ? nil : $0 } }

    func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        try descriptor.withLock { descriptor throws(PortError) in
            try Descriptor.read(opened(descriptor), into: &buffer, limit: limit, port: path)
        }
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int {
        try descriptor.withLock { descriptor throws(PortError) in
            try Descriptor.write(opened(descriptor), bytes, port: path)
        }
    }

    /// A pseudo-terminal has no such line.
    func setDTR(_ on: Bool) throws(PortError) {}

    func flush() throws(PortError) {
        try descriptor.withLock { descriptor throws(PortError) in
            guard tcflush(try opened(descriptor), TCIOFLUSH) == 0 else {
                throw PortError(.lost, port: path, cause: systemMessage(errno))
            }
        }
    }

    func close() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            Glibc.close(descriptor)
            descriptor = -1
        }
    }

    private func opened(_ descriptor: Int32) throws(PortError) -> Int32 {
        guard descriptor >= 0 else { throw PortError(.lost, port: path, cause: "closed") }
        return descriptor
    }
}

/// No echo, no line editing, no translation; a read gives what is there (termios(3), cfmakeraw).
func setRaw(_ descriptor: Int32, port: String) throws(PortError) {
    var settings = termios()
    guard unsafe tcgetattr(descriptor, &settings) == 0 else {
        throw PortError(.failed, port: port, cause: systemMessage(errno))
    }
    unsafe cfmakeraw(&settings)
    guard unsafe tcsetattr(descriptor, TCSANOW, &settings) == 0 else {
        throw PortError(.failed, port: port, cause: systemMessage(errno))
    }
}
