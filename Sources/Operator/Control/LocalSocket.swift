import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// A Unix stream socket that carries lines: one request, one answer, any number of times.
struct LocalSocket: Sendable {
    let descriptor: Int32

    /// Listens on a path, which is replaced if nobody listens there any more; only owner and group may connect.
    static func listen(at path: String) throws(RobotError) -> LocalSocket {
        if let other = try? connect(to: path) {
            close(other.descriptor)
            throw RobotError(
                .busy, "another daemon listens on \(path)", hint: "end that one, or name another path with --socket")
        }
        let socket = try open()
        unlink(path)
        var address = try makeAddress(path)
        let bound = withPointer(to: &address) { bind(socket.descriptor, $0, $1) }
        guard bound == 0, chmod(path, 0o660) == 0, Glibc.listen(socket.descriptor, 8) == 0 else {
            let cause = String(cString: strerror(errno))
            close(socket.descriptor)
            throw RobotError(
                .unavailable, "cannot listen on \(path): \(cause)",
                hint: "does its folder exist, and may we write there?")
        }
        return socket
    }

    /// Connects to a daemon's socket.
    static func connect(to path: String) throws(RobotError) -> LocalSocket {
        let socket = try open()
        var address = try makeAddress(path)
        guard withPointer(to: &address, { Glibc.connect(socket.descriptor, $0, $1) }) == 0 else {
            let code = errno
            close(socket.descriptor)
            throw RobotError(
                code == EACCES ? .noPermission : .unavailable,
                "cannot reach the daemon at \(path): \(String(cString: strerror(code)))",
                hint: code == EACCES
                    ? "your user must be in the daemon's group" : "is doorstepd running? `--socket` names another path")
        }
        return socket
    }

    /// Reads up to the next line feed; nil at the end, or when the line is not whole in time. Waits.
    func readLine(limit: Int = 4 << 20, within patience: Duration? = nil) -> [UInt8]? {
        let deadline = patience.map { ContinuousClock.now + $0 }
        var line: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4096)
        while line.count < limit {
            if let deadline, !isReadable(before: deadline) { return nil }
            // Looked at first, so that nothing of the next line is taken.
            var count = recv(descriptor, &part, part.count, Int32(MSG_PEEK))
            if count > 0 {
                let end = part[..<count].firstIndex(of: 0x0A)
                count = recv(descriptor, &part, end.map { $0 + 1 } ?? count, 0)
                if let end, count == end + 1 { return line + part[..<end] }
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            line += part[..<count]
        }
        return nil
    }

    /// Waits until there is something to read, or the end; false when the deadline passes before.
    private func isReadable(before deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let rest = (deadline - ContinuousClock.now) / Duration.milliseconds(1)
            guard rest > 0 else { return false }
            var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let count = poll(&poller, 1, Int32(min(rest + 1, 60_000)))
            if count > 0 { return true }
            if count < 0, errno != EINTR { return false }
        }
    }

    /// How long the other side may take to read what is written to it.
    func limitWriting(to patience: Duration) {
        let (seconds, attoseconds) = patience.components
        var time = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Writes a line. Returns whether the other side took it.
    func writeLine(_ bytes: [UInt8]) -> Bool {
        var rest = (bytes + [0x0A])[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func open() throws(RobotError) -> LocalSocket {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else {
            throw RobotError(.unavailable, "cannot make a socket: \(String(cString: strerror(errno)))")
        }
        return LocalSocket(descriptor: descriptor)
    }

    private static func makeAddress(_ path: String) throws(RobotError) -> sockaddr_un {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw RobotError(.unavailable, "the socket's path \(path) is longer than a socket's path may be")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        return address
    }

    private static func withPointer(
        to address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
