import CLinuxRealtime
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A pseudo-terminal of our own: its master side is the port here, its terminal side is found at a path.
///
/// The twin makes one for every device. Nobody on the other side is not an error: reading gives nothing, and what is
/// written is lost, as on a cable that nobody listens to; the next program may open the path at any time.
public final class PseudoTerminalPair: SerialPort {
    /// Where the terminal side is found: a symbolic link to it.
    public let path: String
    /// The terminal side itself ("/dev/pts/7").
    public let device: String
    /// -1 when closed.
    private let master: Mutex<Int32>

    /// Makes the pair, sets it raw, and puts the link at `path`, in place of an older one.
    ///
    /// The folder is not made. Throws `PortError` with what the system said; `busy` when something that is no link
    /// stands at the path.
    public init(path: String) throws(PortError) {
        self.path = path
        var name = [CChar](repeating: 0, count: 128)
        let descriptor = unsafe doorstep_pty_open(&name, name.count)
        guard descriptor >= 0 else { throw PortError(.failed, port: path, cause: systemMessage(-descriptor)) }
        device = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do throws(PortError) {
            try Self.prepare(device, path: path)
            try Self.link(path, to: device)
        } catch {
            Glibc.close(descriptor)
            throw error
        }
        master = Mutex(descriptor)
    }

    deinit { close() }

    /// The rate in bit/s that the program on the terminal side has set; nil while nobody is there, or at 38400, which is
    /// what a new terminal has that nobody has set.
    public var otherEndRate: Int? {
        master.withLock { master in
            guard Self.hasPeer(master) else { return nil }
            let rate = Int(doorstep_tty_rate(master))
            return rate <= 0 || rate == 38_400 ? nil : rate
        }
    }

    /// Whether a program has the terminal side open.
    public var hasPeer: Bool { master.withLock { Self.hasPeer($0) } }

    /// nil while nobody is on the other side: a hang-up would be reported at every poll.
    public var pollDescriptor: Int32? { master.withLock { Self.hasPeer($0) ? $0 : nil } }

    public func read(into buffer: inout [UInt8], limit: Int) throws(PortError) -> Int {
        try master.withLock { master throws(PortError) in
            guard master >= 0 else { throw PortError(.lost, port: path, cause: "closed") }
            // What a program wrote before it closed can still be read, so this does not go by the hang-up.
            guard limit > 0 else { return 0 }
            let start = buffer.count
            buffer.append(contentsOf: repeatElement(0, count: limit))
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe Glibc.read(master, bytes.baseAddress.map { unsafe $0 + start }, limit)
            }
            buffer.removeLast(limit - max(0, count))
            return max(0, count)
        }
    }

    public func write(_ bytes: ArraySlice<UInt8>) throws(PortError) -> Int {
        try master.withLock { master throws(PortError) in
            guard master >= 0 else { throw PortError(.lost, port: path, cause: "closed") }
            guard Self.hasPeer(master) else { return bytes.count }
            return try Descriptor.write(master, bytes, port: path)
        }
    }

    public func setDTR(_ on: Bool) throws(PortError) {}

    public func flush() throws(PortError) {
        master.withLock { master in
            if master >= 0 { tcflush(master, TCIOFLUSH) }
        }
    }

    /// Ends the pair: the other side sees a hang-up, and the link goes if it is still ours.
    public func close() {
        master.withLock { master in
            guard master >= 0 else { return }
            if Self.target(of: path) == device { unsafe unlink(path) }
            Glibc.close(master)
            master = -1
        }
    }

    private static func hasPeer(_ master: Int32) -> Bool {
        guard master >= 0 else { return false }
        var request = pollfd(fd: master, events: 0, revents: 0)
        return unsafe poll(&request, 1, 0) == 0 || Int32(request.revents) & POLLHUP == 0
    }

    /// Opens and closes the terminal side once: it is raw for a program that does not care, and from now on a terminal
    /// side that nobody has open shows as a hang-up.
    private static func prepare(_ device: String, path: String) throws(PortError) {
        let terminal = unsafe open(device, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { throw PortError(.failed, port: path, cause: systemMessage(errno)) }
        defer { Glibc.close(terminal) }
        try setRaw(terminal, port: path)
    }

    /// Makes the link beside its place and renames it there, so that there is never a moment without one.
    private static func link(_ path: String, to device: String) throws(PortError) {
        var status = stat()
        if unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFLNK {
            throw PortError(.busy, port: path, cause: "something that is not a link stands here")
        }
        let beside = "\(path).\(getpid()).new"
        unsafe unlink(beside)
        guard unsafe symlink(device, beside) == 0, unsafe rename(beside, path) == 0 else {
            let code = errno
            unsafe unlink(beside)
            throw Descriptor.openingError(code, port: path)
        }
    }

    private static func target(of path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 256)
        let count = unsafe readlink(path, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[0..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }
}
