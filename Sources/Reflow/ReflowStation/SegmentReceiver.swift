import Digests
public import Foundation
import GRDB
import MCAP

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
            /// All bytes are here, but their digest is not the announced one; they have been discarded.
            case wrongDigest
            /// The segment is not known.
            case unknown
        }

        public var outcome: Outcome
        /// Bytes that the station has.
        public var offset: Int
    }

    /// A segment in the catalogue.
    public struct Entry: Sendable, Hashable {
        public var robot: String
        public var name: String
        public var bytes: Int
        public var messages: Int
    }

    private let directory: String
    private let database: DatabaseQueue

    /// - Parameter directory: Where the segments and the catalogue are kept; made if it is missing.
    public init(directory: String) throws {
        self.directory = directory
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
        database = try DatabaseQueue(path: "\(directory)/catalogue.sqlite", configuration: configuration)
        try database.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS segment (
                        robot TEXT NOT NULL, name TEXT NOT NULL, bytes INTEGER NOT NULL, messages INTEGER NOT NULL,
                        sha256 TEXT NOT NULL, received TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
                        PRIMARY KEY (robot, name)
                    )
                    """)
        }
    }

    /// What is here of a segment.
    public func progress(robot: String, name: String) throws -> Progress {
        guard Self.isSafe(robot), Self.isSafe(name) else { return Progress(outcome: .unknown, offset: 0) }
        if let entry = try entry(robot, name) { return Progress(outcome: .complete, offset: entry.bytes) }
        let size = partSize(robot, name)
        return Progress(outcome: size == nil ? .unknown : .taken, offset: size ?? 0)
    }

    /// Takes a part.
    ///
    /// - Parameters:
    ///   - offset: Where in the segment the part begins.
    ///   - total: Bytes of the whole segment.
    ///   - sha256: Digest of the whole segment, hexadecimal.
    public func take(
        _ part: Data, at offset: Int, of total: Int, sha256: String, robot: String, name: String
    ) throws -> Progress {
        guard Self.isSafe(robot), Self.isSafe(name) else { return Progress(outcome: .unknown, offset: 0) }
        if let entry = try entry(robot, name) { return Progress(outcome: .complete, offset: entry.bytes) }
        let present = partSize(robot, name) ?? 0
        guard offset == present, offset + part.count <= total else {
            return Progress(outcome: .wrongOffset, offset: present)
        }
        try FileManager.default.createDirectory(
            atPath: "\(directory)/\(robot)", withIntermediateDirectories: true)
        let path = partPath(robot, name)
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.seekToEnd()
        try file.write(contentsOf: part)
        guard offset + part.count == total else { return Progress(outcome: .taken, offset: offset + part.count) }
        try file.synchronize()
        return try complete(robot, name, total: total, sha256: sha256)
    }

    /// Everything that has been received.
    public func catalogue() throws -> [Entry] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT robot, name, bytes, messages FROM segment ORDER BY robot, name").map {
                Entry(robot: $0["robot"], name: $0["name"], bytes: $0["bytes"], messages: $0["messages"])
            }
        }
    }

    private func complete(_ robot: String, _ name: String, total: Int, sha256: String) throws -> Progress {
        let path = partPath(robot, name)
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        var hash = SHA256()
        hash.update(bytes[...])
        let reader = try? MCAPReader(bytes)
        guard hash.hexadecimal() == sha256, let reader, reader.isComplete else {
            try FileManager.default.removeItem(atPath: path)
            return Progress(outcome: .wrongDigest, offset: 0)
        }
        let final = "\(directory)/\(robot)/\(name)"
        guard rename(path, final) == 0 else { throw CocoaError(.fileWriteUnknown) }
        try Self.syncDirectory("\(directory)/\(robot)")
        try database.write { db in
            try db.execute(
                sql: "INSERT INTO segment (robot, name, bytes, messages, sha256) VALUES (?, ?, ?, ?, ?)",
                arguments: [robot, name, total, reader.messageCount, sha256])
        }
        return Progress(outcome: .complete, offset: total)
    }

    private func entry(_ robot: String, _ name: String) throws -> Entry? {
        try database.read { db in
            try Row.fetchOne(
                db, sql: "SELECT bytes, messages FROM segment WHERE robot = ? AND name = ?", arguments: [robot, name]
            ).map { Entry(robot: robot, name: name, bytes: $0["bytes"], messages: $0["messages"]) }
        }
    }

    private func partPath(_ robot: String, _ name: String) -> String { "\(directory)/\(robot)/\(name).part" }

    private func partSize(_ robot: String, _ name: String) -> Int? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: partPath(robot, name))
        return (attributes?[.size] as? NSNumber)?.intValue
    }

    /// Names become paths, so they may hold only what cannot leave the folder.
    private static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && name.count <= 128 && !name.hasPrefix(".")
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" || $0 == ".") }
    }

    private static func syncDirectory(_ path: String) throws {
        let folder = open(path, O_RDONLY | O_DIRECTORY)
        guard folder >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
