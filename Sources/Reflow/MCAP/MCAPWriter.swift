/// Puts messages into MCAP: chunked, indexed, checksummed, zstd-compressed.
///
/// A value that only makes bytes: `takeBytes()` hands over what is ready to be appended to the file, so that whoever
/// owns the file decides when it is written and made durable. A chunk holds what came since the last `closeChunk()`;
/// what is lost in a power cut is the open chunk. The same calls give the same bytes.
///
///     var writer = MCAPWriter(library: "doorstep 1.0")
///     let poses = writer.addChannel(topic: "/pose", schema: 0, encoding: "json")
///     writer.addMessage(channel: poses, logTime: 1, publishTime: 1, data: Array("{}".utf8))
///     writer.finish()
///     let file = writer.takeBytes()
public struct MCAPWriter: Sendable {
    /// What `addChannel` hands out, from 1.
    public typealias ChannelID = UInt16

    /// A channel and what has been written to it.
    struct Track: Sendable {
        var channel: MCAPRecord.Channel
        var sequence: UInt32 = 0
        var count: UInt64 = 0
        /// (log time, offset in the open chunk) of each message in the open chunk.
        var entries: [(UInt64, UInt64)] = []
    }

    /// The times of some messages; `start` is after `end` while there are none.
    struct Span: Sendable {
        var start = UInt64.max
        var end: UInt64 = 0

        mutating func include(_ time: UInt64) {
            start = min(start, time)
            end = max(end, time)
        }
        /// Both ends as records carry them: 0 when there is no message.
        var ends: (start: UInt64, end: UInt64) { start == .max ? (0, 0) : (start, end) }
    }

    var schemas: [MCAPRecord.Schema] = []
    var tracks: [Track] = []
    var chunkIndexes: [MCAPRecord.ChunkIndex] = []
    var metadataIndexes: [MCAPRecord.MetadataIndex] = []
    var messages: UInt64 = 0
    var span = Span()
    /// What waits to be taken.
    var ready = ByteWriter()
    /// Bytes taken so far, and their checksum.
    var handedOver: UInt64 = 0
    var dataCRC = CRC32()
    private var chunk = ByteWriter()
    private var chunkSpan = Span()

    /// A writer whose first bytes are the magic and the header.
    public init(profile: String = "", library: String) {
        ready.bytes = MCAPFormat.magic
        var header = ByteWriter()
        header.put(profile)
        header.put(library)
        ready.putRecord(.header, header.bytes)
    }

    /// A writer that goes on where others stopped; the caller fills in what they wrote.
    init() {}

    /// How many bytes wait in the open chunk, uncompressed.
    public var openChunkBytes: Int { chunk.bytes.count }

    /// How many messages have been added.
    public var messageCount: Int { Int(messages) }

    /// Offset in the file at which the next byte of `ready` will lie.
    var position: UInt64 { handedOver + UInt64(ready.bytes.count) }

    /// Adds a schema and returns its number (from 1).
    public mutating func addSchema(name: String, encoding: String, data: [UInt8]) -> UInt16 {
        let schema = MCAPRecord.Schema(id: UInt16(schemas.count + 1), name: name, encoding: encoding, data: data)
        schemas.append(schema)
        chunk.putRecord(.schema, schema.content)
        return schema.id
    }

    /// Adds a channel and returns its number (from 1). `schema` 0 means none.
    public mutating func addChannel(
        topic: String, schema: UInt16, encoding: String, metadata: [String: String] = [:]
    ) -> ChannelID {
        let channel = MCAPRecord.Channel(
            id: UInt16(tracks.count + 1), schema: schema, topic: topic, encoding: encoding, metadata: metadata)
        tracks.append(Track(channel: channel))
        chunk.putRecord(.channel, channel.content)
        return channel.id
    }

    /// Adds a message to the open chunk. Times in nanoseconds.
    ///
    /// - Precondition: `id` is a number that `addChannel` of this writer returned.
    public mutating func addMessage(channel id: ChannelID, logTime: UInt64, publishTime: UInt64, data: [UInt8]) {
        let index = Int(id) - 1
        let offset = UInt64(chunk.bytes.count)
        chunk.bytes.append(MCAPFormat.Opcode.message.rawValue)
        chunk.put(UInt64(22 + data.count))
        chunk.put(id)
        chunk.put(tracks[index].sequence)
        chunk.put(logTime)
        chunk.put(publishTime)
        chunk.bytes.append(contentsOf: data)
        tracks[index].entries.append((logTime, offset))
        tracks[index].sequence &+= 1
        tracks[index].count += 1
        messages += 1
        chunkSpan.include(logTime)
        span.include(logTime)
    }

    /// Adds metadata: a named map, outside any chunk.
    public mutating func addMetadata(name: String, _ map: [String: String]) {
        var content = ByteWriter()
        content.put(name)
        content.put(map)
        closeChunk()
        let offset = position
        ready.putRecord(.metadata, content.bytes)
        metadataIndexes.append(MCAPRecord.MetadataIndex(offset: offset, length: position - offset, name: name))
    }

    /// Closes the open chunk, if anything is in it, with its message indexes.
    public mutating func closeChunk() {
        guard !chunk.bytes.isEmpty else { return }
        let records = chunk.bytes
        let compressed = Zstandard.compress(records)
        let payload = compressed ?? records
        let (start, end) = chunkSpan.ends
        var content = ByteWriter()
        content.bytes.reserveCapacity(payload.count + 48)
        content.put(start)
        content.put(end)
        content.put(UInt64(records.count))
        content.put(CRC32.checksum(records[...]))
        content.put(compressed == nil ? "" : "zstd")
        content.put(UInt64(payload.count))
        content.bytes.append(contentsOf: payload)
        let offset = position
        ready.putRecord(.chunk, content.bytes)
        chunkIndexes.append(
            MCAPRecord.ChunkIndex(
                start: start, end: end, offset: offset, length: position - offset,
                compression: compressed == nil ? "" : "zstd", compressedSize: UInt64(payload.count),
                uncompressedSize: UInt64(records.count)))
        indexLastChunk()
        chunk.bytes.removeAll(keepingCapacity: true)
        chunkSpan = Span()
    }

    /// Writes the message indexes that follow a chunk, from what the tracks noted of it.
    mutating func indexLastChunk() {
        let start = position
        var offsets: [(channel: UInt16, offset: UInt64)] = []
        for number in tracks.indices where !tracks[number].entries.isEmpty {
            let id = tracks[number].channel.id
            offsets.append((id, position))
            var body = ByteWriter()
            body.bytes.reserveCapacity(6 + tracks[number].entries.count * 16)
            body.put(id)
            body.put(UInt32(tracks[number].entries.count * 16))
            for (time, at) in tracks[number].entries {
                body.put(time)
                body.put(at)
            }
            ready.putRecord(.messageIndex, body.bytes)
            tracks[number].entries.removeAll(keepingCapacity: true)
        }
        chunkIndexes[chunkIndexes.count - 1].indexOffsets = offsets
        chunkIndexes[chunkIndexes.count - 1].indexLength = position - start
    }

    /// Hands over the bytes that belong at the end of the file now.
    public mutating func takeBytes() -> [UInt8] {
        dataCRC.update(ready.bytes[...])
        handedOver += UInt64(ready.bytes.count)
        let bytes = ready.bytes
        ready.bytes = []
        return bytes
    }
}
