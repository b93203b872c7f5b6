import Digests
import MCAP
package import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The folder of segments: appends to the open one, seals it durably, repairs what a crash left open.
///
/// Order of a seal: bytes, `fsync`, rename from `.part`, `fsync` of the folder. So a name without `.part` is a whole
/// segment, whatever happened. Used from the recorder's thread only.
package final class SegmentStore {
    /// A segment that is whole and durable.
    package struct Sealed: Sendable, Equatable {
        package var name: String
        package var bytes: Int
        package var messages: Int
        /// Hexadecimal.
        package var sha256: String

        package init(name: String, bytes: Int, messages: Int, sha256: String) {
            self.name = name
            self.bytes = bytes
            self.messages = messages
            self.sha256 = sha256
        }
    }

    private static let partSuffix = ".part"
    private static let suffix = ".mcap"

    package let directory: String
    private var file: Int32 = -1
    /// The segment that is open, or was last.
    package private(set) var openName = ""
    private var openBytes = 0
    private var hash = SHA256()
    private let syncsEveryAppend: Bool
    private let lock: Int32

    /// - Parameter syncsEveryAppend: False only on a hand-driven clock, where seconds pass faster than a disk can sync.
    /// - Throws: `RobotError.storage` when the folder cannot be made, `.busy` when another process records into it.
    package init(directory: String, syncsEveryAppend: Bool) throws(RobotError) {
        self.directory = directory
        self.syncsEveryAppend = syncsEveryAppend
        try Files.makeDirectory(directory)
        // Two recorders would repair each other's open segments. Without the lock file (a full disk) there is no lock,
        // and that is better than no recording.
        lock = Glibc.open("\(directory)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if lock >= 0, lockf(lock, F_TLOCK, 0) != 0, errno == EACCES || errno == EAGAIN {
            close(lock)
            throw RobotError(
                .busy, "another process records into \(directory)",
                hint: "is a doorstepd running already? Give each its own reflow.directory")
        }
    }

    deinit {
        if file >= 0 { close(file) }
        if lock >= 0 { close(lock) }
    }

    /// Whether a segment is open.
    package var isOpen: Bool { file >= 0 }

    /// Begins a segment.
    package func open(_ name: String) throws(RobotError) {
        let path = "\(directory)/\(name)\(Self.partSuffix)"
        guard Files.size("\(directory)/\(name)") == nil else {
            throw RobotError(.storage, "the segment \(name) exists already in \(directory)")
        }
        file = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Files.error("cannot create \(path)") }
        openName = name
        openBytes = 0
        hash = SHA256()
    }

    /// Appends bytes to the open segment and makes them durable.
    package func append(_ bytes: [UInt8]) throws(RobotError) {
        guard file >= 0 else { throw RobotError(.storage, "no segment is open in \(directory)") }
        guard Files.write(bytes, to: file) else { throw Files.error("cannot write to \(openName)") }
        hash.update(bytes[...])
        openBytes += bytes.count
        if syncsEveryAppend, fdatasync(file) != 0 { throw Files.error("cannot sync \(openName)") }
    }

    /// Seals the open segment.
    package func seal(messages: Int) throws(RobotError) -> Sealed {
        guard file >= 0 else { throw RobotError(.storage, "no segment is open in \(directory)") }
        let path = "\(directory)/\(openName)"
        guard fsync(file) == 0 else { throw Files.error("cannot sync \(openName)") }
        guard rename(path + Self.partSuffix, path) == 0 else { throw Files.error("cannot seal \(openName)") }
        abandon()
        try Files.syncDirectory(directory)
        return Sealed(name: openName, bytes: openBytes, messages: messages, sha256: hash.hexadecimal())
    }

    /// Closes the open segment as it is: a torn one.
    package func abandon() {
        guard file >= 0 else { return }
        close(file)
        file = -1
    }

    /// Bytes of the open segment so far.
    package var openSize: Int { isOpen ? openBytes : 0 }

    /// Removes a whole segment that the catalogue does not want.
    package func remove(_ name: String) { unlink("\(directory)/\(name)") }

    /// Calls a segment torn again: it has a whole one's name, and is damaged.
    package func demote(_ name: String) {
        rename("\(directory)/\(name)", "\(directory)/\(name)\(Self.partSuffix)")
    }

    /// The names of the whole segments in the folder, sorted.
    package var segments: [String] { Files.names(in: directory, endingIn: Self.suffix) }

    /// The names of segments that were not sealed, sorted. The one that is open is none of them.
    package var tornSegments: [String] {
        Files.names(in: directory, endingIn: Self.suffix + Self.partSuffix).map {
            String($0.dropLast(Self.partSuffix.count))
        }.filter { !isOpen || $0 != openName }
    }

    /// Bytes that the file system has left for us; when it does not say, as many as there are.
    package var freeBytes: Int {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return .max }
        return Int(clamping: status.f_bavail) * Int(clamping: status.f_frsize)
    }
}
