/// Reads MCAP from its first byte to its last, whole or torn: checks every checksum and says where a file stops.
///
/// It does not trust the summary, so that a file whose end is missing reads as far as it is sound.
public struct MCAPReader: Sendable {
    /// A channel with its schema's name.
    public struct Channel: Hashable, Sendable {
        public var id: UInt16
        public var topic: String
        public var encoding: String
        public var metadata: [String: String]
        public var schemaName: String
        public var schemaEncoding: String
        public var schemaData: [UInt8]
    }

    /// One message. Times in nanoseconds.
    public struct Message: Sendable {
        public var channel: UInt16
        public var sequence: UInt32
        public var logTime: UInt64
        public var publishTime: UInt64
        public var data: ArraySlice<UInt8>
    }

    /// Channels by number, as far as read.
    public private(set) var channels: [UInt16: Channel] = [:]
    /// Metadata records by name, as far as read.
    public private(set) var metadata: [String: [String: String]] = [:]
    /// Chunks read, and messages in them.
    public private(set) var chunkCount = 0
    public private(set) var messageCount = 0
    /// Whether the file was closed properly: data end, footer and magic are there and their checksums fit.
    public private(set) var isComplete = false
    /// Why reading stopped before the end, if it did.
    public private(set) var damage: MCAPError?
    /// How many bytes from the start are sound (the end of the last whole record).
    public private(set) var soundBytes = 0

    private var schemas: [UInt16: MCAPRecord.Schema] = [:]
    private var hasDataEnd = false

    /// Reads a file's bytes and calls `visit` for every sound message, in file order.
    ///
    /// Throws only when the bytes are no MCAP at all; damage further on ends the reading and is kept in `damage`. The
    /// messages of an unsound chunk are not visited.
    public init(_ bytes: [UInt8], visit: (Channel, Message) -> Void = { _, _ in }) throws(MCAPError) {
        guard bytes.starts(with: MCAPFormat.magic) else {
            throw MCAPError(.notMCAP, "the file does not start with MCAP's magic bytes")
        }
        soundBytes = MCAPFormat.magic.count
        do throws(MCAPError) {
            while !isComplete { try readRecord(bytes, visit) }
        } catch {
            damage = error
        }
    }

    private mutating func readRecord(
        _ bytes: [UInt8], _ visit: (Channel, Message) -> Void
    ) throws(MCAPError) {
        var reader = ByteReader(bytes[soundBytes...])
        let (opcode, content) = try reader.record()
        switch MCAPFormat.Opcode(rawValue: opcode) {
        case .schema, .channel, .message: try take(opcode, content, visit)
        case .chunk:
            try readChunk(content, visit)
        case .metadata:
            var body = ByteReader(content)
            let name = try body.string()
            metadata[name] = try body.map()
        case .dataEnd:
            var body = ByteReader(content)
            let crc = try body.integer(UInt32.self)
            if crc != 0, crc != CRC32.checksum(bytes[..<soundBytes]) {
                throw MCAPError(.checksum, "the data section's checksum does not fit")
            }
            hasDataEnd = true
        case .footer:
            try checkFooter(bytes, content)
            guard bytes[content.endIndex...].elementsEqual(MCAPFormat.magic) else {
                throw MCAPError(.truncated, "the magic bytes at the end are missing")
            }
            soundBytes = bytes.count
            isComplete = true
            return
        default: break  // Indexes repeat what has been read; unknown records are to be passed over.
        }
        soundBytes = content.endIndex
    }

    private func checkFooter(_ bytes: [UInt8], _ content: ArraySlice<UInt8>) throws(MCAPError) {
        guard hasDataEnd else { throw MCAPError(.malformed, "a footer, but the data section has no end") }
        var body = ByteReader(content)
        let summaryStart = Int(clamping: try body.integer(UInt64.self))
        _ = try body.integer(UInt64.self)
        let crc = try body.integer(UInt32.self)
        guard crc != 0 else { return }
        // The checksum covers the summary and the footer up to the checksum itself.
        let from = summaryStart == 0 ? soundBytes : summaryStart
        guard from <= soundBytes, CRC32.checksum(bytes[from..<(soundBytes + MCAPFormat.recordHead + 16)]) == crc else {
            throw MCAPError(.checksum, "the summary's checksum does not fit")
        }
    }

    private mutating func readChunk(
        _ content: ArraySlice<UInt8>, _ visit: (Channel, Message) -> Void
    ) throws(MCAPError) {
        let chunk = try MCAPRecord.Chunk(content)
        var reader = ByteReader(chunk.records[...])
        while !reader.bytes.isEmpty {
            let (opcode, content) = try reader.record()
            try take(opcode, content, visit)
        }
        chunkCount += 1
    }

    private mutating func take(
        _ opcode: UInt8, _ content: ArraySlice<UInt8>, _ visit: (Channel, Message) -> Void
    ) throws(MCAPError) {
        switch MCAPFormat.Opcode(rawValue: opcode) {
        case .schema:
            let schema = try MCAPRecord.Schema(content)
            schemas[schema.id] = schema
        case .channel:
            let channel = try MCAPRecord.Channel(content)
            let schema = schemas[channel.schema]
            channels[channel.id] = Channel(
                id: channel.id, topic: channel.topic, encoding: channel.encoding, metadata: channel.metadata,
                schemaName: schema?.name ?? "", schemaEncoding: schema?.encoding ?? "", schemaData: schema?.data ?? [])
        case .message:
            let message = try Message(content)
            guard let channel = channels[message.channel] else {
                throw MCAPError(.malformed, "a message of channel \(message.channel), which is not declared")
            }
            messageCount += 1
            visit(channel, message)
        default: break
        }
    }
}

extension MCAPReader.Message {
    init(_ content: ArraySlice<UInt8>) throws(MCAPError) {
        var body = ByteReader(content)
        channel = try body.integer(UInt16.self)
        sequence = try body.integer(UInt32.self)
        logTime = try body.integer(UInt64.self)
        publishTime = try body.integer(UInt64.self)
        data = body.bytes
    }
}
