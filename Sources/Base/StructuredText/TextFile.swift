import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The text of a file that a person or dispatch wrote.
///
/// Throws `FileProblems` with one `unreadable-file` error: it is not there, may not be read, is longer than `limit`
/// bytes, or is not UTF-8.
///
/// - Parameter isForeign: Somebody else may put what they like at `path`: a link is not followed, and a pipe, a folder or
///   a device is refused without waiting for it.
public func readTextFile(_ path: String, limit: Int, isForeign: Bool = false) throws(FileProblems) -> String {
    let bytes = try readFileBytes(path, limit: limit, isForeign: isForeign)
    guard let text = String(validating: bytes, as: UTF8.self) else {
        throw FileProblems([
            RobotError(
                .unreadableFile, "is not UTF-8 text", at: SourceLocation(file: path, line: 1, column: 1),
                hint: "save it as UTF-8")
        ])
    }
    return text
}

/// The bytes of a file, in the manner of `readTextFile`.
public func readFileBytes(_ path: String, limit: Int, isForeign: Bool = false) throws(FileProblems) -> [UInt8] {
    func failure(_ what: String, hint: String?) -> FileProblems {
        let location = SourceLocation(file: path, line: 1, column: 1)
        return FileProblems([RobotError(.unreadableFile, what, at: location, hint: hint)])
    }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | (isForeign ? O_NOFOLLOW | O_NONBLOCK : 0))
    guard descriptor >= 0 else {
        let code = errno
        let hint =
            switch code {
            case ENOENT: "look at the path; relative paths start in the present folder"
            case EACCES: "let this user read it: chmod a+r"
            default: nil as String?
            }
        throw failure("cannot be opened: \(String(cString: strerror(code)))", hint: hint)
    }
    defer { close(descriptor) }
    var status = stat()
    let isKnown = fstat(descriptor, &status) == 0
    guard !isForeign || (isKnown && status.st_mode & S_IFMT == S_IFREG) else {
        throw failure("is no plain file", hint: nil)
    }
    var bytes: [UInt8] = []
    if isKnown { bytes.reserveCapacity(min(max(Int(status.st_size), 0), limit) + 1) }
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= limit {
        let count = read(descriptor, &chunk, chunk.count)
        if count == 0 { break }
        if count < 0 {
            let code = errno
            if code == EINTR { continue }
            throw failure(
                "cannot be read: \(String(cString: strerror(code)))", hint: code == EISDIR ? "name a file in it" : nil)
        }
        bytes.append(contentsOf: chunk[0..<count])
    }
    guard bytes.count <= limit else {
        throw failure("is longer than \(limit) bytes", hint: "is this the right file?")
    }
    return bytes
}
