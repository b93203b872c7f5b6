import Digests
import MCAP
package import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

extension SegmentStore {
    /// What became of a torn segment.
    package enum Repair: Sendable, Equatable {
        /// It is whole now; so many bytes behind its last whole record had to be given up.
        case sealed(Sealed, lostBytes: Int)
        /// No message in it was whole; it has been removed.
        case empty
        /// It could not be read or understood; it has been removed.
        case unreadable
    }

    /// Makes a torn segment whole in place and seals it.
    ///
    /// Cut off at any instant it leaves a torn segment that can be repaired again.
    /// - Throws: `RobotError.storage` when the disk refuses; the torn segment is still there then.
    package func repair(_ name: String) throws(RobotError) -> Repair {
        let path = "\(directory)/\(name)"
        let part = path + ".part"
        guard let torn = Files.contents(part), let recovery = try? MCAPRecovery(torn) else {
            unlink(part)
            return .unreadable
        }
        guard recovery.messages > 0 else {
            unlink(part)
            return .empty
        }
        let file = Glibc.open(part, O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { throw Files.error("cannot open \(part)") }
        defer { close(file) }
        guard ftruncate(file, off_t(recovery.keptBytes)) == 0,
            lseek(file, 0, SEEK_END) == off_t(recovery.keptBytes), Files.write(recovery.tail, to: file),
            fsync(file) == 0, rename(part, path) == 0
        else { throw Files.error("cannot repair \(name)") }
        try Files.syncDirectory(directory)
        var hash = SHA256()
        hash.update(torn[..<recovery.keptBytes])
        hash.update(recovery.tail[...])
        let sealed = Sealed(
            name: name, bytes: recovery.keptBytes + recovery.tail.count, messages: recovery.messages,
            sha256: hash.hexadecimal())
        return .sealed(sealed, lostBytes: recovery.lostBytes)
    }

    /// What the catalogue should say of a whole segment; nil when it is none, or is damaged.
    package func examine(_ name: String) -> Sealed? {
        guard let bytes = Files.contents("\(directory)/\(name)"), let reader = try? MCAPReader(bytes),
            reader.isComplete
        else { return nil }
        return Sealed(
            name: name, bytes: bytes.count, messages: reader.messageCount, sha256: SHA256.hexadecimal(of: bytes))
    }
}
