import MCAP
public import RobotModel

/// Cuts the stream of records into segments: closes chunks in time, opens and seals files. A kernel: it says what to
/// do with which bytes, and touches no file.
///
/// A chunk is closed every 250 ms or 64 KiB, so that a power cut costs at most that; a segment is sealed after
/// `segmentDuration` or `segmentBytes`.
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
    }

    private let origin: Origin
    private let segmentDuration: Duration
    private let segmentBytes: Int
    private var writer: MCAPWriter?
    private var channels: [Topic: UInt16] = [:]
    private var sequence = 0
    private var opened = Instant.zero
    private var chunkOpened = Instant.zero
    private var written = 0

    public init(origin: Origin, segmentDuration: Duration = .seconds(20), segmentBytes: Int = 8 << 20) {
        self.origin = origin
        self.segmentDuration = segmentDuration
        self.segmentBytes = segmentBytes
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
        for record in records {
            guard let channel = channels[record.topic] else { continue }
            let time = UInt64(max(0, record.time.nanoseconds))
            writer?.addMessage(channel: channel, logTime: time, publishTime: time, data: record.payload)
        }
        let open = writer?.openChunkBytes ?? 0
        if open >= 64 * 1024 || (open > 0 && now - chunkOpened >= .milliseconds(250)) {
            writer?.closeChunk()
            chunkOpened = now
        }
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

    private mutating func begin(at now: Instant, wallOffset: Int64) -> String {
        var next = MCAPWriter(profile: "doorstep", library: "doorstep \(origin.version)")
        channels = [:]
        for topic in Topic.allCases {
            let name = String(topic.rawValue.dropFirst())
            let schema = next.addSchema(
                name: "doorstep.\(name)", encoding: topic.layout == nil ? "jsonschema" : "doorstep-layout",
                data: Array((topic.layout ?? "{\"type\":\"object\"}").utf8))
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
        let number = String(sequence)
        sequence += 1
        return "\(origin.robot)-\(origin.boot)-\(String(repeating: "0", count: max(0, 6 - number.count)))\(number).mcap"
    }
}
