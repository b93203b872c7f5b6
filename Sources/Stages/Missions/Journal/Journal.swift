internal import GRDB
public import RobotModel

#if canImport(Glibc)
    import Glibc
#endif
#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// The robot's memory across power cuts: missions, their steps, open sessions, who has the meal, and where it last was.
///
/// One SQLite database in WAL mode with `synchronous=FULL`: what `append` has returned from survives a power cut. A torn
/// tail of the log is cut off by SQLite; what was committed before it stays. Blocks its caller for one disk flush, so
/// it is called from the deliberation's shell, never from a tick.
public final class Journal: Sendable {
    private let database: DatabaseQueue
    /// The database's path.
    public let path: String
    /// What the journal knew when it was opened.
    public let recovered: RecoveredState

    /// Opens or creates the journal.
    ///
    /// - Parameters:
    ///   - path: The database file; its folder must exist.
    ///   - maximumBytes: Refuse to grow beyond this many bytes, if given; `append` then throws as on a full disk.
    public init(path: String, maximumBytes: Int? = nil) throws(RobotError) {
        self.path = path
        let isTorn = Self.hasTornLog(path)
        do {
            var state: RecoveredState
            do {
                (database, state) = try Self.open(path, maximumBytes)
            } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
                let place = try Self.setAside(path)
                (database, _) = try Self.open(path, maximumBytes)
                // It stays so over further starts, until somebody has looked and the robot has gone on.
                state = try database.write { db in
                    try Self.noteDamage("the journal \(path) is damaged and was set aside as \(place)", in: db)
                    return try Self.recover(db)
                }
            }
            if isTorn { state.notice = "the journal's log ends in the middle of an entry, which is lost" }
            recovered = state
        } catch {
            throw Self.storageError("open", path, error)
        }
    }

    private static func open(_ path: String, _ maximumBytes: Int?) throws -> (DatabaseQueue, RecoveredState) {
        // SQLite gives its log the database's mode: it holds the boxes' codes of missions under way.
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 { close(descriptor) }
        for suffix in ["", "-wal", "-shm"] { chmod(path + suffix, 0o600) }
        var configuration = Configuration()
        configuration.label = "mission journal"
        configuration.journalMode = .wal
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // What is deleted is overwritten: a finished mission leaves no code behind.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            if let maximumBytes {
                let page = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
                try db.execute(sql: "PRAGMA max_page_count = \(max(1, maximumBytes / page))")
            }
        }
        let database = try DatabaseQueue(path: path, configuration: configuration)
        try database.read { db in
            guard try String.fetchOne(db, sql: "PRAGMA quick_check") == "ok" else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT)
            }
        }
        try migrator.migrate(database)
        return (database, try database.read { db in try recover(db) })
    }

    /// Makes one entry durable; returns after the commit has reached the disk.
    ///
    /// Throws `storage` when the disk is full or broken; nothing of the entry is kept then. `wall` is a label.
    public func append(_ entry: JournalEntry, at wall: WallTime) throws(RobotError) {
        do {
            try database.write { db in try Self.write(entry, at: wall, to: db) }
        } catch {
            throw Self.storageError("write to", path, error)
        }
        // The entry stands; what the log still holds of a finished mission's secrets goes, now or with the next one.
        if case .state(_, let state, _) = entry, state.isFinal {
            _ = try? database.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
        }
    }

    /// Keeps some bytes under a name, in the place of those that were there. Throws `storage`.
    public func keep(_ bytes: [UInt8], as name: String) throws(RobotError) {
        do {
            try database.write { db in
                try db.execute(
                    sql: "INSERT OR REPLACE INTO keepsakes (name, body) VALUES (?, ?)", arguments: [name, Data(bytes)])
            }
        } catch {
            throw Self.storageError("write to", path, error)
        }
    }

    /// The bytes that were kept under a name; nil where there are none. Throws `storage`.
    public func keepsake(_ name: String) throws(RobotError) -> [UInt8]? {
        do {
            return try database.read { db in
                try Data.fetchOne(db, sql: "SELECT body FROM keepsakes WHERE name = ?", arguments: [name]).map(
                    Array.init)
            }
        } catch {
            throw Self.storageError("read", path, error)
        }
    }

    /// The mission of an id, if the journal has ever taken it in, with its state.
    public func mission(_ id: MissionID) throws(RobotError) -> (mission: Mission, state: MissionState)? {
        do {
            return try database.read { db in
                guard
                    let row = try Row.fetchOne(
                        db, sql: "SELECT file, state FROM missions WHERE id = ?", arguments: [id.rawValue])
                else { return nil }
                return (try Self.decode(Mission.self, row["file"]), MissionState(rawValue: row["state"]) ?? .failed)
            }
        } catch {
            throw Self.storageError("read", path, error)
        }
    }

    /// The latest entries in words, newest last, for the console. Holds no secrets.
    public func history(limit: Int = 50) throws(RobotError) -> [(wall: WallTime, text: String)] {
        do {
            return try database.read { db in
                try Row.fetchAll(
                    db, sql: "SELECT wall, kind, mission, detail FROM transitions ORDER BY seq DESC LIMIT ?",
                    arguments: [limit]
                ).reversed().map { row in
                    let mission: String? = row["mission"]
                    let text = [mission, row["kind"] as String?, row["detail"] as String?].compactMap { $0 }
                        .joined(separator: " ")
                    return (WallTime(secondsSince1970: row["wall"]), text)
                }
            }
        } catch {
            throw Self.storageError("read", path, error)
        }
    }

    /// A damaged journal makes way for a new one; somebody may still read it.
    private static func setAside(_ path: String) throws(RobotError) -> String {
        let (folder, name) = WholeFile.split(path)
        let place = try WholeFile.move(path, into: folder, name: name + ".damaged")
        // A log of a database that is gone would be taken for the new one's.
        for suffix in ["-wal", "-shm"] { try WholeFile.remove(path + suffix) }
        return place
    }

    /// Whether the log ends in the middle of a frame (a header of 24 bytes and a page; the file's header of 32 bytes
    /// names the size of a page at byte 8; sqlite.org/fileformat2.html, section 4.1).
    private static func hasTornLog(_ path: String) -> Bool {
        guard let log = FileManager.default.contents(atPath: path + "-wal"), !log.isEmpty else { return false }
        guard log.count >= 32 else { return true }
        let page = log.dropFirst(8).prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return page == 0 || (log.count - 32) % (page + 24) != 0
    }

    static func damage(_ what: String) -> RobotError {
        RobotError(.storage, what, hint: "look where the robot and its meal are, bring both in order, then resume")
    }

    private static func storageError(_ verb: String, _ path: String, _ error: any Error) -> RobotError {
        if let error = error as? RobotError { return error }
        var cause = "\(error)"
        var hint = "check the disk and the permissions of the folder"
        if let sqlite = error as? DatabaseError {
            cause = sqlite.message ?? "SQLite error \(sqlite.resultCode.rawValue)"
            switch sqlite.resultCode {
            case .SQLITE_FULL: hint = "the disk is full: free space, then resume"
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                hint = "the journal is damaged: move it aside, look where the robot and its meal are, and start again"
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                hint = "another process has the journal open: is doorstepd running twice?"
            default: break
            }
        }
        return RobotError(.storage, "cannot \(verb) the journal \(path): \(cause)", hint: hint)
    }
}
