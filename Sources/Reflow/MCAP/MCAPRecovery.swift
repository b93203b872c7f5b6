/// Makes a sound file of a torn one, in place: what is whole stays where it is, and the end that is missing is written
/// anew.
///
/// A torn file is cut after its last whole record and gets `tail` behind it: the message indexes of the last chunk if
/// they were torn, a metadata record `recovered`, data end, summary, footer. A repair that is cut off itself leaves a
/// torn file that can be repaired again; it needs next to no room on a full disk.
public struct MCAPRecovery: Sendable {
    /// Bytes of the torn file, from its start, that stay.
    public private(set) var keptBytes: Int
    /// What follows them in the repaired file.
    public private(set) var tail: [UInt8]
    /// Messages kept.
    public private(set) var messages: Int
    /// Bytes of the torn file's data section, from its first unsound record on, that are given up.
    public private(set) var lostBytes: Int

    /// Works out the repair of a file's bytes; a file that is whole needs none and gets an empty tail.
    ///
    /// - Throws: `MCAPError` when they are no MCAP at all, or when an earlier part of the file is not as `MCAPWriter`
    ///   writes it (channel numbers from 1 upwards).
    public init(_ torn: [UInt8]) throws(MCAPError) {
        let reader = try MCAPReader(torn)
        guard !reader.isComplete else {
            (keptBytes, tail, messages, lostBytes) = (torn.count, [], reader.messageCount, 0)
            return
        }
        var scan = try RecoveryScan(torn)
        keptBytes = Int(scan.writer.handedOver)
        messages = scan.writer.messageCount
        lostBytes = scan.lostBytes
        scan.writer.addMetadata(name: "recovered", ["lost_bytes": String(lostBytes)])
        scan.writer.finish()
        tail = scan.writer.takeBytes()
    }

    /// The repaired file.
    public func bytes(repairing torn: [UInt8]) -> [UInt8] { Array(torn[..<keptBytes]) + tail }
}

/// Walks a torn file's data section and brings a writer to the state in which it was after the last whole record.
private struct RecoveryScan {
    var writer = MCAPWriter()
    var lostBytes = 0
    private let bytes: [UInt8]
    /// End of the last whole record.
    private var sound = MCAPFormat.magic.count
    /// Message indexes read behind the last chunk.
    private var indexes: [(channel: UInt16, offset: UInt64)] = []

    init(_ torn: [UInt8]) throws(MCAPError) {
        bytes = torn
        var hasDataEnd = false
        do throws(MCAPError) {
            while !hasDataEnd { hasDataEnd = try !readRecord() }
        } catch {
            // Channels in an order of somebody else's could not be repaired in place.
            if error.code == .malformed, error.detail == Self.foreign { throw error }
        }
        lostBytes = hasDataEnd ? 0 : bytes.count - sound
        let isTorn = closeIndexes(atEnd: true)
        writer.handedOver = UInt64(sound)
        writer.dataCRC.update(bytes[..<sound])
        if isTorn { writer.indexLastChunk() }
    }

    private static let foreign = "channels or schemas are not numbered from 1 upwards"

    /// Takes the next record; false at the end of the data section.
    private mutating func readRecord() throws(MCAPError) -> Bool {
        var reader = ByteReader(bytes[sound...])
        let (opcode, content) = try reader.record()
        let kind = MCAPFormat.Opcode(rawValue: opcode)
        if kind != .messageIndex { _ = closeIndexes(atEnd: false) }
        switch kind {
        case .dataEnd: return false
        case .chunk: try takeChunk(try MCAPRecord.Chunk(content), end: content.endIndex)
        case .messageIndex:
            var body = ByteReader(content)
            indexes.append((try body.integer(UInt16.self), UInt64(sound)))
        case .metadata:
            var body = ByteReader(content)
            writer.metadataIndexes.append(
                MCAPRecord.MetadataIndex(
                    offset: UInt64(sound), length: UInt64(content.endIndex - sound), name: try body.string()))
        case .schema, .channel, .message: throw MCAPError(.malformed, Self.foreign)
        default: break
        }
        sound = content.endIndex
        return true
    }

    private mutating func takeChunk(_ chunk: MCAPRecord.Chunk, end: Int) throws(MCAPError) {
        var next = writer
        var reader = ByteReader(chunk.records[...])
        while !reader.bytes.isEmpty {
            let offset = UInt64(reader.bytes.startIndex)
            let (opcode, content) = try reader.record()
            switch MCAPFormat.Opcode(rawValue: opcode) {
            case .schema:
                let schema = try MCAPRecord.Schema(content)
                guard schema.id == next.schemas.count + 1 else { throw MCAPError(.malformed, Self.foreign) }
                next.schemas.append(schema)
            case .channel:
                let channel = try MCAPRecord.Channel(content)
                guard channel.id == next.tracks.count + 1 else { throw MCAPError(.malformed, Self.foreign) }
                next.tracks.append(MCAPWriter.Track(channel: channel))
            case .message:
                let message = try MCAPReader.Message(content)
                guard message.channel >= 1, Int(message.channel) <= next.tracks.count else {
                    throw MCAPError(.malformed, "a message of channel \(message.channel), which is not declared")
                }
                next.tracks[Int(message.channel) - 1].entries.append((message.logTime, offset))
                next.tracks[Int(message.channel) - 1].count += 1
                next.tracks[Int(message.channel) - 1].sequence = message.sequence &+ 1
                next.messages += 1
                next.span.include(message.logTime)
            default: break
            }
        }
        next.chunkIndexes.append(
            MCAPRecord.ChunkIndex(
                start: chunk.start, end: chunk.end, offset: UInt64(sound), length: UInt64(end - sound),
                compression: chunk.compression, compressedSize: chunk.compressedSize,
                uncompressedSize: UInt64(chunk.records.count)))
        writer = next
    }

    /// Notes the message indexes behind the last chunk. Those at the file's end that are not all there are cut off.
    ///
    /// - Returns: Whether the last chunk's indexes are torn and are to be written again.
    private mutating func closeIndexes(atEnd: Bool) -> Bool {
        defer { indexes = [] }
        guard let last = writer.chunkIndexes.indices.last, writer.chunkIndexes[last].indexLength == 0 else {
            return false
        }
        let expected = writer.tracks.filter { !$0.entries.isEmpty }.map(\.channel.id)
        let chunkEnd = writer.chunkIndexes[last].offset + writer.chunkIndexes[last].length
        // At the end, nothing but the indexes read so far can lie behind the last chunk.
        if atEnd, indexes.map(\.channel) != expected {
            sound = Int(chunkEnd)
            return true
        }
        writer.chunkIndexes[last].indexOffsets = indexes
        writer.chunkIndexes[last].indexLength = indexes.isEmpty ? 0 : UInt64(sound) - chunkEnd
        for index in writer.tracks.indices { writer.tracks[index].entries = [] }
        return false
    }
}
