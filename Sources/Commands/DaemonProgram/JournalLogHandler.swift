import Logging
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The least important level that is written; may change while the daemon runs.
final class LogThreshold: Sendable {
    private let value: Mutex<Logger.Level>

    init(_ level: Logger.Level) { value = Mutex(level) }

    var level: Logger.Level {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}

/// Writes log records to standard error: for the journal with a priority in front of every line (sd-daemon(3),
/// "<6>…"), for a terminal with the time of day.
///
/// One `write` a record, so that records of several threads do not mix.
struct JournalLogHandler: LogHandler {
    /// Who reads standard error.
    enum Reader: Sendable {
        case journal, person

        /// The journal says that it is there in `JOURNAL_STREAM`; what is no terminal is read by another such program.
        static func atStandardError(environment: [String: String]) -> Reader {
            environment["JOURNAL_STREAM"] != nil || isatty(STDERR_FILENO) == 0 ? .journal : .person
        }
    }

    /// The level that is common to all handlers, unless this one has been given its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? threshold.level }
        set { ownLevel = newValue }
    }
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    let reader: Reader
    private let threshold: LogThreshold
    private var ownLevel: Logger.Level?

    init(reader: Reader, threshold: LogThreshold) {
        self.reader = reader
        self.threshold = threshold
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        for (key, value) in metadataProvider?.get() ?? [:] { fields[key] = value }
        for (key, value) in event.metadata ?? [:] { fields[key] = value }
        var text = "\(event.message)"
        if let error = event.error { text += ": \(error)" }
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) { text += " \(key)=\(value)" }
        Self.write(text, level: event.level, for: reader)
    }

    /// Writes a record of one line or several.
    static func write(_ text: String, level: Logger.Level, for reader: Reader) {
        let lead =
            switch reader {
            case .journal: "<\(level.journalPriority)>"
            case .person: "\(timeOfDay()) \(level.rawValue): "
            }
        var record = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) { record += "\(lead)\(line)\n" }
        var bytes = Array(record.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            // Nobody reads: a log is no reason to stop.
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Local time with milliseconds, a label for people.
    private static func timeOfDay() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        localtime_r(&now.tv_sec, &parts)
        func padded(_ number: Int, _ digits: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        return [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }.joined(separator: ":")
            + "." + padded(now.tv_nsec / 1_000_000, 3)
    }
}

extension Logger.Level {
    /// The priority of syslog(3).
    var journalPriority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
