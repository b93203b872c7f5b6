internal import GRDB
internal import RobotModel

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

// missions     one row a mission: the file's content (PIN hashed; the box's code until it is over), its state, who has
//              the meal
// transitions  everything that was appended, in order, never changed: the history for people
// progress     one row: the step being done
// sessions     doors and lifts asked for and not yet confirmed as given back
// safety       one row: the causes that a person has to clear, as the bits of `SafetyCauses`
// pose         one row: where the robot last was
// keepsakes    what other rooms want to know again after a restart, by name, in bytes of their own
extension Journal {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE missions (
                        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, file BLOB NOT NULL,
                        state TEXT NOT NULL, custody TEXT);
                    CREATE TABLE transitions (
                        seq INTEGER PRIMARY KEY AUTOINCREMENT, wall REAL NOT NULL, kind TEXT NOT NULL, mission TEXT,
                        detail TEXT);
                    CREATE TABLE progress (only INTEGER PRIMARY KEY CHECK (only = 1), body BLOB NOT NULL);
                    CREATE TABLE sessions (
                        facility BLOB PRIMARY KEY, number INTEGER NOT NULL, ending INTEGER NOT NULL DEFAULT 0);
                    CREATE TABLE pose (
                        only INTEGER PRIMARY KEY CHECK (only = 1), x REAL, y REAL, yaw REAL, level TEXT NOT NULL);
                    """)
        }
        migrator.registerMigration("2") { db in
            try db.execute(
                sql: "CREATE TABLE safety (only INTEGER PRIMARY KEY CHECK (only = 1), causes INTEGER NOT NULL)")
        }
        migrator.registerMigration("3") { db in
            try db.execute(sql: "CREATE TABLE keepsakes (name TEXT PRIMARY KEY, body BLOB NOT NULL)")
        }
        return migrator
    }

    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys  // the facility's text is a key
        return try encoder.encode(value)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ data: Data) throws -> Value {
        try JSONDecoder().decode(type, from: data)
    }

    static func write(_ entry: JournalEntry, at wall: WallTime, to db: Database) throws {
        func note(_ kind: String, _ mission: MissionID?, _ detail: String?) throws {
            try db.execute(
                sql: "INSERT INTO transitions (wall, kind, mission, detail) VALUES (?, ?, ?, ?)",
                arguments: [wall.secondsSince1970, kind, mission?.rawValue, detail])
        }
        switch entry {
        case .accepted(let mission):
            try db.execute(
                sql: "INSERT INTO missions (id, file, state, custody) VALUES (?, ?, ?, ?)",
                arguments: [
                    mission.id.rawValue, try encode(mission), MissionState.queued.rawValue, Custody.box.rawValue,
                ])
            try note("accepted", mission.id, nil)
        case .state(let id, let state, let error):
            try db.execute(
                sql: "UPDATE missions SET state = ? WHERE id = ?", arguments: [state.rawValue, id.rawValue])
            if state.isFinal {
                try db.execute(sql: "DELETE FROM progress")
                try forgetCode(of: id, in: db)
            }
            try note(state.rawValue, id, error?.description)
        case .progress(let progress):
            try db.execute(
                sql: "INSERT OR REPLACE INTO progress (only, body) VALUES (1, ?)", arguments: [try encode(progress)])
            try note("step", progress.mission, "\(progress.leg.rawValue) \(progress.skill) \(progress.state)")
        case .idle:
            try db.execute(sql: "DELETE FROM progress")
            try note("idle", nil, nil)
        case .sessionOpening(let facility, let number):
            try db.execute(
                sql: "INSERT OR REPLACE INTO sessions (facility, number, ending) VALUES (?, ?, 0)",
                arguments: [try encode(facility), Int(number)])
            try note("session opening", nil, "\(facility) as \(number)")
        case .sessionEnding(let facility):
            try db.execute(
                sql: "UPDATE sessions SET ending = 1 WHERE facility = ?", arguments: [try encode(facility)])
            try note("session ending", nil, facility.description)
        case .sessionEnded(let facility):
            try db.execute(sql: "DELETE FROM sessions WHERE facility = ?", arguments: [try encode(facility)])
            try note("session ended", nil, facility.description)
        case .custody(let id, let holder):
            try db.execute(
                sql: "UPDATE missions SET custody = ? WHERE id = ?", arguments: [holder.rawValue, id.rawValue])
            try note("custody", id, holder.rawValue)
        case .lock(let id, let locked):
            try note("compartment", id, locked ? "locking" : "unlocking")
        case .boxUnlock(let id, let box):
            try note("box", id, "code presented to box \(box)")
        case .safety(let causes):
            try db.execute(
                sql: "INSERT OR REPLACE INTO safety (only, causes) VALUES (1, ?)", arguments: [Int64(causes.rawValue)])
            let names = causes.names.joined(separator: ", ")
            try note("safety", nil, causes.isEmpty ? "cleared" : "to be cleared by a person: \(names)")
        case .pose(let pose, let level):
            try db.execute(
                sql: "INSERT OR REPLACE INTO pose (only, x, y, yaw, level) VALUES (1, ?, ?, ?, ?)",
                arguments: [pose.x, pose.y, pose.yaw, level.rawValue])
        }
    }

    /// Takes the box's code out of a mission that is over; nobody needs it any more.
    private static func forgetCode(of id: MissionID, in db: Database) throws {
        guard
            let file = try Data.fetchOne(
                db, sql: "SELECT file FROM missions WHERE id = ?", arguments: [id.rawValue])
        else { return }
        var mission = try decode(Mission.self, file)
        mission.collect.code = Secret(MealCollection.forgottenCode)
        try db.execute(
            sql: "UPDATE missions SET file = ? WHERE id = ?", arguments: [try encode(mission), id.rawValue])
    }

    static func noteDamage(_ what: String, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO transitions (wall, kind, detail) VALUES (0, 'damaged', ?)", arguments: [what])
    }

    /// What can be read of the rows. One that cannot be is named in `damage` and left out: a robot that does not start has
    /// nobody who could help it.
    static func recover(_ db: Database) throws -> RecoveredState {
        var state = RecoveredState()
        var unreadable: [String] = []
        for row in try Row.fetchAll(db, sql: "SELECT id, file, state, custody FROM missions ORDER BY number") {
            let missionState = MissionState(rawValue: row["state"]) ?? .failed
            if missionState.isFinal { continue }
            guard let mission = try? decode(Mission.self, row["file"]) else {
                unreadable.append("mission \(row["id"] as String)")
                continue
            }
            state.missions.append(mission)
            state.states[mission.id] = missionState
            let isCalledOff = try Bool.fetchOne(
                db, sql: "SELECT EXISTS (SELECT 1 FROM transitions WHERE mission = ? AND kind = ?)",
                arguments: [mission.id.rawValue, MissionState.cancelling.rawValue])
            if isCalledOff ?? false { state.cancelled.insert(mission.id) }
            if let holder = (row["custody"] as String?).flatMap(Custody.init) { state.custody[mission.id] = holder }
        }
        if let body = try Data.fetchOne(db, sql: "SELECT body FROM progress") {
            state.progress = try? decode(MissionProgress.self, body)
            if state.progress == nil { unreadable.append("the step that was being done") }
        }
        for row in try Row.fetchAll(db, sql: "SELECT facility, number, ending FROM sessions") {
            guard let facility = try? decode(Facility.self, row["facility"]) else {
                unreadable.append("a session with a door or a lift")
                continue
            }
            state.sessions[facility] = UInt16(truncatingIfNeeded: row["number"] as Int)
            if row["ending"] as Bool { state.ending.insert(facility) }
        }
        if let row = try Row.fetchOne(db, sql: "SELECT causes FROM safety") {
            // What cannot be read counts as a pressed emergency stop.
            let bits = UInt32.fromDatabaseValue(row["causes"])
            state.safety = bits.map(SafetyCauses.init(rawValue:)) ?? .emergencyStop
        }
        if let row = try Row.fetchOne(db, sql: "SELECT x, y, yaw, level FROM pose") {
            let figures = ["x", "y", "yaw"].compactMap { Double.fromDatabaseValue(row[$0]) }
            if figures.count == 3 {
                state.lastPose = Pose2D(x: figures[0], y: figures[1], yaw: figures[2])
                state.lastLevel = LevelID(row["level"])
            } else {
                state.notice = "the journal does not say any more where I was"
            }
        }
        let last =
            "SELECT kind, detail FROM transitions WHERE kind IN ('damaged', 'idle', 'step') ORDER BY seq DESC LIMIT 1"
        if let row = try Row.fetchOne(db, sql: last), row["kind"] == "damaged" { state.damage = damage(row["detail"]) }
        if !unreadable.isEmpty {
            state.damage = damage("the journal cannot be read any more for \(unreadable.joined(separator: ", "))")
        }
        return state
    }
}
