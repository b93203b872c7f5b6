import GRDB
import RobotModel

#if canImport(Glibc)
    import Glibc
#endif

/// The catalogue's file: SQLite in WAL with full synchronisation, one row a segment.
///
/// It only remembers; what counts while the daemon runs is `Spool`'s memory. A file that is damaged is set aside and a
/// new one begun, since folder and station together know everything that is in it.
struct SpoolDatabase: Sendable {
    /// A segment's state.
    enum State: String, Sendable {
        /// Whole on the disk, not yet at the station.
        case sealed
        /// At the station, and still on the disk.
        case acknowledged
        /// At the station, no longer on the disk.
        case gone
        /// Never sent and no longer on the disk; `cause` says why.
        case dropped
    }

    /// A segment.
    struct Row: Sendable, Equatable {
        /// Order of sending.
        var number: Int
        var segment: SegmentStore.Sealed
        var state: State
        var cause: String?
    }

    /// Rows of segments that are no longer on the disk, kept for whoever asks what became of them.
    static let tombstones = 1000

    private let queue: DatabaseQueue

    /// Opens the catalogue of a folder, or begins one.
    init(directory: String) throws(RobotError) {
        let path = "\(directory)/spool.sqlite"
        do {
            queue = try Self.open(path)
        } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            rename(path, path + ".damaged")
            for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
            do { queue = try Self.open(path) } catch { throw Self.error("cannot begin the catalogue \(path)", error) }
        } catch {
            throw Self.error("cannot open the catalogue \(path)", error)
        }
    }

    private static func open(_ path: String) throws -> DatabaseQueue {
        // SQLite gives its log the database's mode.
        let file = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if file >= 0 { close(file) }
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { db in
            guard try String.fetchOne(db, sql: "PRAGMA quick_check") == "ok" else {
                throw DatabaseError(resultCode: .SQLITE_CORRUPT)
            }
            try db.execute(
                sql: """
                    CREATE TABLE IF NOT EXISTS segment (
                        name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, messages INTEGER NOT NULL,
                        sha256 TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'sealed', cause TEXT,
                        number INTEGER NOT NULL
                    )
                    """)
        }
        return queue
    }

    /// Every row, oldest first.
    func rows() throws(RobotError) -> [Row] {
        do {
            return try queue.read { db in
                try GRDB.Row.fetchAll(db, sql: "SELECT * FROM segment ORDER BY number").map { row in
                    Row(
                        number: row["number"],
                        segment: SegmentStore.Sealed(
                            name: row["name"], bytes: row["bytes"], messages: row["messages"], sha256: row["sha256"]),
                        state: State(rawValue: row["state"]) ?? .sealed, cause: row["cause"])
                }
            }
        } catch {
            throw Self.error("cannot read the catalogue of segments", error)
        }
    }

    /// Writes rows in one durable transaction.
    func save(_ rows: some Collection<Row> & Sendable) throws(RobotError) {
        do {
            try queue.write { db in
                for row in rows {
                    try db.execute(
                        sql: """
                            INSERT INTO segment (name, bytes, messages, sha256, state, cause, number)
                            VALUES (?, ?, ?, ?, ?, ?, ?)
                            ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes, messages = excluded.messages,
                                sha256 = excluded.sha256, state = excluded.state, cause = excluded.cause,
                                number = excluded.number
                            """,
                        arguments: [
                            row.segment.name, row.segment.bytes, row.segment.messages, row.segment.sha256,
                            row.state.rawValue, row.cause, row.number,
                        ])
                }
                try db.execute(
                    sql: """
                        DELETE FROM segment WHERE state IN ('gone', 'dropped') AND number <= (
                            SELECT number FROM segment WHERE state IN ('gone', 'dropped')
                            ORDER BY number DESC LIMIT 1 OFFSET ?)
                        """, arguments: [Self.tombstones])
            }
        } catch {
            throw Self.error("cannot change the catalogue of segments", error)
        }
    }

    private static func error(_ what: String, _ error: any Error) -> RobotError {
        let isFull = (error as? DatabaseError)?.resultCode == .SQLITE_FULL
        return RobotError(.storage, "\(what): \(error)", hint: isFull ? Files.fullDiskHint : nil)
    }
}
