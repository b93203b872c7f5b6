public import RobotModel
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The catalogue of sealed segments: which wait, which the station has acknowledged, which had to go and why.
///
/// Kept in memory, so that asking never waits for the disk, and written through to SQLite, one small durable
/// transaction for each change of a segment's state. A change that the disk refuses (it is full) holds in memory and is
/// written with the next one; a crash in between costs a question to the station, never data.
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
        /// Bytes that the station has acknowledged since this process began.
        public var acknowledgedBytes = 0
        /// Segments that wait to be sent.
        public var waiting = 0

        public init(bytes: Int = 0, acknowledgedBytes: Int = 0, waiting: Int = 0) {
            self.bytes = bytes
            self.acknowledgedBytes = acknowledgedBytes
            self.waiting = waiting
        }
    }

    /// A segment that was never sent and is no longer on the disk.
    public struct Tombstone: Sendable, Hashable {
        public var name: String
        public var bytes: Int
        public var messages: Int
        /// Why it had to go.
        public var cause: String

        public init(name: String, bytes: Int, messages: Int, cause: String) {
            self.name = name
            self.bytes = bytes
            self.messages = messages
            self.cause = cause
        }
    }

    fileprivate struct State {
        /// What is on the disk, in the order of sending.
        var segments: [SpoolDatabase.Row] = []
        var tombstones: [SpoolDatabase.Row] = []
        var totals = Totals()
        var droppedSegments: [String: Int] = [:]
        var lastNumber = 0
        /// The segment that is being sent; the last one to be evicted.
        var sending: String?
        /// Rows that the database has not taken yet, by name.
        var unsaved: [String: SpoolDatabase.Row] = [:]
        var fault: RobotError?
    }

    private let directory: String
    private let state: Mutex<State>
    /// Held while the disk works; nobody who asks takes it.
    private let database: Mutex<SpoolDatabase?>
    /// Segments that the catalogue said were gone when it was opened.
    package let endedEarlier: Set<String>

    /// Opens the catalogue of a folder. One that cannot be opened is gone without until it can be: `fault` says why.
    package init(directory: String) {
        self.directory = directory
        var state = State()
        var opened: SpoolDatabase?
        var rows: [SpoolDatabase.Row] = []
        do throws(RobotError) {
            let database = try SpoolDatabase(directory: directory)
            rows = try database.rows()
            opened = database
        } catch {
            state.fault = error
        }
        for row in rows {
            state.lastNumber = max(state.lastNumber, row.number)
            switch row.state {
            case .sealed, .acknowledged: state.append(row)
            case .dropped: state.tombstones.append(row)
            case .gone: break
            }
        }
        endedEarlier = Set(rows.filter { $0.state == .gone || $0.state == .dropped }.map(\.segment.name))
        self.state = Mutex(state)
        database = Mutex(opened)
    }

    /// Sums over the catalogue; never waits for the disk.
    public var totals: Totals { state.withLock { $0.totals } }

    /// Segments given up unsent since this process began, by cause; never waits for the disk.
    public var droppedSegments: [String: Int] { state.withLock { $0.droppedSegments } }

    /// Why the catalogue's last change is not on the disk, if it is not; never waits for the disk.
    public var fault: RobotError? { state.withLock { $0.fault } }

    /// The segments that were given up unsent, oldest first: those of this process and the last 1000 before it.
    public var tombstones: [Tombstone] {
        state.withLock { $0.tombstones }.map {
            Tombstone(
                name: $0.segment.name, bytes: $0.segment.bytes, messages: $0.segment.messages, cause: $0.cause ?? "")
        }
    }

    /// The oldest segment that waits to be sent. Until it is acknowledged or `release`d it is the last to be evicted.
    public func next() -> Waiting? {
        let next = state.withLock { state in
            let next = state.segments.first { $0.state == .sealed }
            state.sending = next?.segment.name
            return next
        }
        return next.map {
            Waiting(
                name: $0.segment.name, path: path($0.segment.name), bytes: $0.segment.bytes, sha256: $0.segment.sha256)
        }
    }

    /// The segment that `next` gave is not being sent any more.
    ///
    /// - Parameter toTheEnd: Whether all others shall be tried before it.
    public func release(_ name: String, toTheEnd: Bool = false) {
        state.withLock { state in
            if state.sending == name { state.sending = nil }
            guard toTheEnd, let index = state.index(of: name) else { return }
            state.segments.append(state.segments.remove(at: index))
        }
    }

    /// The station has the segment, durably.
    ///
    /// - Throws: `RobotError.storage` when the catalogue's file could not be changed. The segment counts as acknowledged
    ///   all the same; after a crash the station would be asked again.
    public func markAcknowledged(_ name: String) throws(RobotError) {
        try change { state in
            if state.sending == name { state.sending = nil }
            guard let index = state.index(of: name), state.segments[index].state == .sealed else { return nil }
            state.segments[index].state = .acknowledged
            state.totals.acknowledgedBytes += state.segments[index].segment.bytes
            state.totals.waiting -= 1
            return state.segments[index]
        }
    }

    /// The segment will never be sent; its file is removed.
    public func markLost(_ name: String, because cause: String) { end(name, because: cause) }

    private func path(_ name: String) -> String { "\(directory)/\(name)" }

    /// Makes a change in memory, then in the file.
    private func change(_ body: (inout sending State) -> SpoolDatabase.Row?) throws(RobotError) {
        let isChanged = state.withLock { state in
            guard let row = body(&state) else { return false }
            state.unsaved[row.segment.name] = row
            return true
        }
        if isChanged { try save() }
    }

    /// Writes what the file does not have yet.
    private func save() throws(RobotError) {
        do throws(RobotError) {
            try database.withLock { (database: inout SpoolDatabase?) throws(RobotError) -> Void in
                let rows = state.withLock { Array($0.unsaved.values) }
                if database == nil { database = try SpoolDatabase(directory: directory) }
                try database?.save(rows)
                state.withLock { state in
                    for row in rows where state.unsaved[row.segment.name] == row {
                        state.unsaved[row.segment.name] = nil
                    }
                    state.fault = nil
                }
            }
        } catch {
            state.withLock { state in
                state.fault = error
                state.forgetOldest()
            }
            throw error
        }
    }
}

