import MCAP
import Testing

@Suite("MCAPWriter")
struct MCAPWriterTests {
    @Test("what is written is read back, in order, and the file is complete")
    func roundTrip() throws {
        var numbers: [UInt32] = []
        let reader = try MCAPReader(sampleFile(count: 230)) { channel, message in
            if channel.topic == "/joints" { numbers.append(message.sequence) }
        }
        #expect(reader.isComplete)
        #expect(reader.damage == nil)
        #expect(reader.messageCount == 253)
        #expect(numbers == Array(0..<230))
        #expect(reader.metadata["robot"] == ["name": "dory"])
    }

    @Test("the same messages give the same bytes")
    func deterministic() {
        #expect(sampleFile(count: 100) == sampleFile(count: 100))
    }

    @Test("it does not matter how often bytes are taken: the file is the same")
    func taken() {
        func file(takingEvery step: Int) -> [UInt8] {
            var writer = MCAPWriter(library: "doorstep tests")
            let channel = writer.addChannel(topic: "/a", schema: 0, encoding: "json")
            var bytes: [UInt8] = []
            for index in 0..<60 {
                writer.addMessage(channel: channel, logTime: UInt64(index), publishTime: 0, data: [1, 2, 3])
                if index % 20 == 19 { writer.closeChunk() }
                if index % step == 0 { bytes += writer.takeBytes() }
            }
            writer.finish()
            return bytes + writer.takeBytes()
        }
        #expect(file(takingEvery: 1) == file(takingEvery: 1000))
    }

    @Test("a file without messages is a whole file", .enabled(if: PythonPeer.isInstalled, "python3 has no mcap"))
    func empty() throws {
        let bytes = sampleFile(count: 0)
        #expect(try MCAPReader(bytes).isComplete)
        #expect(try PythonPeer.read(bytes)["messages"] as? Int == 0)
    }

    @Test(
        "PyPI's mcap reads every message with checksum validation on",
        .enabled(if: PythonPeer.isInstalled, "python3 has no mcap"))
    func independentReader() throws {
        let found = try PythonPeer.read(sampleFile(count: 230))
        #expect(found["messages"] as? Int == 253)
        #expect(found["topics"] as? [String: Int] == ["/joints": 230, "/scan": 23])
        #expect(found["metadata"] as? [String] == ["robot"])
    }
}
