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

    private var schemas: [UInt16: (name: String, encoding: String, data: [UInt8])] = [:]

    /// Reads a file's bytes and calls `visit` for every sound message, in file order.
    ///
    /// Throws only when the bytes are no MCAP at all; damage further on ends the reading and is kept in `damage`.
    public init(_ bytes: [UInt8], visit: (Channel, Message) -> Void = { _, _ in }) throws(MCAPError) {
        guard bytes.starts(with: MCAPFormat.magic) else {
            throw MCAPError(.notMCAP, "the file does not start with MCAP's magic bytes")
        }
        soundBytes = MCAPFormat.magic.count
        do throws(MCAPError) {
            try readRecords(bytes, visit)
        } catch {
            damage = error
        }
    }

    private mutating func readRecords(
        _ bytes: [UInt8], _ visit: (Channel, Message) -> Void
    ) throws(MCAPError) {
        while true {
            var reader = ByteReader(bytes[soundBytes...])
            let opcode = try reader.integer(UInt8.self)
            let length = try reader.integer(UInt64.self)
            guard length <= UInt64(bytes.count) else { throw MCAPError(.truncated, "a record ends too early") }
            let content = try reader.take(Int(length))
            switch MCAPFormat.Opcode(rawValue: opcode) {
            case .schema, .channel, .message: try readRecord(opcode, content, visit)
            case .chunk: try readChunk(content, visit)
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
            case .footer:
                try checkFooter(bytes, footerStart: soundBytes, content)
                soundBytes = content.endIndex
                guard bytes[soundBytes...].elementsEqual(MCAPFormat.magic) else {
                    throw MCAPError(.truncated, "the magic bytes at the end are missing")
                }
                soundBytes = bytes.count
                isComplete = true
                return
            case nil where opcode == 0: throw MCAPError(.malformed, "opcode 0")
            default: break  // Indexes repeat what has been read; unknown records are to be passed over.
            }
            soundBytes = content.endIndex
        }
    }

    private func checkFooter(
        _ bytes: [UInt8], footerStart: Int, _ content: ArraySlice<UInt8>
    ) throws(MCAPError) {
        var body = ByteReader(content)
        let summaryStart = try body.integer(UInt64.self)
        _ = try body.integer(UInt64.self)
        let crc = try body.integer(UInt32.self)
        guard crc != 0 else { return }
        let from = summaryStart == 0 ? footerStart : Int(summaryStart)
        guard from <= footerStart, CRC32.checksum(bytes[from..<(footerStart + 9 + 16)]) == crc else {
            throw MCAPError(.checksum, "the summary's checksum does not fit")
        }
    }

    private mutating func readChunk(
        _ content: ArraySlice<UInt8>, _ visit: (Channel, Message) -> Void
    ) throws(MCAPError) {
        var body = ByteReader(content)
        _ = try body.integer(UInt64.self)
        _ = try body.integer(UInt64.self)
        let size = try body.integer(UInt64.self)
        let crc = try body.integer(UInt32.self)
        let compression = try body.string()
        let payload = try body.take(Int(clamping: try body.integer(UInt64.self)))
        guard size <= 1 << 30 else { throw MCAPError(.malformed, "a chunk of \(size) bytes") }
        let records: [UInt8]
        switch compression {
        case "": records = Array(payload)
        case "zstd": records = try Zstandard.decompress(payload, size: Int(size))
        default: throw MCAPError(.compression, "unknown compression \"\(compression)\"")
        }
        if crc != 0, crc != CRC32.checksum(records[...]) {
            throw MCAPError(.checksum, "a chunk's checksum does not fit")
        }
        var reader = ByteReader(records[...])
        while !reader.bytes.isEmpty {
            let opcode = try reader.integer(UInt8.self)
            let length = try reader.integer(UInt64.self)
            try readRecord(opcode, try reader.take(Int(clamping: length)), visit)
        }
        chunkCount += 1
    }

    private mutating func readRecord(
        _ opcode: UInt8, _ content: ArraySlice<UInt8>, _ visit: (Channel, Message) -> Void
    ) throws(MCAPError) {
        var body = ByteReader(content)
        switch MCAPFormat.Opcode(rawValue: opcode) {
        case .schema:
            let id = try body.integer(UInt16.self)
            let name = try body.string()
            let encoding = try body.string()
            schemas[id] = (name, encoding, Array(try body.take(Int(try body.integer(UInt32.self)))))
        case .channel:
            let id = try body.integer(UInt16.self)
            let schema = schemas[try body.integer(UInt16.self)]
            channels[id] = Channel(
                id: id, topic: try body.string(), encoding: try body.string(), metadata: try body.map(),
                schemaName: schema?.name ?? "", schemaEncoding: schema?.encoding ?? "", schemaData: schema?.data ?? [])
        case .message:
            let message = Message(
                channel: try body.integer(UInt16.self), sequence: try body.integer(UInt32.self),
                logTime: try body.integer(UInt64.self), publishTime: try body.integer(UInt64.self), data: body.bytes)
            guard let channel = channels[message.channel] else {
                throw MCAPError(.malformed, "a message of channel \(message.channel), which is not declared")
            }
            messageCount += 1
            visit(channel, message)
        default: break
        }
    }
}
