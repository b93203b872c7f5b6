import MCAP
public import RobotModel

/// Cuts the stream of records into segments: closes chunks in time, opens and seals files. A kernel: it says what to
/// do with which bytes, and touches no file.
///
/// A chunk is closed after `chunkDuration` or `chunkBytes`, so that a power cut costs at most that; a segment is sealed
/// after `segmentDuration` or `segmentBytes`.
public struct Recording: Sendable {
    /// What to do with the segment file.
    public enum Action: Sendable, Equatable {
        /// Begin a new segment.
        case open(name: String)
        /// Append bytes to it and make them durable.
        case append([UInt8])
        /// The segment is whole: make it durable under its final name.
        case seal(messages: Int)
    }

    /// Who recorded, written into every segment.
    public struct Origin: Sendable {
        public var robot: String
        /// Changes with every start of the daemon.
        public var boot: String
        public var version: String

        public init(robot: String, boot: String, version: String) {
            self.robot = robot
            self.boot = boot
            self.version = version
        }

        /// What the names of this origin's segments begin with.
        var prefix: String { "\(Self.fileName(robot))-\(Self.fileName(boot))-" }

        /// A name as files and addresses may carry it: ASCII letters, digits, `.`, `_` and `-`, not beginning with `.`.
        static func fileName(_ name: String) -> String {
            let safe = name.map { character in
                let isPlain = character.isASCII && (character.isLetter || character.isNumber)
                return isPlain || "._-".contains(character) ? character : "-"
            }
            return (safe.first == "." ? "-" : "") + String(safe)
        }
    }

    /// A power cut may cost 250 ms; steps come every 100 ms, so a chunk that is 150 ms old is closed at 200 ms.
    static let chunkDuration = Duration.milliseconds(150)
    /// Larger chunks compress 1 % better and lose more (measured on robot streams).
    static let chunkBytes = 64 * 1024

    private let origin: Origin
    private let segmentDuration: Duration
    private let segmentBytes: Int
    /// Messages of the open segment, or of the last one.
    public private(set) var messages = 0
    private var writer: MCAPWriter?
    private var channels: [Topic: UInt16] = [:]
    private var sequence: Int
    private var opened = Instant.zero
    private var chunkOpened = Instant.zero
    private var written = 0

    /// - Parameter sequence: The number of the first segment; those before it are taken.
    public init(
        origin: Origin, segmentDuration: Duration = .seconds(20), segmentBytes: Int = 8 << 20, sequence: Int = 0
    ) {
        self.origin = origin
        self.segmentDuration = segmentDuration
        self.segmentBytes = segmentBytes
        self.sequence = sequence
    }

    /// Takes records, in any order of topics, and says what to do by `now`.
    ///
    /// - Parameter wallOffset: Wall time minus monotonic time in nanoseconds, as known now; kept in the segment as a
    ///   label. Message times are monotonic.
    public mutating func step(_ records: [Record], at now: Instant, wallOffset: Int64) -> [Action] {
        var actions: [Action] = []
        if writer == nil {
            guard !records.isEmpty else { return [] }
            actions.append(.open(name: begin(at: now, wallOffset: wallOffset)))
        }
        messages += records.count
        for record in records {
            add(record)
            if let open = writer?.openChunkBytes, open >= Self.chunkBytes { closeChunk(at: now) }
        }
        if now - chunkOpened >= Self.chunkDuration { closeChunk(at: now) }
        if let bytes = writer?.takeBytes(), !bytes.isEmpty {
            written += bytes.count
            actions.append(.append(bytes))
        }
        if now - opened >= segmentDuration || written >= segmentBytes { actions += finish() }
        return actions
    }

    /// Closes the open segment, if there is one.
    public mutating func finish() -> [Action] {
        guard var last = writer else { return [] }
        last.finish()
        writer = nil
        return [.append(last.takeBytes()), .seal(messages: last.messageCount)]
    }

    /// Forgets the open segment: its file has failed.
    public mutating func abandon() { writer = nil }

    private mutating func add(_ record: Record) {
        guard let channel = channels[record.topic] else { return }
        let time = UInt64(max(0, record.time.nanoseconds))
        writer?.addMessage(channel: channel, logTime: time, publishTime: time, data: record.payload)
    }

    private mutating func closeChunk(at now: Instant) {
        writer?.closeChunk()
        chunkOpened = now
    }

    private mutating func begin(at now: Instant, wallOffset: Int64) -> String {
        var next = MCAPWriter(profile: "doorstep", library: "doorstep \(origin.version)")
        channels = [:]
        for topic in Topic.allCases {
            let schema = next.addSchema(
                name: topic.schemaName, encoding: topic.schemaEncoding, data: Array(topic.schema.utf8))
            channels[topic] = next.addChannel(topic: topic.rawValue, schema: schema, encoding: topic.messageEncoding)
        }
        next.addMetadata(
            name: "doorstep",
            [
                "robot": origin.robot, "boot": origin.boot, "version": origin.version, "sequence": String(sequence),
                "wall_minus_monotonic_ns": String(wallOffset),
            ])
        writer = next
        opened = now
        chunkOpened = now
        written = 0
        messages = 0
        let number = String(sequence)
        sequence += 1
        return "\(origin.prefix)\(String(repeating: "0", count: max(0, 6 - number.count)))\(number).mcap"
    }
}

extension Recording.Origin {
    /// The number after the last one that any of these segments of this origin has.
    func sequence(after names: some Sequence<String>) -> Int {
        names.reduce(0) { next, name in
            guard name.hasPrefix(prefix), name.hasSuffix(".mcap"),
                let number = Int(name.dropFirst(prefix.count).dropLast(".mcap".count))
            else { return next }
            return max(next, number + 1)
        }
    }
}
