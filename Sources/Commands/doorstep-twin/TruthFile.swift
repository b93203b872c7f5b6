import RobotModel
import Twin

#if canImport(Glibc)
    import Glibc
#endif

/// The truth as JSON lines, five a second.
struct TruthFile {
    private static let period = Duration.milliseconds(200)
    private let descriptor: Int32
    private var next = Instant.zero

    init(path: String) throws(RobotError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw RobotError(.unreadableFile, "\(path): \(String(cString: strerror(errno)))")
        }
    }

    /// - Parameter clock: The machine's monotonic clock, which the daemon's status gives too.
    mutating func write(_ truth: Truth, clock: Instant) {
        guard truth.time >= next else { return }
        next = truth.time + Self.period
        let line = Array(("{\"clock\":\(clock.seconds(since: .zero))," + truth.json.dropFirst() + "\n").utf8)
        // A reader of half a line sees the rest at the next write; a full disk only costs the summary.
        line.withUnsafeBytes { bytes in _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
    }
}
