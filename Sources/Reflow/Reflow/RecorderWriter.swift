import Foundation
import RobotModel

/// The recorder's own side: performs what `Recording` decides on the segment store, keeps the disk within its limits.
///
/// When the disk refuses, the open segment is given up and what comes is counted as dropped; after `retryPause` room is
/// made among what is already upstream, the segment that was given up is made whole, and a new one is begun.
struct RecorderWriter {
    /// How long the disk is left alone after it refused.
    static let retryPause = Duration.seconds(5)

    private(set) var statistics = Recorder.Statistics()
    private let spool: Spool
    private let store: SegmentStore
    private let settings: Recorder.Settings
    private var recording: Recording
    private var ownDrops: [String: Int] = [:]
    private var reportedDrops: [String: Int] = [:]
    private var retryAt: Instant?
    /// The segment that a disk refused to go on with, and the messages that were put into it.
    private var givenUp: (name: String, messages: Int)?

    /// Repairs what a crash left behind and compares folder and catalogue.
    init(origin: Recording.Origin, settings: Recorder.Settings) throws(RobotError) {
        store = try SegmentStore(directory: settings.directory, syncsEveryAppend: settings.isDurable)
        spool = Spool(directory: settings.directory)
        self.settings = settings
        let names = spool.names.union(store.segments).union(store.tornSegments)
        recording = Recording(
            origin: origin, segmentDuration: settings.segmentDuration, sequence: origin.sequence(after: names))
        compareFolderAndCatalogue()
        do throws(RobotError) { try repairTornSegments() } catch {
            statistics.storageFault = error
            // The first write tries again before it begins a segment.
            retryAt = .zero
        }
        keepWithinQuota()
        countDrops([:], ringDrops: 0)
    }

    /// The catalogue of sealed segments.
    var catalogue: Spool { spool }

    /// Writes records, unless the disk does not take any now.
    mutating func write(
        _ records: [Record], dropped: [String: Int], ringDrops: Int, at now: Instant, wallOffset: Int64
    ) {
        countDrops(dropped, ringDrops: ringDrops)
        do throws(RobotError) {
            guard try isReady(at: now) else { return countDrops(["disk": records.count]) }
        } catch {
            countDrops(["disk": records.count])
            return giveUp(for: error, at: now)
        }
        var all = records
        if statistics.dropped != reportedDrops, let report = dropsReport(at: now) { all.append(report) }
        let actions = recording.step(all, at: now, wallOffset: wallOffset)
        statistics.messages += all.count
        do throws(RobotError) {
            try perform(actions)
            statistics.storageFault = nil
            reportedDrops = statistics.dropped
            keepWithinQuota()
        } catch {
            giveUp(for: error, at: now)
        }
    }

    /// Seals the open segment.
    mutating func finish(at now: Instant) {
        do throws(RobotError) {
            try perform(recording.finish())
            keepWithinQuota()
        } catch {
            giveUp(for: error, at: now)
        }
    }

    private mutating func perform(_ actions: [Recording.Action]) throws(RobotError) {
        for action in actions {
            switch action {
            case .open(let name):
                do throws(RobotError) { try store.open(name) } catch {
                    countLost(recording.messages)
                    throw error
                }
            case .append(let bytes):
                try store.append(bytes)
                statistics.recordedBytes += bytes.count
            case .seal(let messages):
                let sealed = try store.seal(messages: messages)
                // Safe on the disk; what the catalogue's file does not take now it takes later.
                try? spool.add(sealed)
            }
        }
    }

    /// The disk refused: the open segment ends here, and the disk is left alone for a while.
    private mutating func giveUp(for error: RobotError, at now: Instant) {
        if store.isOpen {
            // How much of it reached the disk shows when it is repaired.
            givenUp = (store.openName, recording.messages)
        }
        store.abandon()
        recording.abandon()
        statistics.storageFault = error
        retryAt = now + Self.retryPause
    }

    private mutating func countLost(_ messages: Int) {
        statistics.messages -= messages
        countDrops(["disk": messages])
    }
}

extension RecorderWriter {
    /// Whether the disk may be written to now; makes it so, if it can, when the pause after a failure is over.
    private mutating func isReady(at now: Instant) throws(RobotError) -> Bool {
        if let retryAt {
            guard now >= retryAt else { return false }
            makeRoom()
            compareFolderAndCatalogue()
            try repairTornSegments()
            self.retryAt = nil
        }
        guard store.freeBytes < settings.reserve else { return true }
        makeRoom()
        guard store.freeBytes < settings.reserve else { return true }
        // What is open is sealed while there is still room for its end.
        try perform(recording.finish())
        throw RobotError(
            .storage,
            "less than \(settings.reserve >> 20) MB are left on the disk of \(settings.directory): nothing is recorded",
            hint: Files.fullDiskHint)
    }

    /// Deletes what is upstream already, until there is room again.
    private func makeRoom() {
        // One at least: a disk that refused at so many free bytes does not take more at the same.
        repeat {
            guard spool.evictOne(includingUnsent: false, because: "acknowledged, disk full") else { return }
        } while store.freeBytes < max(settings.reserve, Recording.chunkBytes)
    }

    /// Deletes what is upstream first, then the oldest; what had to go unsent leaves a tombstone and is counted.
    private func keepWithinQuota() {
        while spool.totals.bytes + store.openSize > settings.quota,
            spool.evictOne(includingUnsent: true, because: "quota")
        {}
    }
}

extension RecorderWriter {
    /// Brings folder and catalogue to agree after a crash between two of their changes.
    private func compareFolderAndCatalogue() {
        for (name, bytes) in spool.onDisk {
            switch Files.size("\(settings.directory)/\(name)") {
            case bytes: break
            case nil: spool.end(name, because: "file gone")
            default: spool.end(name, because: "file damaged")
            }
        }
        let known = Set(spool.onDisk.map(\.name))
        for name in store.segments where !known.contains(name) {
            if spool.endedEarlier.contains(name) {
                store.remove(name)
            } else if let sealed = store.examine(name) {
                try? spool.add(sealed)
            } else {
                store.demote(name)
            }
        }
    }

    /// Makes whole what was not sealed, so that every file offered upstream is. Nothing new is begun before that, so a
    /// disk that keeps refusing collects one torn segment and no more.
    private mutating func repairTornSegments() throws(RobotError) {
        for name in store.tornSegments {
            let repair = try store.repair(name)
            var kept = 0
            if case .sealed(let sealed, _) = repair {
                kept = sealed.messages
                try? spool.add(sealed)
            }
            if let givenUp, givenUp.name == name {
                countLost(givenUp.messages - kept)
                self.givenUp = nil
            } else {
                switch repair {
                case .sealed(_, let lostBytes): countDrops(["bytes of a torn segment": lostBytes])
                case .empty: break
                case .unreadable: countDrops(["torn segment, unreadable": 1])
                }
            }
        }
    }

    private mutating func countDrops(_ counts: [String: Int], ringDrops: Int? = nil) {
        for (cause, count) in counts where count > 0 { ownDrops[cause, default: 0] += count }
        if let ringDrops, ringDrops > 0 { ownDrops["tick ring full"] = ringDrops }
        statistics.dropped = ownDrops
        for (cause, count) in spool.droppedSegments { statistics.dropped["segments never sent: \(cause)"] = count }
    }

    private func dropsReport(at now: Instant) -> Record? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return (try? encoder.encode(statistics.dropped)).map { Record(.drops, at: now, payload: Array($0)) }
    }
}
