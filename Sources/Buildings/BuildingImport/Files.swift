import RobotModel
import StructuredText

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#endif

/// The bytes of a file.
func readBytes(_ path: String) throws(FileProblems) -> [UInt8] {
    do {
        return try [UInt8](Data(contentsOf: URL(filePath: path)))
    } catch {
        throw FileProblems([
            RobotError(
                .unreadableFile, "cannot be read", at: SourceLocation(file: path, line: 1, column: 1),
                hint: "look whether the file is there and may be read")
        ])
    }
}

/// Writes a file at once: a reader sees the old one or the new one.
func writeBytes(_ bytes: [UInt8], to path: String) throws(FileProblems) {
    do {
        try Data(bytes).write(to: URL(filePath: path), options: .atomic)
    } catch {
        throw FileProblems([
            RobotError(
                .storage, "cannot be written", at: SourceLocation(file: path, line: 1, column: 1),
                hint: "look whether the folder is there, may be written to and has room")
        ])
    }
}

/// The names in a folder, sorted.
func listFolder(_ path: String) throws(FileProblems) -> [String] {
    do {
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
        throw FileProblems([
            RobotError(
                .unreadableFile, "the folder cannot be read", at: SourceLocation(file: path, line: 1, column: 1),
                hint: "look at the path; relative paths start in the present folder")
        ])
    }
}

/// Whether there is a folder at a path.
func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}
