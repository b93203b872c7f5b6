/// Puts messages into MCAP: chunked, indexed, checksummed, zstd-compressed.
///
/// A value that only makes bytes: `takeBytes()` hands over what is ready to be appended to the file, so that whoever
/// owns the file decides when it is written and made durable. A chunk holds what came since the last `closeChunk()`;
/// what is lost in a power cut is the open chunk.
public struct MCAPWriter: Sendable {
    /// A schema and a channel share the numbers that this hands out.
    public typealias ChannelID = UInt16

    private struct Schema: Sendable {
        var id: UInt16
        var name: String
        var encoding: String
        var data: [UInt8]
    }

    private struct Channel: Sendable {
        var id: UInt16
        var schema: UInt16
        var topic: String
        var encoding: String
        var metadata: [String: String]
        var sequence: UInt32 = 0
        var count: UInt64 = 0
    }

    private struct ChunkIndex: Sendable {
        var start: UInt64
        var end: UInt64
        var offset: UInt64
        var length: UInt64
        var indexOffsets: [(channel: UInt16, offset: UInt64)]
        var indexLength: UInt64
        var compression: String
        var compressedSize: UInt64
        var uncompressedSize: UInt64
    }

    private var schemas: [Schema] = []
    private var channels: [Channel] = []
    private var chunk = ByteWriter()
    private var chunkStart: UInt64 = .max
    private var chunkEnd: UInt64 = 0
    /// (log time, offset in the open chunk) for every message, by channel.
    private var chunkEntries: [[(UInt64, UInt64)]] = []
    private var chunkIndexes: [ChunkIndex] = []
    private var ready = ByteWriter()
    private var handedOver: UInt64 = 0
    private var dataCRC = CRC32()
    private var start: UInt64 = .max
    private var end: UInt64 = 0
    private var messages: UInt64 = 0
    private var metadataIndexes: [(offset: UInt64, length: UInt64, name: String)] = []

    /// A writer whose first bytes are the magic and the header.
    public init(profile: String = "", library: String) {
        ready.bytes = MCAPFormat.magic
        var header = ByteWriter()
        header.put(profile)
        header.put(library)
        ready.putRecord(.header, header.bytes)
    }

    /// How many bytes wait in the open chunk, uncompressed.
    public var openChunkBytes: Int { chunk.bytes.count }

    /// How many messages have been added.
    public var messageCount: Int { Int(messages) }

    /// Adds a schema and returns its number (from 1).
    public mutating func addSchema(name: String, encoding: String, data: [UInt8]) -> UInt16 {
        let schema = Schema(id: UInt16(schemas.count + 1), name: name, encoding: encoding, data: data)
        schemas.append(schema)
        chunk.putRecord(.schema, Self.content(of: schema))
        return schema.id
    }

    /// Adds a channel and returns its number (from 1). `schema` 0 means none.
    public mutating func addChannel(
        topic: String, schema: UInt16, encoding: String, metadata: [String: String] = [:]
    ) -> ChannelID {
        let channel = Channel(
            id: UInt16(channels.count + 1), schema: schema, topic: topic, encoding: encoding, metadata: metadata)
        channels.append(channel)
        chunkEntries.append([])
        chunk.putRecord(.channel, Self.content(of: channel))
        return channel.id
    }

    /// Adds a message to the open chunk. Times in nanoseconds.
    public mutating func addMessage(channel id: ChannelID, logTime: UInt64, publishTime: UInt64, data: [UInt8]) {
        let index = Int(id) - 1
        let offset = UInt64(chunk.bytes.count)
        chunk.bytes.append(MCAPFormat.Opcode.message.rawValue)
        chunk.put(UInt64(22 + data.count))
        chunk.put(id)
        chunk.put(channels[index].sequence)
        chunk.put(logTime)
        chunk.put(publishTime)
        chunk.bytes.append(contentsOf: data)
        chunkEntries[index].append((logTime, offset))
        channels[index].sequence &+= 1
        channels[index].count += 1
        messages += 1
        chunkStart = min(chunkStart, logTime)
        chunkEnd = max(chunkEnd, logTime)
    }

    /// Adds metadata: a named map, outside any chunk.
    public mutating func addMetadata(name: String, _ map: [String: String]) {
        var content = ByteWriter()
        content.put(name)
        content.put(map)
        closeChunk()
        let offset = position
        ready.putRecord(.metadata, content.bytes)
        metadataIndexes.append((offset, position - offset, name))
    }

