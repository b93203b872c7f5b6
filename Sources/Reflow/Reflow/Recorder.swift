import Foundation
public import Realtime
public import RobotModel
import Synchronization

/// Takes what the robot says and does from every thread and puts it into segments on a thread of its own.
///
/// Never blocks those who record: the tick pushes into a ring, everybody else into a bounded queue; what does not fit is
/// dropped, counted by cause, and the count is recorded.
public final class Recorder: Sendable {
    /// Where and how much.
    public struct Settings: Sendable {
        /// Folder of the segments and their catalogue.
        public var directory: String
        /// Bytes of disk that segments may use.
        public var quota: Int
        public var segmentDuration: Duration
        /// Whether every append is made durable at once. False only on a hand-driven clock.
        public var isDurable: Bool

        public init(directory: String, quota: Int, segmentDuration: Duration = .seconds(20), isDurable: Bool = true) {
            self.directory = directory
            self.quota = quota
            self.segmentDuration = segmentDuration
            self.isDurable = isDurable
        }
    }

    /// What has been recorded, dropped and acknowledged so far.
    public struct Statistics: Sendable {
        public var recordedBytes = 0
        public var acknowledgedBytes = 0
        public var messages = 0
        public var segmentsWaiting = 0
        /// Records or bytes given up, by cause.
        public var dropped: [String: Int] = [:]
        /// The last trouble with the disk, if it stands.
        public var storageFault: RobotError?
        public init() {}
    }

    private struct Inbox {
        var records: [Record] = []
        var dropped: [String: Int] = [:]
    }

    /// Records of one drain that the queue holds at the most; a second of everything is about 300.
    private static let queueLimit = 4096

    /// Where the tick pushes.
    public let tickRecords: Ring<TickRecord>
    private let inbox = Mutex(Inbox())
    private let writer: Mutex<RecorderWriter>
    private let published = Mutex(Statistics())

    /// - Throws: `RobotError.storage` when the folder cannot be used.
    public init(origin: Recording.Origin, settings: Settings) throws(RobotError) {
        tickRecords = Ring(capacity: 1024)
        writer = Mutex(try RecorderWriter(origin: origin, settings: settings))
    }

    /// The catalogue of sealed segments, for the uploader.
    public var spool: Spool { writer.withLock { $0.spool } }

    /// Records a message. Never blocks for long, never fails: a full queue counts a drop.
    public func record(_ record: Record) {
        inbox.withLock { inbox in
            guard inbox.records.count < Self.queueLimit else {
                inbox.dropped["queue full", default: 0] += 1
                return
            }
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
    /// drives the clock by hand.
    public func step(at now: Instant, wall: WallTime) {
        let taken = inbox.withLock { inbox in
            defer { inbox = Inbox() }
            return inbox
        }
        var records = taken.records
        while let tick = tickRecords.pop() { records += tick.records }
        let offset = Int64(wall.secondsSince1970 * 1e9) &- now.nanoseconds
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
            writer.finish()
            return writer.statistics
        }
        published.withLock { $0 = statistics }
    }

    /// What has been recorded, dropped and acknowledged so far.
    public var statistics: Statistics {
        var statistics = published.withLock { $0 }
        let totals = spool.totals
        statistics.acknowledgedBytes = totals.acknowledgedBytes
        statistics.segmentsWaiting = totals.waiting
        return statistics
    }
}
