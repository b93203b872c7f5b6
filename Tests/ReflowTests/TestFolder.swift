import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A folder of one test's own, removed with the value that made it.
final class TestFolder: Sendable {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/reflow-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Names of its files that end in a suffix, sorted.
    func names(endingIn suffix: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).filter { $0.hasSuffix(suffix) }.sorted()
    }

    func bytes(of name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
    }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = URL(fileURLWithPath: "\(path)/\(name)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: file)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }
}

/// A small file system in memory, so that a disk is really full. Mounting needs root.
final class SmallDisk {
    let path: String

    init?(bytes: Int) {
        let folder = FileManager.default.temporaryDirectory.path + "/reflow-disk-\(UUID().uuidString)"
        guard mkdir(folder, 0o700) == 0 else { return nil }
        guard mount("tmpfs", folder, "tmpfs", 0, "size=\(bytes)") == 0 else {
            rmdir(folder)
            return nil
        }
        path = folder
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
        for size in [64 * 1024, 4096] {
            let block = [UInt8](repeating: 0x55, count: size)
            while write(file, block, size) == size {}
        }
    }

    /// Gives that room back.
    func empty() { unlink("\(path)/filler") }
}
