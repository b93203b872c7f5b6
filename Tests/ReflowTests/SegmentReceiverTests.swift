import Digests
import Foundation
import MCAP
import ReflowStation
import RobotModel
import Testing

@Suite("SegmentReceiver")
struct SegmentReceiverTests {
    private let segment: [UInt8] = {
        var writer = MCAPWriter(library: "doorstep tests")
        let channel = writer.addChannel(topic: "/a", schema: 0, encoding: "json")
        for index in 0..<50 {
            writer.addMessage(channel: channel, logTime: UInt64(index), publishTime: 0, data: Array("{}".utf8))
        }
        writer.finish()
        return writer.takeBytes()
    }()

    /// Gives a receiver bytes of a segment that announces itself as `segment`.
    private func give(
        _ bytes: some Collection<UInt8>, at offset: Int, to receiver: SegmentReceiver, name: String = "a.mcap"
    ) async throws -> SegmentReceiver.Progress {
        try await receiver.take(
            Data(bytes), at: offset, of: segment.count, sha256: SHA256.hexadecimal(of: segment), robot: "dory",
            name: name)
    }

    @Test("a segment comes in parts and is complete with its last byte, once")
    func parts() async throws {
        let folder = TestFolder()
        let receiver = try SegmentReceiver(directory: folder.path)
        #expect(try await receiver.progress(robot: "dory", name: "a.mcap") == .init(outcome: .unknown, offset: 0))
        #expect(try await give(segment[..<100], at: 0, to: receiver) == .init(outcome: .taken, offset: 100))
        #expect(try await receiver.progress(robot: "dory", name: "a.mcap") == .init(outcome: .taken, offset: 100))
        #expect(try await receiver.catalogue().isEmpty)
        let digest = SHA256.hexadecimal(of: segment)
        let complete = SegmentReceiver.Progress(outcome: .complete, offset: segment.count, sha256: digest)
        #expect(try await give(segment[100...], at: 100, to: receiver) == complete)
        // Once more, as after a lost answer.
        #expect(try await give(segment[100...], at: 100, to: receiver) == complete)
        #expect(
            try await receiver.catalogue() == [
                SegmentEntry(robot: "dory", name: "a.mcap", bytes: segment.count, messages: 50, sha256: digest)
            ])
        #expect(try folder.bytes(of: "dory/a.mcap") == segment)
    }

    @Test("a part that does not begin where the last one ended is not taken")
    func wrongOffset() async throws {
        let receiver = try SegmentReceiver(directory: TestFolder().path)
        #expect(try await give(segment[50..<100], at: 50, to: receiver) == .init(outcome: .wrongOffset, offset: 0))
        _ = try await give(segment[..<100], at: 0, to: receiver)
        #expect(try await give(segment[..<100], at: 0, to: receiver) == .init(outcome: .wrongOffset, offset: 100))
        let tooMuch = segment[100...] + [0]
        #expect(try await give(tooMuch, at: 100, to: receiver) == .init(outcome: .wrongOffset, offset: 100))
        #expect(try await give(segment[..<1], at: .max, to: receiver).outcome == .wrongOffset)
    }

    @Test("bytes that are not what was announced are discarded, and the segment starts over")
    func wrongDigest() async throws {
        let folder = TestFolder()
        let receiver = try SegmentReceiver(directory: folder.path)
        var spoilt = segment
        spoilt[120] ^= 1
        #expect(try await give(spoilt, at: 0, to: receiver) == .init(outcome: .wrongDigest, offset: 0))
        #expect(try await give(segment, at: 0, to: receiver).outcome == .complete)
        #expect(try folder.bytes(of: "dory/a.mcap") == segment)
    }

    @Test("a file that is no whole recording is not kept, even with the right digest")
    func noRecording() async throws {
        let receiver = try SegmentReceiver(directory: TestFolder().path)
        let torn = Array(segment.dropLast(3))
        let progress = try await receiver.take(
            Data(torn), at: 0, of: torn.count, sha256: SHA256.hexadecimal(of: torn), robot: "dory", name: "a.mcap")
        #expect(progress.outcome == .wrongDigest)
        #expect(try await receiver.catalogue().isEmpty)
    }

    @Test("more than a segment can be is refused before a byte is kept")
    func tooLarge() async throws {
        let receiver = try SegmentReceiver(directory: TestFolder().path)
        let progress = try await receiver.take(
            Data([1]), at: 0, of: SegmentReceiver.largestSegment + 1, sha256: "00", robot: "dory", name: "a.mcap")
        #expect(progress.outcome == .tooLarge)
        #expect(try await receiver.progress(robot: "dory", name: "a.mcap").outcome == .unknown)
    }

    @Test(
        "a name that could leave the folder is none",
        arguments: ["", ".", "..", "../a", "a/b", ".hidden", "a.mcap.part", "ä", String(repeating: "a", count: 129)])
    func names(name: String) async throws {
        let folder = TestFolder()
        let receiver = try SegmentReceiver(directory: folder.path)
        #expect(try await give(segment, at: 0, to: receiver, name: name).outcome == .unknown)
        #expect(try await receiver.catalogue().isEmpty)
        #expect(folder.names(endingIn: ".mcap").isEmpty)
    }

    @Test("a restart goes on where the parts ended")
    func restart() async throws {
        let folder = TestFolder()
        _ = try await give(segment[..<100], at: 0, to: try SegmentReceiver(directory: folder.path))
        let next = try SegmentReceiver(directory: folder.path)
        #expect(try await next.progress(robot: "dory", name: "a.mcap").offset == 100)
        #expect(try await give(segment[100...], at: 100, to: next).outcome == .complete)
    }

    @Test("power lost between the last byte and the check: the next empty part completes the segment")
    func lostBeforeCheck() async throws {
        let folder = TestFolder()
        try folder.write(segment, to: "dory/a.mcap.part")
        let receiver = try SegmentReceiver(directory: folder.path)
        #expect(try await receiver.progress(robot: "dory", name: "a.mcap").offset == segment.count)
        #expect(try await give([], at: segment.count, to: receiver).outcome == .complete)
    }

    @Test("power lost between the file and the catalogue: the segment is complete after the start")
    func lostBeforeCatalogue() async throws {
        let folder = TestFolder()
        try folder.write(segment, to: "dory/a.mcap")
        try folder.write(Array(segment.dropLast()), to: "dory/damaged.mcap")
        let receiver = try SegmentReceiver(directory: folder.path)
        #expect(try await receiver.progress(robot: "dory", name: "a.mcap").outcome == .complete)
        #expect(try await receiver.progress(robot: "dory", name: "damaged.mcap").outcome == .unknown)
    }

    @Test("a folder that cannot be used says so")
    func unusable() throws {
        let folder = TestFolder()
        try folder.write([1], to: "file")
        #expect(throws: RobotError.self) { try SegmentReceiver(directory: "\(folder.path)/file") }
    }
}
