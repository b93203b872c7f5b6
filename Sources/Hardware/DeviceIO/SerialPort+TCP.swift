import CLinuxRealtime
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A connection to a device. Opening begins it and does not wait: until it stands nothing is read and nothing is taken,
/// and where it fails the next read throws the reason.
final class TCPPort: SerialPort {
    private struct State {
        /// -1 when closed.
        var descriptor: Int32
        var isConnected = false
    }

    private let path: String
    private let state: Mutex<State>

    init(path: String, address: UInt32, port: UInt16) throws(PortError) {
        self.path = path
        let descriptor = Socket.make(SOCK_STREAM)
        guard descriptor >= 0 else { throw Descriptor.openingError(-descriptor, port: path) }
        let result = unsafe Socket.withAddress(address, port) { unsafe connect(descriptor, $0, $1) }
        if result != 0, errno != EINPROGRESS {
            let code = errno
            Glibc.close(descriptor)
            throw Self.connectingError(code, port: path)
        }
        state = Mutex(State(descriptor: descriptor))
    }

    deinit { close() }

    var pollDescriptor: Int32? { state.withLock { $0.descriptor < 0 ? nil : $0.descriptor } }

    func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        try state.withLock { state throws(PortError) in
            guard try isConnected(&state), limit > 0 else { return 0 }
            let start = buffer.count
            let descriptor = state.descriptor
            buffer.append(contentsOf: repeatElement(0, count: limit))
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe recv(descriptor, bytes.baseAddress.map { unsafe $0 + start }, limit, 0)
            }
            let code = errno
            buffer.removeLast(limit - max(0, count))
            if count > 0 { return count }
            if count == 0 { throw PortError(.lost, port: path, cause: "the device ended the connection") }
            if code == EAGAIN || code == EINTR { return 0 }
            throw PortError(.lost, port: path, cause: systemMessage(code))
        }
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int {
        try state.withLock { state throws(PortError) in
            guard try isConnected(&state), !bytes.isEmpty else { return 0 }
            return try Self.send(bytes, to: state.descriptor, path: path)
        }
    }

    func setDTR(_ on: Bool) throws(PortError) {}

    /// Drops what has arrived; what was handed to a connection cannot be taken back.
    func flush() throws(PortError) {
        var ignored: [UInt8] = []
        // A connection that fails while it is made says so at the next read.
        while let count = try? read(into: &ignored, limit: 4096), count > 0 { ignored.removeAll(keepingCapacity: true) }
    }

    func close() {
        state.withLock { state in
            if state.descriptor >= 0 { Glibc.close(state.descriptor) }
            state.descriptor = -1
        }
    }

    private func isConnected(_ state: inout State) throws(PortError) -> Bool {
        guard state.descriptor >= 0 else { throw PortError(.lost, port: path, cause: "closed") }
        if state.isConnected { return true }
        var request = pollfd(fd: state.descriptor, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&request, 1, 0) > 0 else { return false }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe getsockopt(state.descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else { throw Self.connectingError(code, port: path) }
        state.isConnected = true
        return true
    }

    fileprivate static func send(
        _ bytes: ArraySlice<UInt8>, to descriptor: Int32, path: String
    ) throws(PortError) -> Int {
        let count = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        if count >= 0 { return count }
        let code = errno
        if code == EAGAIN || code == EINTR { return 0 }
        throw PortError(.lost, port: path, cause: systemMessage(code))
    }

    private static func connectingError(_ code: Int32, port: String) -> PortError {
        switch code {
        case ECONNREFUSED: PortError(.noSuchDevice, port: port, cause: "the machine is there, but nobody listens")
        case ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN:
            PortError(.noSuchDevice, port: port, cause: "cannot be reached: \(systemMessage(code))")
        default: Descriptor.openingError(code, port: port)
        }
    }
}

/// Listens on the loopback address of this machine for one connection at a time: an emulated device.
public final class TCPServerPort: SerialPort {
    private struct State {
        var listener: Int32
        /// -1 while nobody is connected.
        var connection: Int32 = -1
    }

    private let path: String
    private let state: Mutex<State>

    /// - Parameter path: As the board file has it: "tcp:127.0.0.1:9347"; only its port counts.
    public init(path: String) throws(PortError) {
        guard case .tcp(_, let port)? = try NetworkPath(path) else {
            throw PortError(.noSuchDevice, port: path, cause: "not a TCP port")
        }
        let listener = Socket.make(SOCK_STREAM)
        guard listener >= 0 else { throw Descriptor.openingError(-listener, port: path) }
        // Connections of before that still wind down do not keep the port.
        Socket.set(listener, SO_REUSEADDR, 1)
        guard unsafe Socket.withAddress(Socket.loopback, port, { unsafe bind(listener, $0, $1) }) == 0,
            listen(listener, 4) == 0
        else {
            let code = errno
            Glibc.close(listener)
            throw Socket.bindingError(code, port: path)
        }
        self.path = path
        state = Mutex(State(listener: listener))
    }

    deinit { close() }

    public var pollDescriptor: Int32? {
        state.withLock { $0.connection >= 0 ? $0.connection : $0.listener >= 0 ? $0.listener : nil }
    }

    public func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        try state.withLock { state throws(PortError) in
            guard try hasPeer(&state), limit > 0 else { return 0 }
            let start = buffer.count
            let connection = state.connection
            buffer.append(contentsOf: repeatElement(0, count: limit))
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe recv(connection, bytes.baseAddress.map { unsafe $0 + start }, limit, 0)
            }
            let code = errno
            buffer.removeLast(limit - max(0, count))
            if count > 0 { return count }
            if count == 0 || (code != EAGAIN && code != EINTR) { drop(&state) }
            return 0
        }
    }

    /// What is written while nobody is connected is lost.
    public func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int {
        try state.withLock { state throws(PortError) in
            guard try hasPeer(&state) else { return bytes.count }
            do throws(PortError) {
                return try TCPPort.send(bytes, to: state.connection, path: path)
            } catch {
                drop(&state)
                return bytes.count
            }
        }
    }

    public func setDTR(_ on: Bool) throws(PortError) {}
    public func flush() throws(PortError) {}

    public func close() {
        state.withLock { state in
            drop(&state)
            if state.listener >= 0 { Glibc.close(state.listener) }
            state.listener = -1
        }
    }

    private func hasPeer(_ state: inout State) throws(PortError) -> Bool {
        guard state.listener >= 0 else { throw PortError(.lost, port: path, cause: "closed") }
        if state.connection < 0 { state.connection = max(-1, doorstep_accept(state.listener)) }
        return state.connection >= 0
    }

    private func drop(_ state: inout State) {
        if state.connection >= 0 { Glibc.close(state.connection) }
        state.connection = -1
    }
}
