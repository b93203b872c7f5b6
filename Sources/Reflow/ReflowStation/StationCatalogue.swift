import GRDB

/// The catalogue of complete segments: SQLite in WAL with full synchronisation, so that what is in it stays.
struct StationCatalogue: Sendable {
    private let queue: DatabaseQueue

    init(path: String) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
        queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { db in
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

    /// Adds a segment, durably.
    func add(_ entry: SegmentEntry) throws {
        try queue.write { db in
            try db.execute(
                sql: "INSERT INTO segment (robot, name, bytes, messages, sha256) VALUES (?, ?, ?, ?, ?)",
                arguments: [entry.robot, entry.name, entry.bytes, entry.messages, entry.sha256])
        }
    }

    func entry(robot: String, name: String) throws -> SegmentEntry? {
        try queue.read { db in
            try Row.fetchOne(
                db, sql: "SELECT * FROM segment WHERE robot = ? AND name = ?", arguments: [robot, name]
            ).map(SegmentEntry.init)
        }
    }

    /// Every segment, by robot and name.
    func entries() throws -> [SegmentEntry] {
        try queue.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM segment ORDER BY robot, name").map(SegmentEntry.init)
        }
    }
}

extension SegmentEntry {
    fileprivate init(_ row: Row) {
        self.init(
            robot: row["robot"], name: row["name"], bytes: row["bytes"], messages: row["messages"],
            sha256: row["sha256"])
    }
}
