import Foundation
import RobotModel
import Synchronization

/// Sends sealed segments to the station, oldest first, on a thread of its own.
///
/// Memory: one part of 256 KiB. A station that is away is tried again after 1, 2, 4 … 30 s; meanwhile segments wait on
/// the disk, within the recorder's quota.
public final class Uploader: Sendable {
    private struct State {
        var uplink = "starting"
        var stopping = false
    }

    private let spool: Spool
    private let station: String
    private let robot: String
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// - Parameter station: The station's base address ("http://10.0.0.5:8620").
    public init(spool: Spool, station: String, robot: String) {
        self.spool = spool
        self.station = station.hasSuffix("/") ? String(station.dropLast()) : station
        self.robot = robot
    }

    /// How the uplink is doing, in words.
    public var uplink: String { state.withLock { $0.uplink } }

    /// Begins to send.
    public func start() {
        let thread = Thread { [self] in run() }
        thread.name = "uploader"
        thread.stackSize = 512 * 1024
        thread.start()
    }

    /// Ends after the part under way; what is not acknowledged waits for the next start.
    public func stop() {
        state.withLock { $0.stopping = true }
        wake.signal()
    }

    private func run() {
        guard let client = HTTPClient() else {
            state.withLock { $0.uplink = "libcurl cannot be started" }
            return
        }
        var pause = 1.0
        while !state.withLock({ $0.stopping }) {
            guard let segment = spool.next() else {
                _ = wake.wait(timeout: .now() + 0.5)
                continue
            }
            do {
                try upload(segment, with: client)
                pause = 1
                state.withLock { $0.uplink = "connected" }
            } catch {
                state.withLock { $0.uplink = "waiting for the station: \(error.what)" }
                _ = wake.wait(timeout: .now() + pause)
                pause = min(pause * 2, 30)
            }
        }
    }

    private func upload(_ segment: Spool.Waiting, with client: HTTPClient) throws(RobotError) {
        guard let file = FileHandle(forReadingAtPath: segment.path) else {
            try spool.markLost(segment.name, because: "the file is gone")
            return
        }
        defer { try? file.close() }
        let address = "\(station)/v1/robots/\(robot)/segments/\(segment.name)"
        var machine = Upload(bytes: segment.bytes)
        var action = machine.start()
        while !state.withLock({ $0.stopping }) {
            switch action {
            case .ask:
                action = machine.handle(answer(try client.send("GET", address)))
            case .send(let offset, let count):
                let headers = [
                    "Upload-Offset": String(offset), "Upload-Length": String(segment.bytes),
                    "Upload-Digest": "sha-256=\(segment.sha256)", "Content-Type": "application/octet-stream",
                ]
                let part = try read(file, offset: offset, count: count)
                action = machine.handle(answer(try client.send("PATCH", address, headers: headers, body: part)))
            case .acknowledged:
                try spool.markAcknowledged(segment.name)
                return
            case .failed(let error): throw error
            }
        }
    }

    private func answer(_ response: HTTPClient.Response) -> Upload.Answer {
        Upload.Answer(
            status: response.status, offset: response.headers["upload-offset"].flatMap { Int($0) },
            complete: response.headers["upload-complete"] == "true")
    }

    private func read(_ file: FileHandle, offset: Int, count: Int) throws(RobotError) -> [UInt8] {
        do {
            try file.seek(toOffset: UInt64(offset))
            let data = try file.read(upToCount: count) ?? Data()
            guard data.count == count else { throw RobotError(.storage, "a segment is shorter than its catalogue says") }
            return Array(data)
        } catch let error as RobotError {
            throw error
        } catch {
            throw RobotError(.storage, "cannot read a segment: \(error)")
        }
    }
}
