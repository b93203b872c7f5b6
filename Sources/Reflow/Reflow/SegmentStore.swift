import Digests
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The folder of segments: appends to the open one, seals it durably, repairs what a crash left open.
///
/// Order of a seal: bytes, `fdatasync`, rename from `.part`, `fsync` of the folder. Used from the recorder's thread only.
final class SegmentStore {
    /// A segment that is whole and durable.
    struct Sealed: Sendable, Equatable {
        var name: String
        var bytes: Int
        var messages: Int
        /// Hexadecimal.
        var sha256: String
    }

    let directory: String
    private var file: Int32 = -1
    private var openName = ""
    private var openBytes = 0
    private var hash = SHA256()
    private let syncsEveryAppend: Bool

    /// - Parameter syncsEveryAppend: False only on a hand-driven clock, where seconds pass faster than a disk can sync.
    init(directory: String, syncsEveryAppend: Bool) throws(RobotError) {
        self.directory = directory
        self.syncsEveryAppend = syncsEveryAppend
        try makeDirectory(directory)
    }

    deinit { if file >= 0 { close(file) } }

    /// Begins a segment.
    func open(_ name: String) throws(RobotError) {
        let path = "\(directory)/\(name).part"
        file = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw storageError("cannot create \(path)") }
        openName = name
        openBytes = 0
        hash = SHA256()
    }

    /// Appends bytes to the open segment and makes them durable.
    func append(_ bytes: [UInt8]) throws(RobotError) {
        guard file >= 0 else { throw RobotError(.storage, "no segment is open in \(directory)") }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw storageError("cannot write to \(openName)")
            }
            rest = rest.dropFirst(count)
        }
        hash.update(bytes[...])
        openBytes += bytes.count
        if syncsEveryAppend, fdatasync(file) != 0 { throw storageError("cannot sync \(openName)") }
    }

    /// Seals the open segment.
    func seal(messages: Int) throws(RobotError) -> Sealed {
        guard file >= 0 else { throw RobotError(.storage, "no segment is open in \(directory)") }
        let path = "\(directory)/\(openName)"
        let synced = fsync(file) == 0
        close(file)
        file = -1
        guard synced, rename("\(path).part", path) == 0 else { throw storageError("cannot seal \(openName)") }
        syncDirectory()
        return Sealed(name: openName, bytes: openBytes, messages: messages, sha256: hash.hexadecimal())
    }

    /// Gives the open segment up after an error; what is on the disk is repaired at the next start.
    func abandon() {
        guard file >= 0 else { return }
        close(file)
        file = -1
    }

    /// Removes a sealed segment.
    func remove(_ name: String) { unlink("\(directory)/\(name)") }

    /// The names in the folder that end in `suffix`, sorted.
    func names(endingIn suffix: String) -> [String] {
        guard let folder = opendir(directory) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(suffix) { names.append(name) }
        }
        return names.sorted()
    }

    /// A whole file of the folder.
    func contents(of name: String) -> [UInt8]? { readFile("\(directory)/\(name)") }

    /// Bytes that the file system has left for us.
    var freeBytes: Int {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return 0 }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }

    private func syncDirectory() {
        let folder = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }
}

/// Makes a folder and those above it.
func makeDirectory(_ path: String) throws(RobotError) {
    var partial = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
        partial += "/\(part)"
        if mkdir(partial, 0o750) != 0, errno != EEXIST { throw storageError("cannot make the folder \(partial)") }
    }
}

/// The bytes of a file; nil when it cannot be read.
func readFile(_ path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var filled = 0
    while filled < bytes.count {
        let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress.map { $0 + filled }, $0.count - filled) }
        if count <= 0 { return nil }
        filled += count
    }
    return bytes
}

/// The present `errno` in words, with what to do about the common ones.
func storageError(_ what: String) -> RobotError {
    let code = errno
    let hint: String? =
        switch code {
        case ENOSPC, EDQUOT: "the disk is full: free some space, or lower reflow.quota_mb in the board file"
        case EACCES, EPERM, EROFS: "the daemon's user must be able to write there"
        default: nil
        }
    return RobotError(.storage, "\(what): \(String(cString: strerror(code)))", hint: hint)
}
