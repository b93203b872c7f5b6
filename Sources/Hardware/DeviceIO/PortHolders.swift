#if canImport(Glibc)
    import Glibc
#endif

/// Who else has a port: by its lock, and by having it open at all.
///
/// A lock is honoured only by programs that look for it. ModemManager, brltty or a `cat` that somebody forgot take none,
/// and two readers of one line steal each other's bytes; those are found by looking into every process' open files
/// (proc(5)), as far as this user may.
struct PortHolders {
    /// A process, as a person would look for it.
    struct Holder: Equatable, CustomStringConvertible {
        var pid: Int
        var command: String
        var description: String { command.isEmpty ? "pid \(pid)" : "pid \(pid) (\(command))" }
    }

    /// Other processes that have the device open.
    var openers: [Holder] = []
    /// Whether every process could be looked into.
    var sawAll = true

    /// Nobody was looked for.
    static let none = PortHolders()

    private init() {}

    /// Looks for other processes that have the terminal behind a descriptor open.
    ///
    /// Some thousand system calls, ten milliseconds on a small board: for an opening, never for a read.
    init(of descriptor: Int32) {
        var status = stat()
        self.init(device: unsafe fstat(descriptor, &status) == 0 ? status.st_rdev : nil)
    }

    /// The same for a path that cannot be opened now.
    init(ofDeviceAt path: String) {
        var status = stat()
        let isDevice = unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR
        self.init(device: isDevice ? status.st_rdev : nil)
    }

    private init(device: dev_t?) {
        guard let device else { return }
        let own = Int(getpid())
        let processes = Folder.names("/proc")?.compactMap { Int($0) } ?? []
        // Where other users' processes are hidden (hidepid, ProtectProc=), not even the first one shows.
        sawAll = processes.contains(1)
        for process in processes where process != own {
            guard let files = Folder.names("/proc/\(process)/fd") else {
                // One that has just ended is no secret.
                if errno != ENOENT && errno != ESRCH { sawAll = false }
                continue
            }
            if files.contains(where: { Self.leads("/proc/\(process)/fd/\($0)", to: device) }) {
                openers.append(Holder(pid: process, command: Self.command(process)))
            }
        }
    }

    /// Who holds the lock on an open file, from `/proc/locks`: `1: FLOCK  ADVISORY  WRITE 412 00:18:1234 0 EOF`.
    static func lockHolder(_ descriptor: Int32) -> Holder? {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? lockHolder(inode: status.st_ino) : nil
    }

    /// The same for a path that cannot be opened now.
    static func lockHolder(ofDeviceAt path: String) -> Holder? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? lockHolder(inode: status.st_ino) : nil
    }

    private static func lockHolder(inode: ino_t) -> Holder? {
        let inode = ":\(inode)"
        for line in Folder.text("/proc/locks").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 6, words[1] == "FLOCK", words[5].hasSuffix(inode), let pid = Int(words[4]) else {
                continue
            }
            return Holder(pid: pid, command: command(pid))
        }
        return nil
    }

    /// The name of a process, at most 15 characters of it.
    private static func command(_ pid: Int) -> String {
        String(Folder.text("/proc/\(pid)/comm").prefix { $0 != "\n" })
    }

    /// Whether an open file is this device. What does not lie in /dev is not touched: a file of a server that hangs would
    /// hang this too.
    private static func leads(_ link: String, to device: dev_t) -> Bool {
        guard Folder.target(of: link)?.hasPrefix("/dev/") == true else { return false }
        var status = stat()
        guard unsafe stat(link, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else { return false }
        return status.st_rdev == device
    }
}
