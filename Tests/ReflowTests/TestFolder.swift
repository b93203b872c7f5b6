import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A folder of one test's own, removed with the test process.
struct TestFolder: Sendable {
    let path: String

    /// One folder for all, so that a process removes what it made whatever becomes of its tests' values.
    private static let root: String = {
        let path = FileManager.default.temporaryDirectory.path + "/doorstep-reflow-tests-\(getpid())"
        atexit { try? FileManager.default.removeItem(atPath: TestFolder.root) }
        return path
    }()

    init() {
        path = "\(Self.root)/\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

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
struct SmallDisk {
    let path: String

    /// Mounts one for the time of a test's body; false when that is not allowed.
    @discardableResult
    static func with(bytes: Int, _ body: (SmallDisk) throws -> Void) rethrows -> Bool {
        let folder = TestFolder()
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(bytes)") == 0 else { return false }
        defer { umount2(folder.path, Int32(MNT_DETACH)) }
        try body(SmallDisk(path: folder.path))
        return true
    }

    /// Whether this process may mount one.
    static let isAvailable = with(bytes: 1 << 20) { _ in }

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
