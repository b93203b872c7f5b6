import CLinuxRealtime

#if canImport(Glibc)
    import Glibc
#endif

/// A Unix stream socket that never waits, and the lines of text on it.
final class LocalSocket {
    let descriptor: Int32
    private var incoming: [UInt8] = []

    /// A peer that sends this much without a line's end, or does not read this much, is not one of ours.
    private static let lineLimit = 256

    init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Connects to a path; nil with `errno` set on failure.
    static func connect(_ path: String) -> LocalSocket? {
        let descriptor = make()
        guard descriptor >= 0 else { return nil }
        guard unsafe withAddress(path, { unsafe Glibc.connect(descriptor, $0, $1) }) == 0 else {
            let code = errno
            close(descriptor)
            errno = code
            return nil
        }
        return LocalSocket(descriptor: descriptor)
    }

    /// Listens at a path, in place of an older socket; nil with `errno` set on failure.
    static func listen(_ path: String) -> LocalSocket? {
        let descriptor = make()
        guard descriptor >= 0 else { return nil }
        var status = stat()
        if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK { unsafe unlink(path) }
        guard unsafe withAddress(path, { unsafe bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 16) == 0
        else {
            let code = errno
            close(descriptor)
            errno = code
            return nil
        }
        return LocalSocket(descriptor: descriptor)
    }

    /// The next connection that waits.
    func accept() -> LocalSocket? {
        let connection = doorstep_accept(descriptor)
        return connection < 0 ? nil : LocalSocket(descriptor: connection)
    }

    /// Sends one line whole; false when the peer is gone or does not read.
    func send(_ line: String) -> Bool {
        let bytes = Array((line + "\n").utf8)
        let sent = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        return sent == bytes.count
    }

    /// The complete lines that have arrived; nil when the peer is gone.
    func receive() -> [String]? {
        var isGone = false
        var chunk = [UInt8](repeating: 0, count: 1024)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 {
                isGone = count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)
                break
            }
            incoming += chunk[0..<count]
        }
        var lines: [String] = []
        while let end = incoming.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(String(decoding: incoming[..<end], as: UTF8.self))
            incoming.removeFirst(end + 1)
        }
        if incoming.count > Self.lineLimit { isGone = true }
        // Lines that arrived before the end are still given; the end shows at the next call.
        return lines.isEmpty && isGone ? nil : lines
    }

    private static func make() -> Int32 {
        socket(
            AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    }

    /// Calls with the path as an address; ENAMETOOLONG where it does not fit (107 bytes).
    private static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < capacity else {
            errno = ENAMETOOLONG
            return -1
        }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        return unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
