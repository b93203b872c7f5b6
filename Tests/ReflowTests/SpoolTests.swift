import Reflow
import RobotModel
import Testing

@Suite("Spool")
struct SpoolTests {
    /// A catalogue with segments of 100 bytes and their files.
    private func spool(_ names: String..., in folder: TestFolder) throws -> Spool {
        let spool = Spool(directory: folder.path)
        for name in names {
            try folder.write([UInt8](repeating: 0, count: 100), to: name)
            try spool.add(SegmentStore.Sealed(name: name, bytes: 100, messages: 7, sha256: "00"))
        }
        return spool
    }

    @Test("segments are sent in the order in which they were sealed, and a restart changes nothing")
    func order() throws {
        let folder = TestFolder()
        let first = try spool("c", "a", "b", in: folder)
        #expect(first.next()?.name == "c")
        try first.markAcknowledged("c")
        let second = Spool(directory: folder.path)
        #expect(second.next()?.name == "a")
        #expect(second.totals == Spool.Totals(bytes: 300, acknowledgedBytes: 0, waiting: 2))
        try second.markAcknowledged("a")
        #expect(second.totals == Spool.Totals(bytes: 300, acknowledgedBytes: 100, waiting: 1))
    }

    @Test("a segment that the station refuses goes behind the others")
    func toTheEnd() throws {
        let folder = TestFolder()
        let spool = try spool("a", "b", in: folder)
        spool.release("a", toTheEnd: true)
        #expect(spool.next()?.name == "b")
        try spool.markAcknowledged("b")
        #expect(spool.next()?.name == "a")
    }

    @Test("what is upstream is evicted first, then the oldest but the one that is being sent, then that one")
    func evictionOrder() throws {
        let folder = TestFolder()
        let spool = try spool("a", "b", "c", "d", in: folder)
        try spool.markAcknowledged("c")
        #expect(spool.next()?.name == "a")
        var left: [[String]] = []
        while spool.evictOne(includingUnsent: true, because: "quota") { left.append(spool.onDisk.map(\.name)) }
        #expect(left == [["a", "b", "d"], ["a", "d"], ["a"], []])
    }

    @Test("what is not upstream stays when only acknowledged segments may go")
    func acknowledgedOnly() throws {
        let folder = TestFolder()
        let spool = try spool("a", "b", in: folder)
        try spool.markAcknowledged("b")
        #expect(spool.evictOne(includingUnsent: false, because: "disk full"))
        #expect(!spool.evictOne(includingUnsent: false, because: "disk full"))
        #expect(folder.names(endingIn: "a") == ["a"])
        #expect(spool.totals.waiting == 1)
    }

    @Test("what goes unsent leaves a tombstone with its cause, also for the next start; what was sent leaves none")
    func tombstone() throws {
        let folder = TestFolder()
        let spool = try spool("a", "b", in: folder)
        try spool.markAcknowledged("b")
        spool.end("b", because: "acknowledged")
        #expect(spool.evictOne(includingUnsent: true, because: "quota"))
        let expected = [Spool.Tombstone(name: "a", bytes: 100, messages: 7, cause: "quota")]
        #expect(spool.tombstones == expected)
        #expect(spool.droppedSegments == ["quota": 1])
        #expect(folder.names(endingIn: "a").isEmpty)
        let next = Spool(directory: folder.path)
        #expect(next.tombstones == expected)
        #expect(next.endedEarlier == ["a", "b"])
    }

    @Test("a segment is acknowledged once, however often the station says so")
    func acknowledgedOnce() throws {
        let folder = TestFolder()
        let spool = try spool("a", in: folder)
        try spool.markAcknowledged("a")
        try spool.markAcknowledged("a")
        try spool.markAcknowledged("unknown")
        #expect(spool.totals == Spool.Totals(bytes: 100, acknowledgedBytes: 100, waiting: 0))
    }

    @Test("a damaged catalogue is set aside and a new one begun")
    func damaged() throws {
        let folder = TestFolder()
        try folder.write(Array(repeating: 0x5A, count: 9000), to: "spool.sqlite")
        let spool = try spool("a", in: folder)
        #expect(spool.fault == nil)
        #expect(folder.names(endingIn: ".damaged") == ["spool.sqlite.damaged"])
        #expect(Spool(directory: folder.path).next()?.name == "a")
    }

    @Test("a catalogue that cannot be written holds in memory, says why, and is written when it can be")
    func unwritable() throws {
        let folder = TestFolder()
        // A folder stands where the catalogue's file should be.
        try folder.write([1], to: "spool.sqlite/blocked")
        let spool = Spool(directory: folder.path)
        #expect(throws: RobotError.self) {
            try spool.add(SegmentStore.Sealed(name: "a", bytes: 100, messages: 7, sha256: "00"))
        }
        #expect(spool.fault?.code == .storage)
        #expect(spool.next()?.name == "a")
        try folder.remove("spool.sqlite")
        try spool.markAcknowledged("a")
        #expect(spool.fault == nil)
        let next = Spool(directory: folder.path)
        #expect(next.totals == Spool.Totals(bytes: 100, acknowledgedBytes: 0, waiting: 0))
    }
}
