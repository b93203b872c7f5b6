#if canImport(Glibc)
    import Glibc
#endif

/// Reading, writing and locking of an open file descriptor that never waits; what every backend on a tty shares.
enum Descriptor {
    /// Appends what has arrived, at most `limit` bytes.
    ///
    /// A hang-up shows in `poll(2)` alone: a read of a tty without data returns 0 in some modes, and EIO only later.
    static func read(
        _ descriptor: Int32, into buffer: inout [UInt8], limit: Int, port: String
    ) throws(PortError) -> Int {
        guard limit > 0 else { return 0 }
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&request, 1, 0) > 0 else { return 0 }
        let events = Int32(request.revents)
        if events & (POLLHUP | POLLERR | POLLNVAL) != 0 { throw PortError(.lost, port: port, cause: "hung up") }
        guard events & POLLIN != 0 else { return 0 }
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: limit))
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe Glibc.read(descriptor, bytes.baseAddress.map { unsafe $0 + start }, limit)
        }
        let code = errno
        buffer.removeLast(limit - max(0, count))
        if count > 0 { return count }
        if count == 0 { throw PortError(.lost, port: port, cause: "end of file") }
        if code == EAGAIN || code == EINTR { return 0 }
        throw PortError(.lost, port: port, cause: systemMessage(code))
    }

    /// Hands bytes over and returns how many were taken.
    static func write(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>, port: String) throws(PortError) -> Int {
        guard !bytes.isEmpty else { return 0 }
        let count = unsafe bytes.withUnsafeBytes { bytes in
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        }
        if count >= 0 { return count }
        let code = errno
        if code == EAGAIN || code == EINTR { return 0 }
        throw PortError(.lost, port: port, cause: systemMessage(code))
    }

    /// Takes the port for this process alone: two readers of one line steal each other's bytes.
    ///
    /// Throws `PortError.busy` with the other process's number, where the system gives it.
    static func lock(_ descriptor: Int32, port: String) throws(PortError) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return }
        let code = errno
        guard code == EWOULDBLOCK else { throw PortError(.failed, port: port, cause: systemMessage(code)) }
        let holder = lockHolder(descriptor).map { "held by pid \($0)" } ?? "held by another process"
        throw PortError(.busy, port: port, cause: holder)
    }

    /// The process that holds the lock on an open file, from `/proc/locks` (proc(5)):
    /// `1: FLOCK  ADVISORY  WRITE 412 00:18:1234 0 EOF`.
    private static func lockHolder(_ descriptor: Int32) -> Int? {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return nil }
        let file = unsafe open("/proc/locks", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while text.count < 1 << 20 {
            let count = unsafe Glibc.read(file, &chunk, chunk.count)
            guard count > 0 else { break }
            text += chunk[0..<count]
        }
        let inode = ":\(status.st_ino)"
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 6, words[1] == "FLOCK", words[5].hasSuffix(inode) else { continue }
            return Int(words[4])
        }
        return nil
    }

    /// What an error number means for who wants to open a port.
    static func openingError(_ code: Int32, port: String) -> PortError {
        let kind: PortError.Code =
            switch code {
            case ENOENT, ENODEV, ENXIO, ENOTDIR: .noSuchDevice
            case EACCES, EPERM: .noPermission
            case EBUSY: .busy
            default: .failed
            }
        return PortError(kind, port: port, cause: systemMessage(code))
    }
}

/// What the system says about an error number.
func systemMessage(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
