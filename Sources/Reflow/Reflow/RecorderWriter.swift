import Digests
import Foundation
import MCAP
import RobotModel

/// The recorder's own side: performs what `Recording` decides on the segment store, keeps the disk within its quota.
struct RecorderWriter {
    private(set) var statistics = Recorder.Statistics()
    let spool: Spool
    private let store: SegmentStore
    private let quota: Int
    private var recording: Recording
    private var reportedDrops: [String: Int] = [:]
    private var retryAt = Instant.zero

    init(origin: Recording.Origin, settings: Recorder.Settings) throws(RobotError) {
        store = try SegmentStore(directory: settings.directory, syncsEveryAppend: settings.isDurable)
        spool = try Spool(directory: settings.directory)
        quota = settings.quota
        recording = Recording(origin: origin, segmentDuration: settings.segmentDuration)
        repairTornSegments(version: origin.version)
    }

    mutating func write(
        _ records: [Record], dropped: [String: Int], ringDrops: Int, at now: Instant, wallOffset: Int64
    ) {
        for (cause, count) in dropped { statistics.dropped[cause, default: 0] += count }
        if ringDrops > 0 { statistics.dropped["tick ring full"] = ringDrops }
        guard now >= retryAt else {
            if !records.isEmpty { statistics.dropped["disk", default: 0] += records.count }
            return
        }
        var all = records
        if statistics.dropped != reportedDrops, let payload = try? JSONEncoder().encode(statistics.dropped) {
            all.append(Record(.drops, at: now, payload: Array(payload)))
            reportedDrops = statistics.dropped
        }
        let actions = recording.step(all, at: now, wallOffset: wallOffset)
        do {
            try perform(actions)
            statistics.messages += all.count
            statistics.storageFault = nil
        } catch {
            giveUpSegment(records: all.count, for: error, at: now)
        }
    }

    mutating func finish() {
        do { try perform(recording.finish()) } catch { giveUpSegment(records: 0, for: error, at: retryAt) }
    }

    private mutating func perform(_ actions: [Recording.Action]) throws(RobotError) {
        for action in actions {
            switch action {
            case .open(let name): try store.open(name)
            case .append(let bytes):
                try store.append(bytes)
                statistics.recordedBytes += bytes.count
            case .seal(let messages):
                try spool.add(try store.seal(messages: messages))
                keepWithinQuota()
            }
        }
    }

    /// The disk refused: this segment ends here; what reached the disk of it is repaired at the next start. A new
    /// attempt is made every 5 s, after room has been made among what is already upstream.
    private mutating func giveUpSegment(records: Int, for error: RobotError, at now: Instant) {
        store.abandon()
        _ = recording.finish()
        statistics.dropped["disk", default: 0] += records
        statistics.storageFault = error
        retryAt = now + .seconds(5)
        if let oldest = spool.oldest(acknowledged: true) { evict(oldest, because: "acknowledged, disk full") }
    }

    /// Deletes what is upstream first, then the oldest; what had to go unsent is counted and stays in the catalogue.
    private mutating func keepWithinQuota() {
        while spool.totals.bytes > quota {
            if let name = spool.oldest(acknowledged: true) {
                evict(name, because: "acknowledged")
            } else if let name = spool.oldest(acknowledged: false) {
                statistics.dropped["quota: segments never sent", default: 0] += 1
                evict(name, because: "quota")
            } else {
                return
            }
        }
    }

    private func evict(_ name: String, because cause: String) {
        spool.markEvicted(name, because: cause)
        store.remove(name)
    }

    /// What a crash or a power cut left open is repaired, so that every file offered upstream is whole.
    private mutating func repairTornSegments(version: String) {
        for part in store.names(endingIn: ".mcap.part") {
            let name = String(part.dropLast(".part".count))
            defer { store.remove(part) }
            guard let torn = store.contents(of: part),
                let recovered = try? MCAPRecovery(torn, library: "doorstep \(version)"), recovered.messages > 0
            else {
                statistics.dropped["torn segment without a whole chunk", default: 0] += 1
                continue
            }
            if recovered.lostBytes > 0 {
                statistics.dropped["bytes of a torn segment", default: 0] += recovered.lostBytes
            }
            do {
                let whole = "recovered-\(name)"
                try store.open(whole)
                try store.append(recovered.bytes)
                try spool.add(try store.seal(messages: recovered.messages))
            } catch {
                statistics.storageFault = error
            }
        }
        // A crash between the rename and the catalogue leaves a whole file that nobody knows.
        for name in store.names(endingIn: ".mcap") where !spool.knows(name) {
            guard let bytes = store.contents(of: name), let reader = try? MCAPReader(bytes), reader.isComplete else {
                continue
            }
            var hash = SHA256()
            hash.update(bytes[...])
            try? spool.add(
                SegmentStore.Sealed(
                    name: name, bytes: bytes.count, messages: reader.messageCount, sha256: hash.hexadecimal()))
        }
    }
}
