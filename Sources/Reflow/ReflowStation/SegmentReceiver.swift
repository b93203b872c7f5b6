import Digests
public import Foundation
import MCAP
public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The station's store: takes segments in parts, checks them, and acknowledges only what is durable.
///
/// A segment lies in `<robot>/<name>.part` while it arrives. When its last byte is there, its SHA-256 is held against
/// the announced one and MCAP's own checksums are checked; then it is synced, renamed, its folder synced and the
/// catalogue committed. Only after that is it called complete.
public actor SegmentReceiver {
    /// The state of a segment after a request.
    public struct Progress: Sendable, Hashable {
        /// What became of the request.
        public enum Outcome: Sendable, Hashable {
            /// The part was taken, or nothing was to be done.
            case taken
            /// The segment is whole, checked and durable.
            case complete
            /// The part does not begin where the last one ended.
            case wrongOffset
            /// All bytes are here, but their digest is not the announced one or they are no whole MCAP file; they have
            /// been discarded.
            case wrongDigest
            /// The segment is larger than any that is taken.
            case tooLarge
            /// The segment is not known, or its name is none.
            case unknown
        }

        public var outcome: Outcome
        /// Bytes that the station has.
        public var offset: Int
        /// Digest of a complete segment, hexadecimal.
        public var sha256: String?

        public init(outcome: Outcome, offset: Int, sha256: String? = nil) {
            self.outcome = outcome
            self.offset = offset
            self.sha256 = sha256
        }
    }

    /// The largest segment that is taken, bytes: it is checked in memory. A robot's are about 8 MiB.
    public static let largestSegment = 64 << 20

    private let directory: String
    private let database: StationCatalogue

    /// Opens the store; what a crash left whole but not in the catalogue is put there.
    ///
    /// - Parameter directory: Where the segments and the catalogue are kept; made if it is missing.
    /// - Throws: `RobotError.storage` when the folder or its catalogue cannot be used.
    public init(directory: String) throws(RobotError) {
        self.directory = directory
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            database = try StationCatalogue(path: "\(directory)/catalogue.sqlite")
            try Self.adopt(in: directory, into: database)
        } catch {
            throw RobotError(
                .storage, "cannot keep segments in \(directory): \(error)",
                hint: "the folder must be one that the station's user may write to")
        }
    }

    /// What is here of a segment.
    public func progress(robot: String, name: String) throws -> Progress {
        guard Self.isSafe(robot), Self.isSafe(name) else { return Progress(outcome: .unknown, offset: 0) }
        if let entry = try database.entry(robot: robot, name: name) { return Self.complete(entry) }
        let size = partSize(robot, name)
        return Progress(outcome: size == nil ? .unknown : .taken, offset: size ?? 0)
    }

    /// Takes a part.
    ///
    /// - Parameters:
    ///   - offset: Where in the segment the part begins.
    ///   - total: Bytes of the whole segment.
    ///   - sha256: Digest of the whole segment, lower-case hexadecimal.
    public func take(
        _ part: Data, at offset: Int, of total: Int, sha256: String, robot: String, name: String
    ) throws -> Progress {
        guard Self.isSafe(robot), Self.isSafe(name) else { return Progress(outcome: .unknown, offset: 0) }
        guard total <= Self.largestSegment else { return Progress(outcome: .tooLarge, offset: 0) }
        if let entry = try database.entry(robot: robot, name: name) { return Self.complete(entry) }
        let present = partSize(robot, name) ?? 0
        if present > total {
            // The remains of another segment of this name.
            try FileManager.default.removeItem(atPath: partPath(robot, name))
            return Progress(outcome: .wrongOffset, offset: 0)
        }
        guard offset == present, part.count <= total - offset else {
            return Progress(outcome: .wrongOffset, offset: present)
        }
        let file = try openPart(robot, name)
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: part)
        guard offset + part.count == total else { return Progress(outcome: .taken, offset: offset + part.count) }
        try file.synchronize()
        return try complete(robot, name, sha256: sha256)
    }

    /// Everything that has been received.
    public func catalogue() throws -> [SegmentEntry] { try database.entries() }

    private func complete(_ robot: String, _ name: String, sha256: String) throws -> Progress {
        let path = partPath(robot, name)
        guard let entry = try Self.examine(path, robot: robot, name: name), entry.sha256 == sha256 else {
            try FileManager.default.removeItem(atPath: path)
            return Progress(outcome: .wrongDigest, offset: 0)
        }
        guard rename(path, "\(directory)/\(robot)/\(name)") == 0 else { throw CocoaError(.fileWriteUnknown) }
        try Self.syncDirectory("\(directory)/\(robot)")
        try database.add(entry)
        return Self.complete(entry)
    }

    private func openPart(_ robot: String, _ name: String) throws -> FileHandle {
        let folder = "\(directory)/\(robot)"
        if !FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Self.syncDirectory(directory)
        }
        let path = partPath(robot, name)
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil) else {
                throw CocoaError(.fileWriteUnknown)
            }
        }
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    private func partPath(_ robot: String, _ name: String) -> String {
        "\(directory)/\(robot)/\(name)\(Self.partSuffix)"
    }

    private func partSize(_ robot: String, _ name: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: partPath(robot, name))
        return (attributes?[.size] as? NSNumber)?.intValue
    }
}

extension SegmentReceiver {
    private static let partSuffix = ".part"

    private static func complete(_ entry: SegmentEntry) -> Progress {
        Progress(outcome: .complete, offset: entry.bytes, sha256: entry.sha256)
    }

    /// What the catalogue should say of a file; nil when it is no whole segment.
    private static func examine(_ path: String, robot: String, name: String) throws -> SegmentEntry? {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        guard let reader = try? MCAPReader(bytes), reader.isComplete else { return nil }
        return SegmentEntry(
            robot: robot, name: name, bytes: bytes.count, messages: reader.messageCount,
            sha256: SHA256.hexadecimal(of: bytes))
    }

    /// Segments that were renamed, but not committed to the catalogue when the power went.
    private static func adopt(in directory: String, into database: StationCatalogue) throws {
        let files = FileManager.default
        for robot in try files.contentsOfDirectory(atPath: directory).sorted() where isSafe(robot) {
            let folder = "\(directory)/\(robot)"
            var isFolder: ObjCBool = false
            guard files.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue else { continue }
            for name in try files.contentsOfDirectory(atPath: folder).sorted() {
                guard isSafe(name), try database.entry(robot: robot, name: name) == nil,
                    let entry = try examine("\(folder)/\(name)", robot: robot, name: name)
                else { continue }
                try syncDirectory(folder)
                try database.add(entry)
            }
        }
    }

    /// Names become paths, so they may hold only what cannot leave the folder, and no part's suffix.
    private static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 128 && !name.hasPrefix(".") && !name.hasSuffix(partSuffix)
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".") }
    }

    private static func syncDirectory(_ path: String) throws {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
