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

    mutating func write(_ truth: Truth) {
        guard truth.time >= next else { return }
        next = truth.time + Self.period
        let line = Array((truth.json + "\n").utf8)
        // A reader of half a line sees the rest at the next write; a full disk only costs the summary.
        line.withUnsafeBytes { bytes in _ = Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
    }
}
