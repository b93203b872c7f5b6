public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The folder in which missions come and go: `inbox`, `outbox`, `archive` and `quarantine`, each a folder of it.
public struct MissionFolder: Hashable, Sendable {
    public let path: String
    public var inbox: String { path + "/inbox" }
    public var outbox: String { path + "/outbox" }
    /// Missions that were taken in, without their PINs and codes.
    public var archive: String { path + "/archive" }
    /// Files that were not taken in, each with a `.error` beside it.
    public var quarantine: String { path + "/quarantine" }
    /// The journal's database.
    public var journal: String { path + "/journal.sqlite" }

    /// Makes the folders where they are missing; only their owner may look into them, for missions carry PINs. Folders
    /// that are there keep the mode that somebody gave them.
    public init(path: String) throws(RobotError) {
        self.path = path
        for folder in [path, inbox, outbox, archive, quarantine] { try Self.make(folder) }
    }

    private static func make(_ folder: String) throws(RobotError) {
        if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
        if errno == ENOENT, let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
            try make(String(folder[..<slash]))
            if mkdir(folder, 0o700) == 0 || errno == EEXIST { return }
        }
        let cause = String(cString: strerror(errno))
        throw RobotError(
            .storage, "cannot make the folder \(folder): \(cause)",
            hint: "make it, and let the daemon's user write into it")
    }
}

/// Small file operations that leave a file whole or not there at all.
enum WholeFile {
    /// Who may read a file besides its owner: nobody, or the folder's group (dispatch, where the package has made it).
    enum Reader { case owner, group }

    /// Writes a file beside its place and renames it into it.
    ///
    /// - Parameter durable: Wait for the disk, so that a power cut cannot leave it empty.
    /// - Parameter workshop: A folder of the same disk to write it in, for a place where others may write too.
    static func write(
        _ text: String, to path: String, durable: Bool, for reader: Reader = .owner, workshop: String? = nil
    ) throws(RobotError) {
        try write(Array(text.utf8), to: path, durable: durable, for: reader, workshop: workshop)
    }

    /// Writes a file beside its place, or in a workshop, and renames it into it.
    static func write(
        _ content: [UInt8], to path: String, durable: Bool, for reader: Reader = .owner, workshop: String? = nil
    ) throws(RobotError) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let temporary = "\(workshop ?? String(path[..<slash]))/.\(path[path.index(after: slash)...]).part"
        // What an earlier run has left, or somebody has put there, is neither followed nor written to.
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("write", temporary) }
        if reader == .group { fchmod(descriptor, 0o640) }
        var bytes = content[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                let error = failure("write", temporary)
                close(descriptor)
                unlink(temporary)
                throw error
            }
            bytes = bytes.dropFirst(count)
        }
        if durable { fsync(descriptor) }
        close(descriptor)
        guard rename(temporary, path) == 0 else { throw failure("write", path) }
        if durable { sync(folder: String(path[..<slash])) }
    }

    /// The folder of a path, and the name in it.
    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    /// The path of a name in a folder, or of one like it that is free there.
    static func free(_ name: String, in folder: String) -> String {
        var candidate = "\(folder)/\(name)"
        var number = 1
        while access(candidate, F_OK) == 0 {
            candidate = "\(folder)/\(name).\(number)"
            number += 1
        }
        return candidate
    }

    /// Moves a file into a folder under a name that is free there, and says which.
    static func move(_ path: String, into folder: String, name: String) throws(RobotError) -> String {
        let place = free(name, in: folder)
        guard rename(path, place) == 0 else { throw failure("move", path) }
        return place
    }

    /// The first bytes of a file, at most `limit`; nil when it cannot be read, or is a link, a pipe or a folder.
    static func contents(_ path: String, limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        var bytes = [UInt8](repeating: 0, count: limit)
        var length = 0
        while length < limit {
            let count = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + length, limit - length) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            length += count
        }
        return Array(bytes.prefix(length))
    }

    static func remove(_ path: String) throws(RobotError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("remove", path) }
    }

    /// The names in a folder, sorted.
    static func names(in folder: String) throws(RobotError) -> [String] {
        guard let directory = opendir(folder) else { throw failure("read", folder) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            names.append(name)
        }
        return names.sorted()
    }

    /// Whether it is a plain file; a pipe would make its reader wait for ever.
    static func isPlain(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    private static func sync(folder: String) {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }

    private static func failure(_ verb: String, _ path: String) -> RobotError {
        let code = errno
        let hint =
            switch code {
            case ENOSPC, EDQUOT: "the disk is full: free space"
            case EACCES, EPERM, EROFS: "let the daemon's user write there"
            default: "check the disk"
            }
        return RobotError(.storage, "cannot \(verb) \(path): \(String(cString: strerror(code)))", hint: hint)
    }
}
