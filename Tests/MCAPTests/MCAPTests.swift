import Foundation
import MCAP
import Testing

/// A file with two topics and `count` messages, a chunk every 50.
private func sampleFile(count: Int, finished: Bool = true) -> [UInt8] {
    var writer = MCAPWriter(library: "doorstep tests")
    let schema = writer.addSchema(name: "sample", encoding: "jsonschema", data: Array("{}".utf8))
    let joints = writer.addChannel(topic: "/joints", schema: schema, encoding: "json")
    let scans = writer.addChannel(topic: "/scan", schema: 0, encoding: "bytes", metadata: ["frame": "laser"])
    for index in 0..<count {
        let time = UInt64(1000 + index * 10)
        writer.addMessage(channel: joints, logTime: time, publishTime: time, data: Array("{\"n\":\(index)}".utf8))
        if index % 10 == 0 {
            writer.addMessage(
                channel: scans, logTime: time, publishTime: time, data: [UInt8](repeating: UInt8(index & 0xFF), count: 300))
        }
        if index % 50 == 49 { writer.closeChunk() }
    }
    writer.addMetadata(name: "robot", ["name": "dory"])
    if finished { writer.finish() }
    return writer.takeBytes()
}

/// Runs the Python peer on a file; nil when the peer is not installed.
private func pythonReads(_ bytes: [UInt8]) throws -> [String: Any] {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("mcap-\(UUID().uuidString).mcap")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Peers/read_mcap.py")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", script.path, file.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "the Python reader refused the file")
    return try #require(JSONSerialization.jsonObject(with: output) as? [String: Any])
}

private let pythonHasMCAP: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import mcap, zstandard"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}()

@Suite("MCAP")
struct MCAPTests {
    @Test("the checksum is zlib's: the check value of nine digits, and any split gives the same")
    func crc() {
        let digits = Array("123456789".utf8)
        #expect(CRC32.checksum(digits[...]) == 0xCBF4_3926)
        let long = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for split in [0, 1, 7, 8, 9, 500, 999] {
            var crc = CRC32()
            crc.update(long[..<split])
            crc.update(long[split...])
            #expect(crc.value == CRC32.checksum(long[...]))
        }
    }

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

    @Test("PyPI's mcap reads every message with checksum validation on", .enabled(if: pythonHasMCAP, "python3 has no mcap"))
    func independentReader() throws {
        let found = try pythonReads(sampleFile(count: 230))
        #expect(found["messages"] as? Int == 253)
        #expect(found["topics"] as? [String: Int] == ["/joints": 230, "/scan": 23])
        #expect(found["metadata"] as? [String] == ["robot"])
    }

    @Test("a file cut anywhere reads as far as its last whole chunk and is never called complete")
    func torn() throws {
        let whole = sampleFile(count: 230)
        var previous = 0
        for cut in stride(from: 8, to: whole.count - 1, by: 97) {
            let reader = try MCAPReader(Array(whole[..<cut]))
            #expect(!reader.isComplete)
            #expect(reader.damage != nil)
            #expect(reader.messageCount >= previous)
            previous = reader.messageCount
        }
        #expect(previous == 253)
    }

    @Test("a flipped bit in a chunk is noticed", arguments: [200, 400, 600, 900])
    func flippedBit(at offset: Int) throws {
        var bytes = sampleFile(count: 230)
        bytes[offset] ^= 0x10
        let reader = try MCAPReader(bytes)
        #expect(!reader.isComplete || reader.messageCount < 253)
    }

    @Test(
        "a recovered file is whole again, to us and to PyPI's reader, and says what it lost",
        .enabled(if: pythonHasMCAP, "python3 has no mcap"))
    func recovery() throws {
        let whole = sampleFile(count: 230)
        let recovered = try MCAPRecovery(Array(whole[..<(whole.count * 7 / 10)]), library: "doorstep tests")
        #expect(recovered.lostBytes > 0)
        #expect(recovered.messages > 0)
        #expect(try MCAPReader(recovered.bytes).isComplete)
        let found = try pythonReads(recovered.bytes)
        #expect(found["messages"] as? Int == recovered.messages)
        #expect((found["metadata"] as? [String])?.contains("recovered") == true)
    }

    @Test("bytes that are no MCAP are refused")
    func notMCAP() {
        #expect(throws: MCAPError.self) { try MCAPReader(Array("hello, this is text".utf8)) }
        #expect(throws: MCAPError.self) { try MCAPReader([]) }
    }
}