    /// Closes the open chunk, if anything is in it, with its message indexes.
    public mutating func closeChunk() {
        guard !chunk.bytes.isEmpty else { return }
        let records = chunk.bytes
        let compressed = Zstandard.compress(records)
        let payload = compressed ?? records
        let compression = compressed == nil ? "" : "zstd"
        let startTime = chunkStart == .max ? 0 : chunkStart
        var content = ByteWriter()
        content.put(startTime)
        content.put(chunkEnd)
        content.put(UInt64(records.count))
        content.put(CRC32.checksum(records[...]))
        content.put(compression)
        content.put(UInt64(payload.count))
        content.bytes.append(contentsOf: payload)
        let offset = position
        ready.putRecord(.chunk, content.bytes)
        let length = position - offset
        var index = ChunkIndex(
            start: startTime, end: chunkEnd, offset: offset, length: length, indexOffsets: [], indexLength: 0,
            compression: compression, compressedSize: UInt64(payload.count), uncompressedSize: UInt64(records.count))
        let indexStart = position
        for (number, entries) in chunkEntries.enumerated() where !entries.isEmpty {
            index.indexOffsets.append((channels[number].id, position))
            var body = ByteWriter()
            body.put(channels[number].id)
            body.put(UInt32(entries.count * 16))
            for (time, at) in entries {
                body.put(time)
                body.put(at)
            }
            ready.putRecord(.messageIndex, body.bytes)
            chunkEntries[number].removeAll(keepingCapacity: true)
        }
        index.indexLength = position - indexStart
        chunkIndexes.append(index)
        if chunkStart != .max {
            start = min(start, chunkStart)
            end = max(end, chunkEnd)
        }
        chunk.bytes.removeAll(keepingCapacity: true)
        chunkStart = .max
        chunkEnd = 0
    }

    /// Closes the file: data end, summary, footer, magic. Nothing may be added afterwards.
    public mutating func finish() {
        closeChunk()
        var crc = dataCRC
        crc.update(ready.bytes[...])
        var dataEnd = ByteWriter()
        dataEnd.put(crc.value)
        ready.putRecord(.dataEnd, dataEnd.bytes)
        let summaryStart = position
        var summary = ByteWriter()
        var groups: [(opcode: MCAPFormat.Opcode, start: UInt64, length: UInt64)] = []
        func group(_ opcode: MCAPFormat.Opcode, _ contents: [[UInt8]]) {
            guard !contents.isEmpty else { return }
            let from = summaryStart + UInt64(summary.bytes.count)
            for content in contents { summary.putRecord(opcode, content) }
            groups.append((opcode, from, summaryStart + UInt64(summary.bytes.count) - from))
        }
        group(.schema, schemas.map(Self.content))
        group(.channel, channels.map(Self.content))
        group(.statistics, [statistics])
        group(.metadataIndex, metadataIndexes.map(Self.content))
        group(.chunkIndex, chunkIndexes.map(Self.content))
        let offsetStart = summaryStart + UInt64(summary.bytes.count)
        for entry in groups {
            var content = ByteWriter()
            content.put(entry.opcode.rawValue)
            content.put(entry.start)
            content.put(entry.length)
            summary.putRecord(.summaryOffset, content.bytes)
        }
        // The footer's checksum covers the summary and the footer up to the checksum itself.
        summary.bytes.append(MCAPFormat.Opcode.footer.rawValue)
        summary.put(UInt64(20))
        summary.put(summaryStart)
        summary.put(offsetStart)
        summary.put(CRC32.checksum(summary.bytes[...]))
        ready.bytes.append(contentsOf: summary.bytes)
        ready.bytes.append(contentsOf: MCAPFormat.magic)
    }

    /// Hands over the bytes that belong at the end of the file now.
    public mutating func takeBytes() -> [UInt8] {
        dataCRC.update(ready.bytes[...])
        handedOver += UInt64(ready.bytes.count)
        let bytes = ready.bytes
        ready.bytes = []
        return bytes
    }

    /// Offset in the file at which the next byte of `ready` will lie.
    private var position: UInt64 { handedOver + UInt64(ready.bytes.count) }
}

extension MCAPWriter {
    private static func content(of schema: Schema) -> [UInt8] {
        var content = ByteWriter()
        content.put(schema.id)
        content.put(schema.name)
        content.put(schema.encoding)
        content.put(schema.data, lengthAs: UInt32.self)
        return content.bytes
    }

    private static func content(of channel: Channel) -> [UInt8] {
        var content = ByteWriter()
        content.put(channel.id)
        content.put(channel.schema)
        content.put(channel.topic)
        content.put(channel.encoding)
        content.put(channel.metadata)
        return content.bytes
    }

    private static func content(of index: (offset: UInt64, length: UInt64, name: String)) -> [UInt8] {
        var content = ByteWriter()
        content.put(index.offset)
        content.put(index.length)
        content.put(index.name)
        return content.bytes
    }

    private static func content(of index: ChunkIndex) -> [UInt8] {
        var content = ByteWriter()
        content.put(index.start)
        content.put(index.end)
        content.put(index.offset)
        content.put(index.length)
        content.put(UInt32(index.indexOffsets.count * 10))
        for (channel, offset) in index.indexOffsets {
            content.put(channel)
            content.put(offset)
        }
        content.put(index.indexLength)
        content.put(index.compression)
        content.put(index.compressedSize)
        content.put(index.uncompressedSize)
        return content.bytes
    }

    private var statistics: [UInt8] {
        var content = ByteWriter()
        content.put(messages)
        content.put(UInt16(schemas.count))
        content.put(UInt32(channels.count))
        content.put(UInt32(0))
        content.put(UInt32(metadataIndexes.count))
        content.put(UInt32(chunkIndexes.count))
        content.put(start == .max ? 0 : start)
        content.put(end)
        let counted = channels.filter { $0.count > 0 }
        content.put(UInt32(counted.count * 10))
        for channel in counted {
            content.put(channel.id)
            content.put(channel.count)
        }
        return content.bytes
    }
}
