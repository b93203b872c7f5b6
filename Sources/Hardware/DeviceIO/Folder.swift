#if canImport(Glibc)
    import Glibc
#endif

/// Small reads of the file system.
package enum Folder {
    /// The names in a folder; nil with `errno` set where it cannot be read.
    package static func names(_ path: String) -> [String]? {
        guard let folder = unsafe opendir(path) else { return nil }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Where a link leads; nil for what is no link.
    static func target(of path: String) -> String? {
        var bytes = [CChar](repeating: 0, count: 1024)
        let count = unsafe readlink(path, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes[0..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
    }

    /// Whether a path is a link that leads to something.
    static func isWholeLink(_ path: String) -> Bool { unsafe target(of: path) != nil && access(path, F_OK) == 0 }

    /// A file of the system's, at most a megabyte; empty where it cannot be read.
    package static func text(_ path: String) -> String {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var text: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while text.count < 1 << 20 {
            let count = unsafe Glibc.read(file, &chunk, chunk.count)
            guard count > 0 else { break }
            text += chunk[0..<count]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
