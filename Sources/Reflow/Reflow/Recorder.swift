import Foundation
public import Realtime
public import RobotModel
import Synchronization

/// Takes what the robot says and does from every thread and puts it into segments on a thread of its own.
///
/// Never blocks those who record: the tick pushes into a ring, everybody else into a bounded queue; what does not fit is
/// dropped, counted by cause, and the count is recorded.
public final class Recorder: Sendable {
    /// What waits for the recorder's thread.
    private struct Inbox {
        var records: [Record] = []
        var bytes = 0
        var dropped: [String: Int] = [:]
    }

    /// What the queue holds at the most, in records and in bytes: a second of everything is about 300 records and 50 kB,
    /// so this is many seconds of a disk that hangs.
    private static let queueLimit = (records: 4096, bytes: 4 << 20)

    /// Where the tick pushes.
    public let tickRecords: Ring<TickRecord>
    /// The catalogue of sealed segments, for the uploader.
    public let spool: Spool
    private let inbox = Mutex(Inbox())
    /// Held while the disk works; nobody but `step` and `finish` takes it.
    private let writer: Mutex<RecorderWriter>
    private let published: Mutex<Statistics>

    /// Repairs what an earlier recording left in the folder; reads that much of the disk.
    ///
    /// - Throws: `RobotError.storage` when the folder cannot be made, `.busy` when another process records into it.
    public init(origin: Recording.Origin, settings: Settings) throws(RobotError) {
        tickRecords = Ring(capacity: 1024)
        let writer = try RecorderWriter(origin: origin, settings: settings)
        spool = writer.catalogue
        published = Mutex(writer.statistics)
        self.writer = Mutex(writer)
    }

    /// Records a message. Never waits for the disk, never fails: a full queue counts a drop.
    public func record(_ record: Record) {
        inbox.withLock { inbox in
            guard inbox.records.count < Self.queueLimit.records,
                inbox.bytes + record.payload.count <= Self.queueLimit.bytes
            else {
                inbox.dropped["queue full", default: 0] += 1
                return
            }
            inbox.bytes += record.payload.count
            inbox.records.append(record)
        }
    }

    /// Records a value as JSON.
    public func record(_ topic: Topic, _ value: some Encodable, at time: Instant) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(value) else {
            count(1, droppedFor: "not encodable")
            return
        }
        record(Record(topic, at: time, payload: Array(data)))
    }

    /// Counts something that was lost before it could be recorded.
    public func count(_ number: Int, droppedFor cause: String) {
        inbox.withLock { $0.dropped[cause, default: 0] += number }
    }

    /// Drains the queues into the open segment. Called every 100 ms by the recorder's thread, or by the main that
    /// drives the clock by hand; waits for the disk.
    public func step(at now: Instant, wall: WallTime) {
        let taken = inbox.withLock { inbox in
            defer { inbox = Inbox() }
            return inbox
        }
        var records = taken.records
        for _ in 0..<tickRecords.capacity {
            guard let tick = tickRecords.pop() else { break }
            records += tick.records
        }
        // A clock that was set to some year that nanoseconds do not reach gives a wrong label, and nothing worse.
        let offset = Int64(max(-9e18, min(wall.secondsSince1970 * 1e9, 9e18))) &- now.nanoseconds
        let statistics = writer.withLock { writer in
            writer.write(
                records, dropped: taken.dropped, ringDrops: tickRecords.dropped, at: now, wallOffset: offset)
            return writer.statistics
        }
        published.withLock { $0 = statistics }
    }

    /// Seals the open segment.
    public func finish(at now: Instant, wall: WallTime) {
        step(at: now, wall: wall)
        let statistics = writer.withLock { writer in
            writer.finish(at: now)
            return writer.statistics
        }
        published.withLock { $0 = statistics }
    }

    /// What has been recorded, dropped and acknowledged so far. Never waits for the disk: while that hangs, these are
    /// the figures of the last step, with what the queues dropped since.
    public var statistics: Statistics {
        var statistics = published.withLock { $0 }
        let totals = spool.totals
        statistics.acknowledgedBytes = totals.acknowledgedBytes
        statistics.segmentsWaiting = totals.waiting
        if statistics.storageFault == nil { statistics.storageFault = spool.fault }
        for (cause, count) in inbox.withLock({ $0.dropped }) { statistics.dropped[cause, default: 0] += count }
        if tickRecords.dropped > 0 { statistics.dropped["tick ring full"] = tickRecords.dropped }
        return statistics
    }
}
