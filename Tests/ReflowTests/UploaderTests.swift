import Foundation
import MCAP
import Reflow
import ReflowStation
import RobotModel
import Testing

@Suite("Uploader", .timeLimit(.minutes(2)))
struct UploaderTests {
    /// A recording of some seconds in segments of one second each; about 30 kB a second.
    private func recording(in folder: TestFolder, seconds: Int) throws -> Recorder {
        let recorder = try Recorder(
            origin: origin,
            settings: .init(
                directory: folder.path, quota: 1 << 30, reserve: 0, segmentDuration: .seconds(1), isDurable: false))
        recorder.finish(at: record(recorder, seconds: seconds), wall: .noon)
        return recorder
    }

    /// An uploader whose pauses are short.
    private func uploader(_ spool: Spool, to address: String) -> Uploader {
        let backoff = Backoff(first: .milliseconds(5), limit: .milliseconds(20), random: SeededRandom(seed: 3))
        return Uploader(spool: spool, station: address, robot: "dory", backoff: backoff)
    }

    /// Waits until something is so; the suite's time limit ends a wait in vain.
    private func wait(until condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }

    private func stop(_ uploader: Uploader) async throws {
        uploader.stop()
        try await wait { !uploader.isRunning }
    }

    /// Every segment of the robot is at the station, once, byte for byte.
    private func expectAll(of recorder: Recorder, in folder: TestFolder, at station: TestStation) async throws {
        let names = folder.names(endingIn: ".mcap")
        #expect(try await station.catalogue().map(\.name) == names)
        for name in names {
            #expect(try station.folder.bytes(of: "dory/\(name)") == folder.bytes(of: name))
        }
        let received = try FileManager.default.contentsOfDirectory(atPath: "\(station.folder.path)/dory")
        #expect(received.sorted() == names)
        #expect(recorder.statistics.segmentsWaiting == 0)
        #expect(recorder.statistics.acknowledgedBytes == recorder.spool.totals.bytes)
    }

    @Test("every segment arrives once, byte for byte, and is acknowledged")
    func allArrive() async throws {
        let folder = TestFolder()
        let station = TestStation()
        try await station.start()
        let recorder = try recording(in: folder, seconds: 3)
        let uploader = uploader(recorder.spool, to: station.address + "/")
        uploader.start()
        try await wait { recorder.spool.totals.waiting == 0 }
        #expect(uploader.uplink == "connected")
        #expect(uploader.sentBytes == recorder.spool.totals.bytes)
        try await stop(uploader)
        try await expectAll(of: recorder, in: folder, at: station)
        await station.stop()
    }

    @Test("what is recorded while it runs is sent too")
    func goesOn() async throws {
        let folder = TestFolder()
        let station = TestStation()
        try await station.start()
        let recorder = try recording(in: folder, seconds: 1)
        let uploader = uploader(recorder.spool, to: station.address)
        uploader.start()
        try await wait { recorder.spool.totals.waiting == 0 }
        recorder.finish(at: record(recorder, from: 10_000, seconds: 2), wall: .noon)
        try await wait { recorder.spool.totals.waiting == 0 }
        try await stop(uploader)
        try await expectAll(of: recorder, in: folder, at: station)
        await station.stop()
    }

    @Test("a station that is away is waited for, and everything arrives when it comes")
    func stationAway() async throws {
        let folder = TestFolder()
        let station = TestStation()
        try await station.start()
        await station.stop()
        let recorder = try recording(in: folder, seconds: 2)
        let uploader = uploader(recorder.spool, to: station.address)
        uploader.start()
        try await wait { uploader.uplink.hasPrefix("waiting for the station") }
        #expect(recorder.spool.totals.waiting == 2)
        #expect(recorder.spool.totals.acknowledgedBytes == 0)
        try await station.start()
        try await wait { recorder.spool.totals.waiting == 0 }
        try await stop(uploader)
        try await expectAll(of: recorder, in: folder, at: station)
        await station.stop()
    }

    @Test("a station that restarts in the middle, again and again, has everything once in the end")
    func stationRestarts() async throws {
        let folder = TestFolder()
        let station = TestStation()
        try await station.start()
        let recorder = try recording(in: folder, seconds: 12)
        let uploader = uploader(recorder.spool, to: station.address)
        uploader.start()
        let all = folder.names(endingIn: ".mcap").count
        for left in [9, 6, 3] {
            try await wait { recorder.spool.totals.waiting <= left }
            await station.stop()
            // What was acknowledged is there, though nobody shut the station down in order.
            let acknowledged = all - recorder.spool.totals.waiting
            #expect(try await station.catalogue().count >= acknowledged)
            try await station.start()
        }
        try await wait { recorder.spool.totals.waiting == 0 }
        try await stop(uploader)
        try await expectAll(of: recorder, in: folder, at: station)
        await station.stop()
    }

    @Test("a segment of which the station has a part goes on at that byte")
    func resumes() async throws {
        let folder = TestFolder()
        let station = TestStation()
        let recorder = try recording(in: folder, seconds: 1)
        let segment = try #require(recorder.spool.next())
        let bytes = try folder.bytes(of: segment.name)
        let half = bytes.count / 2
        try station.folder.write(Array(bytes[..<half]), to: "dory/\(segment.name).part")
        try await station.start()
        let uploader = uploader(recorder.spool, to: station.address)
        uploader.start()
        try await wait { recorder.spool.totals.waiting == 0 }
        try await stop(uploader)
        #expect(uploader.sentBytes == bytes.count - half)
        try await expectAll(of: recorder, in: folder, at: station)
        await station.stop()
    }

