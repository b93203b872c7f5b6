import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A small file system in memory, so that a disk is really full. Mounting one needs root.
final class SmallDisk: Sendable {
    let path: String

    /// - Parameter bytes: How much fits.
    /// - Returns: Nil where mounting is not allowed.
    init?(bytes: Int) {
        path = NSTemporaryDirectory() + "doorstep-disk-\(UUID().uuidString.prefix(8))"
        guard mkdir(path, 0o700) == 0 else { return nil }
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(bytes)") == 0 else {
            rmdir(path)
            return nil
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
        rmdir(path)
    }

    /// Whether this process may mount one.
    static let isAvailable = SmallDisk(bytes: 1 << 20) != nil

    /// Takes all the room that is left.
    func fill() {
        let file = open("\(path)/filler", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(file) }
        for size in [1 << 20, 4096] {
            let block = [UInt8](repeating: 0x55, count: size)
            while write(file, block, size) == size {}
        }
    }

    /// Gives that room back.
    func empty() { unlink("\(path)/filler") }
}
