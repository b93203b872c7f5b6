import DeviceProtocols
import MCAP
import RobotModel
import RobotRuntime

/// The raw bytes of a line with their times, as an MCAP file: a channel for each direction, a message for each piece
/// that one read or write carried.
///
/// Topics `/line/in` (from the device) and `/line/out` (to it), encoding `application/octet-stream`; the metadata record
/// `line` keeps protocol, port and rate. Times are nanoseconds since the recording began.
struct LineRecording {
    struct Entry {
        var time: Duration
        var isIncoming: Bool
        var bytes: [UInt8]
    }

    var entries: [Entry] = []
    /// "protocol", "port", "rate".
    var line: [String: String] = [:]
    /// Whether it was ended in order; a torn one is read as far as it goes.
    var isComplete = true

    private static let incoming = "/line/in"
    private static let outgoing = "/line/out"
    private static let encoding = "application/octet-stream"
    private static let metadata = "line"

    /// Whether a file that begins so is one.
    static func isOne(_ start: [UInt8]) -> Bool { start.starts(with: [0x89] + Array("MCAP0\r\n".utf8)) }

    /// Reads a recording; a torn one as far as it goes. Throws `RobotError` when it is none.
    init(_ bytes: [UInt8], file: String) throws(RobotError) {
        var found: [Entry] = []
        do {
            let reader = try MCAPReader(bytes) { channel, message in
                guard [Self.incoming, Self.outgoing].contains(channel.topic) else { return }
                found.append(
                    Entry(
                        time: .nanoseconds(Int64(clamping: message.logTime)),
                        isIncoming: channel.topic == Self.incoming, bytes: Array(message.data)))
            }
            line = reader.metadata[Self.metadata] ?? [:]
            isComplete = reader.isComplete
        } catch {
            throw RobotError(.invalidFile, "\(file): \(error)", hint: "`doorstep recording info` looks closer")
        }
        guard !found.isEmpty || !line.isEmpty else {
            throw RobotError(
                .invalidFile, "\(file) holds no line's bytes", expected: "a file of `doorstep device record`")
        }
        entries = found
    }

    /// What a person should know before trusting what is made of it as `card`'s bytes; usually nothing.
    func doubts(as card: ProtocolCard, file: String) -> [String] {
        var doubts: [String] = []
        if !isComplete { doubts.append("\(file) is torn: what had been written is read") }
        if let recorded = line["protocol"],
            recorded.split(separator: "-")[0] != card.name.split(separator: "-")[0]
        {
            doubts.append("\(file) was recorded as \(recorded), and is read as \(card.name)")
        }
        return doubts
    }

    /// Makes a recording's bytes piece by piece.
    struct Writer {
        private var writer: MCAPWriter
        private let incoming: MCAPWriter.ChannelID
        private let outgoing: MCAPWriter.ChannelID

        init(line: [String: String]) {
            writer = MCAPWriter(library: "doorstep \(Doorstep.version)")
            incoming = writer.addChannel(topic: LineRecording.incoming, schema: 0, encoding: LineRecording.encoding)
            outgoing = writer.addChannel(topic: LineRecording.outgoing, schema: 0, encoding: LineRecording.encoding)
            writer.addMetadata(name: LineRecording.metadata, line)
        }

        mutating func add(_ entry: Entry) {
            let time = UInt64(clamping: entry.time.nanoseconds)
            writer.addMessage(
                channel: entry.isIncoming ? incoming : outgoing, logTime: time, publishTime: time, data: entry.bytes)
        }

        /// What can be appended to the file now; a chunk is closed, so that a cut loses nothing before it.
        mutating func flush() -> [UInt8] {
            writer.closeChunk()
            return writer.takeBytes()
        }

        mutating func finish() -> [UInt8] {
            writer.finish()
            return writer.takeBytes()
        }
    }
}
