import MCAP
import Testing

@Suite("MCAPRecovery")
struct MCAPRecoveryTests {
    @Test("a file cut anywhere is repaired without losing a message that was whole")
    func everyCut() throws {
        let whole = sampleFile(count: 120)
        for cut in stride(from: 8, through: whole.count, by: 7) {
            let torn = Array(whole[..<cut])
            let recovery = try MCAPRecovery(torn)
            let readable = try MCAPReader(torn).messageCount
            #expect(recovery.messages == readable)
            let repaired = recovery.bytes(repairing: torn)
            let reader = try MCAPReader(repaired)
            #expect(reader.isComplete)
            #expect(reader.messageCount == readable)
            #expect(repaired.starts(with: torn[..<recovery.keptBytes]))
        }
    }

    @Test("a repair that is cut off itself can be repaired again, to the same messages")
    func cutRepair() throws {
        let torn = Array(sampleFile(count: 120)[..<1500])
        let first = try MCAPRecovery(torn)
        let repaired = first.bytes(repairing: torn)
        for cut in stride(from: first.keptBytes, to: repaired.count, by: 7) {
            let again = Array(repaired[..<cut])
            let second = try MCAPRecovery(again)
            #expect(second.messages == first.messages)
            #expect(try MCAPReader(second.bytes(repairing: again)).isComplete)
        }
    }

    @Test("a whole file needs no repair")
    func whole() throws {
        let bytes = sampleFile(count: 120)
        let recovery = try MCAPRecovery(bytes)
        #expect(recovery.tail.isEmpty)
        #expect(recovery.lostBytes == 0)
        #expect(recovery.bytes(repairing: bytes) == bytes)
    }

    @Test("zeros behind the last whole record, as a power cut leaves them, are cut off and counted")
    func zeros() throws {
        let sound = sampleFile(count: 100, finished: false)
        let recovery = try MCAPRecovery(sound + [UInt8](repeating: 0, count: 4096))
        #expect(recovery.lostBytes == 4096)
        #expect(recovery.messages == 110)
        #expect(recovery.keptBytes == sound.count)
    }

    @Test("a file that was only lacking its end has lost nothing")
    func lackingEnd() throws {
        #expect(try MCAPRecovery(sampleFile(count: 100, finished: false)).lostBytes == 0)
    }

    @Test(
        "PyPI's mcap reads repaired files with checksum validation on, wherever they were cut",
        .enabled(if: PythonPeer.isInstalled, "python3 has no mcap"))
    func independentReader() throws {
        let whole = sampleFile(count: 230)
        for cut in stride(from: 700, to: whole.count, by: whole.count / 6) {
            let torn = Array(whole[..<cut])
            let recovery = try MCAPRecovery(torn)
            let found = try PythonPeer.read(recovery.bytes(repairing: torn))
            #expect(found["messages"] as? Int == recovery.messages)
            #expect((found["topics"] as? [String: Int])?.values.reduce(0, +) == recovery.messages)
            #expect((found["metadata"] as? [String])?.contains("recovered") == true)
        }
    }
}