    @Test("a part that the station's power cut has spoilt costs the segment once more, and it arrives whole")
    func spoiltPart() async throws {
        let folder = TestFolder()
        let station = TestStation()
        let recorder = try recording(in: folder, seconds: 1)
        let segment = try #require(recorder.spool.next())
        let size = segment.bytes
        // The file had its length already, its bytes had not reached the disk.
        try station.folder.write([UInt8](repeating: 0, count: size - 1000), to: "dory/\(segment.name).part")
        try await station.start()
        let uploader = uploader(recorder.spool, to: station.address)
        uploader.start()
        try await wait { recorder.spool.totals.waiting == 0 }
        try await stop(uploader)
        #expect(uploader.sentBytes == size + 1000)
        try await expectAll(of: recorder, in: folder, at: station)
        await station.stop()
    }

    @Test("an acknowledgement that was lost on its way costs a question, not the segment once more")
    func lostAcknowledgement() async throws {
        let folder = TestFolder()
        let station = TestStation()
        let recorder = try recording(in: folder, seconds: 1)
        let segment = try #require(recorder.spool.next())
        try station.folder.write(folder.bytes(of: segment.name), to: "dory/\(segment.name)")
        try await station.start()
        let uploader = uploader(recorder.spool, to: station.address)
        uploader.start()
        try await wait { recorder.spool.totals.waiting == 0 }
        try await stop(uploader)
        #expect(uploader.sentBytes == 0)
        try await expectAll(of: recorder, in: folder, at: station)
        await station.stop()
    }

    @Test("another segment of the same name at the station is no acknowledgement, and does not hold up the others")
    func nameTaken() async throws {
        let folder = TestFolder()
        let other = TestFolder()
        let station = TestStation()
        let recorder = try recording(in: folder, seconds: 2)
        _ = try recording(in: other, seconds: 1)
        let names = folder.names(endingIn: ".mcap")
        var foreign = MCAPWriter(library: "doorstep tests")
        foreign.finish()
        try station.folder.write(foreign.takeBytes(), to: "dory/\(names[0])")
        try await station.start()
        let uploader = uploader(recorder.spool, to: station.address)
        uploader.start()
        try await wait { recorder.spool.totals.waiting == 1 }
        #expect(recorder.spool.next()?.name == names[0])
        try await wait { uploader.uplink.contains("another segment of this name") }
        try await stop(uploader)
        #expect(try station.folder.bytes(of: "dory/\(names[1])") == folder.bytes(of: names[1]))
        await station.stop()
    }

    @Test("a segment that the robot's own disk has spoilt is given up with its cause, and the next is sent")
    func spoiltAtHome() async throws {
        let folder = TestFolder()
        let station = TestStation()
        try await station.start()
        let recorder = try recording(in: folder, seconds: 3)
        let names = folder.names(endingIn: ".mcap")
        var spoilt = try folder.bytes(of: names[0])
        spoilt[spoilt.count / 2] ^= 1
        try folder.write(spoilt, to: names[0])
        try folder.remove(names[1])
        let uploader = uploader(recorder.spool, to: station.address)
        uploader.start()
        try await wait { recorder.spool.totals.waiting == 0 }
        try await stop(uploader)
        #expect(recorder.spool.tombstones.map(\.cause) == ["file damaged", "file gone"])
        #expect(try await station.catalogue().map(\.name) == [names[2]])
        await station.stop()
    }

    @Test(
        "whatever answers that is no station gets no acknowledgement and is left alone between attempts",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n",
            "HTTP/1.1 200 OK\r\nUpload-Complete: true\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 204 No Content\r\nUpload-Offset: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nUpload-Offset: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nUpload-Offset: 99999999999999999999\r\n\r\n", "\u{0}\u{0}\u{0}",
        ])
    func garbage(answer: String) async throws {
        let folder = TestFolder()
        let server = try #require(StrangeServer(answering: answer))
        defer { server.stop() }
        let recorder = try recording(in: folder, seconds: 1)
        let uploader = uploader(recorder.spool, to: "http://127.0.0.1:\(server.port)")
        uploader.start()
        try await wait { server.connections >= 5 && uploader.uplink.hasPrefix("waiting for the station") }
        try await stop(uploader)
        #expect(recorder.spool.totals.waiting == 1)
        #expect(recorder.spool.totals.acknowledgedBytes == 0)
    }

    @Test("it ends although the station never answers, and although it is in the middle of a pause")
    func stopsPromptly() async throws {
        let folder = TestFolder()
        let server = try #require(StrangeServer(answering: ""))
        defer { server.stop() }
        let recorder = try recording(in: folder, seconds: 1)
        // A silent station is given 30 s, and the pause is an hour: `stop` waits for neither.
        let silent = uploader(recorder.spool, to: "http://127.0.0.1:\(server.port)")
        silent.start()
        try await wait { server.connections == 1 }
        let asked = ContinuousClock.now
        try await stop(silent)
        #expect(ContinuousClock.now - asked < .seconds(20))
        let station = TestStation()
        try await station.start()
        await station.stop()
        let pausing = Uploader(
            spool: recorder.spool, station: station.address, robot: "dory",
            backoff: Backoff(first: .seconds(3600), limit: .seconds(3600), random: SeededRandom(seed: 1)))
        pausing.start()
        try await wait { pausing.uplink.hasPrefix("waiting for the station") }
        try await stop(pausing)
        #expect(recorder.spool.totals.waiting == 1)
    }
}
