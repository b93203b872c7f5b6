#if canImport(Glibc)
    import Glibc
#endif

/// Tells systemd how the daemon is (sd_notify(3)): a datagram to the socket that it named; nothing without one.
struct ServiceManager: Sendable {
    private let path: String?
    /// How often the watchdog must be fed, if systemd has one: half of what the unit says.
    let watchdogInterval: Duration?

    /// - Parameter environment: Where `NOTIFY_SOCKET` and `WATCHDOG_USEC` stand.
    init(environment: [String: String]) {
        path = environment["NOTIFY_SOCKET"]
        watchdogInterval = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.map { .microseconds($0 / 2) }
    }

    func ready(_ status: String) { send("READY=1\nSTATUS=\(status)", waitsForRoom: true) }
    func status(_ status: String) { send("STATUS=\(status)") }
    func feedWatchdog() { send("WATCHDOG=1") }
    func stopping() { send("STOPPING=1") }

    /// - Parameter waitsForRoom: Wait when systemd has much to read. What is said again soon is rather lost: nobody may
    ///   keep the robot from coming to its stand.
    private func send(_ message: String, waitsForRoom: Bool = false) {
        guard let path, let first = path.first, first == "/" || first == "@" else { return }
        let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return }
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // An abstract name begins with a zero byte where it is written with "@".
        var bytes = Array(path.utf8)
        if first == "@" { bytes[0] = 0 }
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
        let text = Array(message.utf8)
        let flags = Int32(MSG_NOSIGNAL) | (waitsForRoom ? 0 : Int32(MSG_DONTWAIT))
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(socket, text, text.count, flags, $0, length)
            }
        }
    }
}
