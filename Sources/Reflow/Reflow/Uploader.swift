import Digests
import Foundation
import RobotModel
import Synchronization

/// Sends sealed segments to the station, oldest first, on a thread of its own.
///
/// Memory: one part of 256 KiB. A station that is away is tried again after 1, 2, 4 … 30 s; meanwhile segments wait on
/// the disk, within the recorder's quota. A segment that the station does not take is tried again after all others.
public final class Uploader: Sendable {
    private struct State {
        var uplink = "starting"
        var sentBytes = 0
        var isStarted = false
        var isStopping = false
        var isRunning = false
    }

    private let spool: Spool
    private let station: String
    private let backoff: Backoff
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// - Parameters:
    ///   - station: The station's base address ("http://10.0.0.5:8620").
    ///   - robot: Whose segments these are.
    ///   - backoff: The pauses between attempts; by default 1 … 30 s, a little different for each robot.
    public init(spool: Spool, station: String, robot: String, backoff: Backoff? = nil) {
        self.spool = spool
        let base = station.hasSuffix("/") ? String(station.dropLast()) : station
        let name = Recording.Origin.fileName(robot)
        self.station = "\(base)/v1/robots/\(name)/segments/"
        let seed = name.utf8.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
        self.backoff = backoff ?? Backoff(random: SeededRandom(seed: seed))
    }

    /// How the uplink is doing, in words.
    public var uplink: String { state.withLock { $0.uplink } }

    /// Bytes of segments sent, those that had to be sent again included.
    public var sentBytes: Int { state.withLock { $0.sentBytes } }

    /// Whether its thread runs; false some time (at most a second) after `stop`.
    public var isRunning: Bool { state.withLock { $0.isRunning } }

    /// Begins to send. Once; a second call does nothing.
    public func start() {
        let isFirst = state.withLock { state in
            guard !state.isStarted else { return false }
            state.isStarted = true
            state.isRunning = true
            return true
        }
        guard isFirst else { return }
        let thread = Thread { [self] in
            run()
            state.withLock { $0.isRunning = false }
        }
        thread.name = "uploader"
        thread.stackSize = 512 * 1024
        thread.start()
    }

    /// Ends: breaks off the request under way, does not wait. What is not acknowledged waits for the next start.
    public func stop() {
        state.withLock { $0.isStopping = true }
        wake.signal()
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } }

    private func run() {
        guard let client = HTTPClient(isCancelled: { [self] in isStopping }) else {
            state.withLock { $0.uplink = "libcurl cannot be started" }
            return
        }
        var backoff = backoff
        while !isStopping {
            guard let segment = spool.next() else {
                wait(.milliseconds(500))
                continue
            }
            do throws(RobotError) {
                try upload(segment, with: client)
                backoff.reset()
            } catch {
                if !isStopping { state.withLock { $0.uplink = "waiting for the station: \(error.what)" } }
                spool.release(segment.name, toTheEnd: error.code == .refused)
                wait(backoff.next())
            }
        }
    }

    private func wait(_ pause: Duration) {
        guard !isStopping else { return }
        _ = wake.wait(timeout: .now() + pause.inSeconds)
    }

    private func upload(_ segment: Spool.Waiting, with client: HTTPClient) throws(RobotError) {
        guard let file = FileHandle(forReadingAtPath: segment.path) else {
            return spool.markLost(segment.name, because: "file gone")
        }
        defer { try? file.close() }
        let address = station + segment.name
        var machine = Upload(bytes: segment.bytes, sha256: segment.sha256)
        var action = machine.start()
        while !isStopping {
            switch action {
            case .ask:
                action = machine.handle(answer(try client.send("GET", address)))
            case .send(let offset, let count):
                guard let part = read(file, offset: offset, count: count) else {
                    return spool.markLost(segment.name, because: "file damaged")
                }
                let headers = [
                    "Upload-Offset": String(offset), "Upload-Length": String(segment.bytes),
                    "Upload-Digest": "sha-256=\(segment.sha256)", "Content-Type": "application/octet-stream",
                ]
                state.withLock { $0.sentBytes += count }
                action = machine.handle(answer(try client.send("PATCH", address, headers: headers, body: part)))
            case .acknowledged:
                state.withLock { $0.uplink = "connected" }
                return try spool.markAcknowledged(segment.name)
            case .failed(let error):
                // Is it the station that is wrong about the segment, or has the disk spoilt it?
                if error.code == .refused, !isSound(segment, file) {
                    return spool.markLost(segment.name, because: "file damaged")
                }
                throw error
            }
        }
        spool.release(segment.name)
    }

    private func answer(_ response: HTTPClient.Response) -> Upload.Answer {
        let digest = response.headers["upload-digest"] ?? ""
        return Upload.Answer(
            status: response.status, offset: response.headers["upload-offset"].flatMap { Int($0) },
            complete: response.headers["upload-complete"] == "true",
            sha256: digest.hasPrefix("sha-256=") ? String(digest.dropFirst("sha-256=".count)) : nil)
    }

    /// A part of a segment's file; nil when it is shorter than it was or cannot be read.
    private func read(_ file: FileHandle, offset: Int, count: Int) -> [UInt8]? {
        guard (try? file.seek(toOffset: UInt64(offset))) != nil,
            let data = try? file.read(upToCount: count) ?? Data(), data.count == count
        else { return nil }
        return Array(data)
    }

    private func isSound(_ segment: Spool.Waiting, _ file: FileHandle) -> Bool {
        var hash = SHA256()
        for offset in stride(from: 0, to: segment.bytes, by: Upload.partBytes) {
            let count = min(Upload.partBytes, segment.bytes - offset)
            guard let part = read(file, offset: offset, count: count) else { return false }
            hash.update(part[...])
        }
        return hash.hexadecimal() == segment.sha256
    }
}
