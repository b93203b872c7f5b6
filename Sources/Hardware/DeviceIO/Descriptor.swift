import CLinuxRealtime

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
    /// A lock for those who look for one, the terminal's own exclusiveness for those who do not and come later, and a
    /// look at who is there already. Returns whether all other processes could be seen.
    ///
    /// - Parameter isPseudoTerminal: Leave its exclusiveness alone: it would outlive a process that is killed, since the
    ///   terminal stays as long as its other end is open; the successor, unless it is root, would never get in.
    ///
    /// Throws `PortError.busy` with the other process, as far as the system names it.
    static func claim(
        _ descriptor: Int32, port: String, isPseudoTerminal: Bool = false
    ) throws(PortError) -> Bool {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            guard code == EWOULDBLOCK else { throw PortError(.failed, port: port, cause: systemMessage(code)) }
            let holder = PortHolders.lockHolder(descriptor)
            throw PortError.held(port, holder == nil ? PortHolders(of: descriptor) : .none, lock: holder)
        }
        let holders = PortHolders(of: descriptor)
        guard holders.openers.isEmpty else { throw PortError.held(port, holders, lock: nil) }
        // Not every driver knows it; the lock stands.
        if !isPseudoTerminal { _ = doorstep_tty_set_exclusive(descriptor, 1) }
        return holders.sawAll
    }

    /// Undoes `claim` before the descriptor is closed: another process may have it open by inheritance.
    static func release(_ descriptor: Int32) { _ = doorstep_tty_set_exclusive(descriptor, 0) }

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
