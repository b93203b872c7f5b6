/// The records of a file that both its writer and its readers know, each with its content's layout.
enum MCAPRecord {
    /// What the messages of a channel look like.
    struct Schema: Sendable {
        var id: UInt16
        var name: String
        var encoding: String
        var data: [UInt8]
    }

    /// A stream of messages.
    struct Channel: Sendable {
        var id: UInt16
        /// 0: none.
        var schema: UInt16
        var topic: String
        var encoding: String
        var metadata: [String: String]
    }

    /// Schemas, channels and messages in one compressed, checksummed piece.
    struct Chunk: Sendable {
        var start: UInt64
        var end: UInt64
        /// The records, not compressed.
        var records: [UInt8]
        var compression: String
        var compressedSize: UInt64
    }

    /// Where a chunk lies, what times it spans and where its messages' indexes lie.
    struct ChunkIndex: Sendable {
        var start: UInt64
        var end: UInt64
        var offset: UInt64
        var length: UInt64
        var indexOffsets: [(channel: UInt16, offset: UInt64)] = []
        var indexLength: UInt64 = 0
        var compression: String
        var compressedSize: UInt64
        var uncompressedSize: UInt64
    }

    /// Where a metadata record lies.
    struct MetadataIndex: Sendable {
        var offset: UInt64
        var length: UInt64
        var name: String
    }
}

extension MCAPRecord.Schema {
    var content: [UInt8] {
        var content = ByteWriter()
        content.put(id)
        content.put(name)
        content.put(encoding)
        content.put(data, lengthAs: UInt32.self)
        return content.bytes
    }

    init(_ content: ArraySlice<UInt8>) throws(MCAPError) {
        var body = ByteReader(content)
        id = try body.integer(UInt16.self)
        name = try body.string()
        encoding = try body.string()
        data = Array(try body.take(Int(try body.integer(UInt32.self))))
        guard id != 0 else { throw MCAPError(.malformed, "a schema of number 0") }
    }
}

extension MCAPRecord.Channel {
    var content: [UInt8] {
        var content = ByteWriter()
        content.put(id)
        content.put(schema)
        content.put(topic)
        content.put(encoding)
        content.put(metadata)
        return content.bytes
    }

    init(_ content: ArraySlice<UInt8>) throws(MCAPError) {
        var body = ByteReader(content)
        id = try body.integer(UInt16.self)
        schema = try body.integer(UInt16.self)
        topic = try body.string()
        encoding = try body.string()
        metadata = try body.map()
    }
}

extension MCAPRecord.Chunk {
    /// The largest chunk that is read, uncompressed; what claims more is damage, not data.
    static let largest = 256 << 20

    /// Takes a chunk apart and checks it.
    init(_ content: ArraySlice<UInt8>) throws(MCAPError) {
        var body = ByteReader(content)
        start = try body.integer(UInt64.self)
        end = try body.integer(UInt64.self)
        let size = try body.integer(UInt64.self)
        let crc = try body.integer(UInt32.self)
        compression = try body.string()
        let payload = try body.take(Int(clamping: try body.integer(UInt64.self)))
        compressedSize = UInt64(payload.count)
        guard size <= UInt64(Self.largest) else { throw MCAPError(.malformed, "a chunk of \(size) bytes") }
        switch compression {
        case "": records = Array(payload)
        case "zstd": records = try Zstandard.decompress(payload, size: Int(size))
        default: throw MCAPError(.compression, "unknown compression \"\(compression)\"")
        }
        guard records.count == Int(size) else { throw MCAPError(.malformed, "a chunk of another size than it says") }
        if crc != 0, crc != CRC32.checksum(records[...]) {
            throw MCAPError(.checksum, "a chunk's checksum does not fit")
        }
    }
}

extension MCAPRecord.ChunkIndex {
    var content: [UInt8] {
        var content = ByteWriter()
        content.put(start)
        content.put(end)
        content.put(offset)
        content.put(length)
        content.put(UInt32(indexOffsets.count * 10))
        for (channel, offset) in indexOffsets {
            content.put(channel)
            content.put(offset)
        }
        content.put(indexLength)
        content.put(compression)
        content.put(compressedSize)
        content.put(uncompressedSize)
        return content.bytes
    }
}

extension MCAPRecord.MetadataIndex {
    var content: [UInt8] {
        var content = ByteWriter()
        content.put(offset)
        content.put(length)
        content.put(name)
        return content.bytes
    }
}
