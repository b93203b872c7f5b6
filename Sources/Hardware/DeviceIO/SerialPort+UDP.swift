import CLinuxRealtime
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Datagrams to a port of this machine, read as bytes one behind the other; a datagram is never split between two reads
/// unless it is longer than what a read may take. Nothing can be sent: such devices only talk.
final class UDPPort: SerialPort {
    /// Datagrams that one read takes at most, so that a flood cannot keep it.
    private static let datagramLimit = 64
    /// Half a second of the loudest LiDAR of the house (an XT32 with two returns sends 5 MB/s); the kernel may give less.
    private static let receiveBuffer: Int32 = 4 << 20

    private struct State {
        /// -1 when closed.
        var descriptor: Int32
        /// One datagram, the largest there is.
        var datagram = [UInt8](repeating: 0, count: 65_536)
        /// The part of it that no read has taken yet.
        var waiting = 0..<0
    }

    private let path: String
    private let sender: UInt32
    private let state: Mutex<State>

    /// Opens a port for this process alone.
    ///
    /// Throws `PortError`: `busy` where another program has it, `noSuchDevice` where the address is not this machine's.
    init(path: String, address: UInt32, port: UInt16, sender: UInt32) throws(PortError) {
        self.path = path
        self.sender = sender
        let descriptor = Socket.make(SOCK_DGRAM)
        guard descriptor >= 0 else { throw Descriptor.openingError(-descriptor, port: path) }
        Socket.set(descriptor, SO_RCVBUF, Self.receiveBuffer)
        guard unsafe Socket.withAddress(address, port, { unsafe bind(descriptor, $0, $1) }) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            throw Socket.bindingError(code, port: path)
        }
        state = Mutex(State(descriptor: descriptor))
    }

    deinit { close() }

    var pollDescriptor: Int32? { state.withLock { $0.descriptor < 0 ? nil : $0.descriptor } }

    func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        try state.withLock { state throws(PortError) in
            guard state.descriptor >= 0 else { throw PortError(.lost, port: path, cause: "closed") }
            var taken = 0
            for _ in 0..<Self.datagramLimit {
                if state.waiting.isEmpty {
                    guard try receive(&state) else { break }
                    if state.waiting.isEmpty { continue }
                }
                let count = min(limit - taken, state.waiting.count)
                guard count == state.waiting.count || (taken == 0 && count > 0) else { break }
                let end = state.waiting.lowerBound + count
                buffer += state.datagram[state.waiting.lowerBound..<end]
                state.waiting = end..<state.waiting.upperBound
                taken += count
            }
            return taken
        }
    }

    /// Takes the next datagram from the system; leaves nothing where it is another sender's. False when there is none.
    private func receive(_ state: inout State) throws(PortError) -> Bool {
        var name = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = state.descriptor
        let count = unsafe state.datagram.withUnsafeMutableBytes { bytes in
            unsafe withUnsafeMutablePointer(to: &name) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe recvfrom(descriptor, bytes.baseAddress, bytes.count, 0, $0, &length)
                }
            }
        }
        if count >= 0 {
            state.waiting = sender == 0 || name.sin_addr.s_addr == sender ? 0..<count : 0..<0
            return true
        }
        let code = errno
        if code == EAGAIN || code == EINTR { return false }
        throw PortError(.lost, port: path, cause: systemMessage(code))
    }

    /// There is nobody to send to: what is written is dropped.
    func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int { bytes.count }

    func setDTR(_ on: Bool) throws(PortError) {}

    func flush() throws(PortError) {
        try state.withLock { state throws(PortError) in
            guard state.descriptor >= 0 else { throw PortError(.lost, port: path, cause: "closed") }
            // What had arrived by now, and not what a loud device sends meanwhile.
            for _ in 0..<16_384 where try !receive(&state) { break }
            state.waiting = 0..<0
        }
    }

    func close() {
        state.withLock { state in
            if state.descriptor >= 0 { Glibc.close(state.descriptor) }
            state.descriptor = -1
        }
    }
}

/// Sends each piece that is written as one datagram to a port of this same machine, and nowhere else: an emulated device.
public final class UDPSender: SerialPort {
    private let path: String
    private let port: UInt16
    private let descriptor: Mutex<Int32>

    /// - Parameter path: As the board file has it: "udp:2368".
    public init(path: String) throws(PortError) {
        guard case .udp(_, let port, _)? = try NetworkPath(path) else {
            throw PortError(.noSuchDevice, port: path, cause: "not a UDP port")
        }
        let descriptor = Socket.make(SOCK_DGRAM)
        guard descriptor >= 0 else { throw Descriptor.openingError(-descriptor, port: path) }
        self.path = path
        self.port = port
        self.descriptor = Mutex(descriptor)
    }

    deinit { close() }

    public var pollDescriptor: Int32? { nil }

    public func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int { 0 }

    /// Sends one datagram; what nobody listens to or no buffer takes is lost, as on a wire.
    public func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int {
        try descriptor.withLock { descriptor throws(PortError) in
            guard descriptor >= 0 else { throw PortError(.lost, port: path, cause: "closed") }
            _ = unsafe Socket.withAddress(Socket.loopback, port) { name, length in
                unsafe bytes.withUnsafeBytes { bytes in
                    unsafe sendto(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL), name, length)
                }
            }
            return bytes.count
        }
    }

    public func setDTR(_ on: Bool) throws(PortError) {}
    public func flush() throws(PortError) {}

    public func close() {
        descriptor.withLock { descriptor in
            if descriptor >= 0 { Glibc.close(descriptor) }
            descriptor = -1
        }
    }
}
