import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The few file operations of this room, with errors that a person can act on.
enum Files {
    /// Makes a folder and those above it.
    static func makeDirectory(_ path: String) throws(RobotError) {
        var partial = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            partial += "/\(part)"
            if mkdir(partial, 0o700) != 0, errno != EEXIST { throw error("cannot make the folder \(partial)") }
        }
    }

    /// The bytes of a file; nil when it cannot be read.
    static func contents(_ path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { return nil }
        let size = Int(status.st_size)
        var isWhole = true
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, filled in
            while filled < size {
                let count = read(file, buffer.baseAddress.map { $0 + filled }, size - filled)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                filled += count
            }
            isWhole = filled == size
        }
        return isWhole ? bytes : nil
    }

    /// The size of a file in bytes; nil when there is none.
    static func size(_ path: String) -> Int? {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : nil
    }

    /// Appends all the bytes to an open file.
    static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            written += count
        }
        return true
    }

    /// Makes a folder's entries durable.
    static func syncDirectory(_ path: String) throws(RobotError) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw error("cannot open the folder \(path)") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw error("cannot sync the folder \(path)") }
    }

    /// The names of a folder's files that end in `suffix`, sorted.
    static func names(in directory: String, endingIn suffix: String) -> [String] {
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

    /// The present `errno` in words, with what to do about the common ones.
    static func error(_ what: String) -> RobotError {
        let code = errno
        let hint: String? =
            switch code {
            case ENOSPC, EDQUOT: fullDiskHint
            case EACCES, EPERM, EROFS: "the daemon's user must be able to write there"
            default: nil
            }
        return RobotError(.storage, "\(what): \(String(cString: strerror(code)))", hint: hint)
    }

    /// What to do about a full disk.
    static let fullDiskHint = "the disk is full: free some space, or lower reflow.quota_mb in the board file"
}
