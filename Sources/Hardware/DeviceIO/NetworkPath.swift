#if canImport(Glibc)
    import Glibc
#endif

/// A port of the board file that is reached over IP in place of a tty. IPv4, addresses as figures: looking a name up waits.
///
///     udp:2368                        datagrams to this port, on every interface
///     udp:192.168.1.100:2368          only on the interface of this machine that has this address
///     udp:2368@192.168.1.201          only those that this device sends; behind an address, too
///     tcp:192.168.1.201:9347          a connection to this device
enum NetworkPath: Hashable {
    /// Addresses in the network's byte order; 0 is any.
    case udp(address: UInt32, port: UInt16, sender: UInt32)
    case tcp(address: UInt32, port: UInt16)

    /// Reads a path; nil where it is no network's.
    ///
    /// Throws `PortError.noSuchDevice` for one that begins as a network's and is none.
    init?(_ path: String) throws(PortError) {
        let isUDP = path.hasPrefix("udp:")
        guard isUDP || path.hasPrefix("tcp:") else { return nil }
        let ends = path.dropFirst(4).split(separator: "@", omittingEmptySubsequences: false)
        let parts = ends.first?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        let address = parts.count == 2 ? Self.address(parts[0]) : parts.count == 1 && isUDP ? 0 : nil
        let sender = ends.count == 2 && isUDP ? Self.address(ends[1]) : ends.count == 1 ? 0 : nil
        guard let address, let sender, let last = parts.last, let port = UInt16(last), port > 0 else {
            throw PortError(
                .noSuchDevice, port: path,
                cause: isUDP
                    ? "not a port: udp:PORT, udp:ADDRESS:PORT or udp:PORT@SENDER, addresses as figures"
                    : "not a port: tcp:ADDRESS:PORT, the address as figures")
        }
        self = isUDP ? .udp(address: address, port: port, sender: sender) : .tcp(address: address, port: port)
    }

    /// An address of four figures, in the network's byte order.
    private static func address(_ text: Substring) -> UInt32? {
        var address = in_addr()
        return unsafe inet_pton(AF_INET, String(text), &address) == 1 ? address.s_addr : nil
    }
}

/// IPv4 sockets that never wait; what the ports on the network share.
enum Socket {
    static let loopback = UInt32(0x7F00_0001).bigEndian

    /// A new socket, or a negative errno.
    static func make(_ kind: __socket_type) -> Int32 {
        let flags = Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_INET, Int32(kind.rawValue) | flags, 0)
        return descriptor < 0 ? -errno : descriptor
    }

    /// Calls with an address (network's byte order) and a port.
    static func withAddress<Result>(
        _ address: UInt32, _ port: UInt16, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr.s_addr = address
        return unsafe withUnsafePointer(to: name) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Sets a whole-number option; failing is no reason to stop.
    static func set(_ descriptor: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// What an error number means for who wants a port of this machine.
    static func bindingError(_ code: Int32, port: String) -> PortError {
        switch code {
        case EADDRINUSE: PortError(.busy, port: port, cause: "another program has this port open")
        case EADDRNOTAVAIL:
            PortError(.noSuchDevice, port: port, cause: "no interface of this machine has this address")
        default: Descriptor.openingError(code, port: port)
        }
    }
}

extension SerialLine {
    /// Whether a path of the board file is reached over IP; such a line has no rate and no device file.
    public static func isNetwork(_ path: String) -> Bool { path.hasPrefix("udp:") || path.hasPrefix("tcp:") }
}