extension Spool {
    /// Takes a segment that is whole and durable.
    package func add(_ segment: SegmentStore.Sealed) throws(RobotError) {
        try change { state in
            guard state.index(of: segment.name) == nil else { return nil }
            state.lastNumber += 1
            let row = SpoolDatabase.Row(number: state.lastNumber, segment: segment, state: .sealed, cause: nil)
            state.append(row)
            return row
        }
    }

    /// The names and sizes of what should be on the disk.
    package var onDisk: [(name: String, bytes: Int)] {
        state.withLock { $0.segments }.map { ($0.segment.name, $0.segment.bytes) }
    }

    /// Every name that the catalogue knows.
    package var names: Set<String> { endedEarlier.union(onDisk.map(\.name)) }

    /// Makes room: the oldest that is upstream goes first; with `includingUnsent` then the oldest that is not, which
    /// leaves a tombstone.
    ///
    /// - Returns: False when nothing is left that could go.
    package func evictOne(includingUnsent: Bool, because cause: String) -> Bool {
        let victim = state.withLock { state in
            let unsent = state.segments.filter { $0.state == .sealed }.sorted { $0.number < $1.number }
            return state.segments.first { $0.state == .acknowledged }
                ?? (includingUnsent ? unsent.first { $0.segment.name != state.sending } ?? unsent.first : nil)
        }
        guard let victim else { return false }
        end(victim.segment.name, because: cause)
        return true
    }

    /// A segment leaves the disk: with a tombstone if it was never sent.
    package func end(_ name: String, because cause: String) {
        // What the catalogue's file does not take now it takes with its next change: the room is needed either way.
        try? change { state in
            guard let index = state.index(of: name) else { return nil }
            var row = state.segments.remove(at: index)
            if state.sending == name { state.sending = nil }
            state.totals.bytes -= row.segment.bytes
            row.cause = cause
            if row.state == .acknowledged {
                row.state = .gone
            } else {
                row.state = .dropped
                state.totals.waiting -= 1
                state.droppedSegments[cause, default: 0] += 1
                state.tombstones.append(row)
                if state.tombstones.count > SpoolDatabase.tombstones { state.tombstones.removeFirst() }
            }
            return row
        }
        unlink(path(name))
    }
}

extension Spool.State {
    fileprivate mutating func append(_ row: SpoolDatabase.Row) {
        segments.append(row)
        totals.bytes += row.segment.bytes
        if row.state == .sealed { totals.waiting += 1 }
    }

    fileprivate func index(of name: String) -> Int? { segments.firstIndex { $0.segment.name == name } }

    /// Keeps memory bounded while the file takes nothing: what is no longer on the disk is forgotten first.
    fileprivate mutating func forgetOldest() {
        let ended = unsaved.values.filter { $0.state == .gone || $0.state == .dropped }
        guard ended.count > SpoolDatabase.tombstones else { return }
        for row in ended.sorted(by: { $0.number < $1.number }).dropLast(SpoolDatabase.tombstones) {
            unsaved[row.segment.name] = nil
        }
    }
}
