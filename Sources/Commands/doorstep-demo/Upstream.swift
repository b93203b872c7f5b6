import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What the robot has recorded, and how much of it the station has for good.
struct Upstream: CustomStringConvertible {
    var recordedBytes = 0
    var acknowledgedBytes = 0
    /// Seconds that the daemon took to stop in order; nil when it was not stopped, or not within its time.
    var stoppedAfter: Double?

    /// All that was recorded is upstream.
    var isComplete: Bool { acknowledgedBytes == recordedBytes }

    var description: String {
        let recorded = String(format: "%.2f MB recorded", Double(recordedBytes) / 1e6)
        return isComplete
            ? "\(recorded), all of it acknowledged (\(recordedBytes) bytes)"
            : recorded + String(format: ", ONLY %.2f MB acknowledged", Double(acknowledgedBytes) / 1e6)
    }

    /// Asks the daemon to stop, which seals its recording and sends the rest, then compares both folders.
    ///
    /// The station has a segment under its name only when it is whole, its SHA-256 is right and it is durable; before
    /// that it is a part under another name.
    static func afterStopping(_ daemon: Int32, recordings: String, station: String) async -> Upstream {
        var upstream = Upstream()
        let begun = Date()
        kill(daemon, SIGTERM)
        while Date().timeIntervalSince(begun) < 8 {
            if !runs(daemon) {
                upstream.stoppedAfter = Date().timeIntervalSince(begun)
                break
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        let files = FileManager.default
        for name in (try? files.contentsOfDirectory(atPath: recordings)) ?? [] where name.hasSuffix(".mcap") {
            let size = bytes(of: "\(recordings)/\(name)")
            upstream.recordedBytes += size
            if bytes(of: "\(station)/\(name)") == size { upstream.acknowledgedBytes += size }
        }
        return upstream
    }

    /// Whether a process runs; one that has ended and that nobody has asked after does not.
    private static func runs(_ process: Int32) -> Bool {
        guard kill(process, 0) == 0 else { return false }
        let stat = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
        return !stat.contains(") Z ")
    }

    private static func bytes(of path: String) -> Int {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.size] as? NSNumber)?.intValue ?? -1
    }
}
