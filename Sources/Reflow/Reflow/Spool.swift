import GRDB
public import RobotModel

/// The catalogue of sealed segments: which wait, which the station has acknowledged, which had to go and why.
///
/// SQLite in WAL with full synchronisation: one small transaction for each change of a segment's state. It can be
/// rebuilt from the folder.
public final class Spool: Sendable {
    /// A segment that waits to be sent.
    public struct Waiting: Sendable, Hashable {
        public var name: String
        public var path: String
        public var bytes: Int
        /// Hexadecimal.
        public var sha256: String
    }

    /// Sums over the catalogue.
    public struct Totals: Sendable, Hashable {
        /// Bytes on the disk.
        public var bytes = 0
        public var acknowledgedBytes = 0
        public var waiting = 0
    }

    private let directory: String
    private let database: DatabaseQueue

    init(directory: String) throws(RobotError) {
        self.directory = directory
        do {
            var configuration = Configuration()
            configuration.prepareDatabase { db in
                try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
            }
            database = try DatabaseQueue(path: "\(directory)/spool.sqlite", configuration: configuration)
            try database.write { db in
                try db.execute(
                    sql: """
                        CREATE TABLE IF NOT EXISTS segment (
                            name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, messages INTEGER NOT NULL,
                            sha256 TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'sealed', cause TEXT,
                            number INTEGER NOT NULL
                        )
                        """)
            }
        } catch {
            throw RobotError(.storage, "cannot open the catalogue \(directory)/spool.sqlite: \(error)")
        }
    }

    func add(_ segment: SegmentStore.Sealed) throws(RobotError) {
        try change(
            """
            INSERT OR IGNORE INTO segment (name, bytes, messages, sha256, number)
            VALUES (?, ?, ?, ?, (SELECT COALESCE(MAX(number), 0) + 1 FROM segment))
            """, [segment.name, segment.bytes, segment.messages, segment.sha256])
    }

    func markEvicted(_ name: String, because cause: String) {
        // A row that cannot be changed now is found missing and marked at the next start.
        try? change(
            """
            UPDATE segment SET cause = ?, state = CASE state WHEN 'acknowledged' THEN 'gone' ELSE 'dropped' END
            WHERE name = ?
            """, [cause, name])
    }

    func knows(_ name: String) -> Bool {
        (try? database.read { db in
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM segment WHERE name = ?)", arguments: [name])
        }) == true
    }

    func oldest(acknowledged: Bool) -> String? {
        try? database.read { db in
            try String.fetchOne(
                db, sql: "SELECT name FROM segment WHERE state = ? ORDER BY number LIMIT 1",
                arguments: [acknowledged ? "acknowledged" : "sealed"])
        }
    }

    /// Sums over the catalogue.
    public var totals: Totals {
        let totals = try? database.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT COALESCE(SUM(CASE WHEN state IN ('sealed', 'acknowledged') THEN bytes END), 0) AS bytes,
                        COALESCE(SUM(CASE WHEN state IN ('acknowledged', 'gone') THEN bytes END), 0) AS acknowledged,
                        COALESCE(SUM(state = 'sealed'), 0) AS waiting FROM segment
                    """
            ).map { Totals(bytes: $0["bytes"], acknowledgedBytes: $0["acknowledged"], waiting: $0["waiting"]) }
        }
        return (totals ?? nil) ?? Totals()
    }

    /// The oldest segment that waits to be sent.
    public func next() -> Waiting? {
        let found = try? database.read { db in
            try Row.fetchOne(
                db, sql: "SELECT name, bytes, sha256 FROM segment WHERE state = 'sealed' ORDER BY number LIMIT 1"
            ).map {
                Waiting(
                    name: $0["name"], path: "\(self.directory)/\($0["name"] as String)", bytes: $0["bytes"],
                    sha256: $0["sha256"])
            }
        }
        return found ?? nil
    }

    /// The station has the segment, durably.
    public func markAcknowledged(_ name: String) throws(RobotError) {
        try change("UPDATE segment SET state = 'acknowledged' WHERE name = ?", [name])
    }

    /// The segment's file is gone or damaged; it will never be sent.
    public func markLost(_ name: String, because cause: String) throws(RobotError) {
        try change("UPDATE segment SET state = 'dropped', cause = ? WHERE name = ?", [cause, name])
    }

    private func change(_ sql: String, _ arguments: StatementArguments) throws(RobotError) {
        do { try database.write { db in try db.execute(sql: sql, arguments: arguments) } } catch {
            throw RobotError(.storage, "cannot change the catalogue of segments: \(error)")
        }
    }
}
