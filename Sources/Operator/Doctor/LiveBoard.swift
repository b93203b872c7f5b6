import CLinuxRealtime
import DeviceIO

#if canImport(Glibc)
    import Glibc
#endif

/// The machine that this runs on.
public struct LiveBoard: BoardView {
    /// Bytes that are written to learn how fast the disk is.
    private static let probeSize = 4 << 20

    public init() {}

    public func text(_ path: String) -> String? {
        let text = Folder.text(path)
        // An empty file tells as little as none.
        return text.isEmpty ? nil : String(text.reversed().drop { $0.isWhitespace }.reversed())
    }

    public func names(_ path: String) -> [String]? { Folder.names(path) }

    public func resolved(_ path: String) -> String? {
        guard let whole = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(whole) }
        return unsafe String(cString: whole)
    }

    public func owner(of path: String) -> FileOwner? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return FileOwner(
            user: Int(status.st_uid), group: Int(status.st_gid), mode: Int(status.st_mode & 0o777))
    }

    public func disk(of path: String) -> DiskSpace? {
        var folder = path
        while true {
            var status = statvfs()
            if unsafe statvfs(folder, &status) == 0 {
                let block = Int(status.f_frsize)
                return DiskSpace(size: Int(status.f_blocks) * block, free: Int(status.f_bavail) * block)
            }
            // A folder that the daemon makes at its first start.
            guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { return nil }
            folder = String(folder[..<slash])
        }
    }

    public func writeSpeed(in folder: String) -> Double? {
        let path = folder + "/.doctor-\(getpid())"
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { return nil }
        defer {
            close(file)
            unsafe unlink(path)
        }
        let bytes = (0..<Self.probeSize).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        let start = ContinuousClock.now
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { return nil }
            written += count
        }
        guard fdatasync(file) == 0 else { return nil }
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(bytes.count) / max(1e-6, Double(seconds) + Double(attoseconds) * 1e-18)
    }

    public var isClockSynchronized: Bool? {
        let state = doorstep_clock_is_synchronized()
        return state < 0 ? nil : state == 1
    }
}
