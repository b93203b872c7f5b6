/// Makes a sound file of a torn one: what whole chunks hold is kept, indexes and summary are written anew.
public struct MCAPRecovery: Sendable {
    /// The repaired file.
    public var bytes: [UInt8]
    /// Messages kept.
    public var messages: Int
    /// Bytes of the torn file, from its first unsound record on, that were given up.
    public var lostBytes: Int

    /// Repairs a file's bytes. Throws when they are no MCAP at all.
    ///
    /// - Parameter library: Named in the repaired file's header.
    public init(_ torn: [UInt8], library: String) throws(MCAPError) {
        var writer = MCAPWriter(library: library)
        var schemaIDs: [String: UInt16] = [:]
        var channelIDs: [UInt16: UInt16] = [:]
        let reader = try MCAPReader(torn) { channel, message in
            if channelIDs[channel.id] == nil {
                if schemaIDs[channel.schemaName] == nil, !channel.schemaName.isEmpty {
                    schemaIDs[channel.schemaName] = writer.addSchema(
                        name: channel.schemaName, encoding: channel.schemaEncoding, data: channel.schemaData)
                }
                channelIDs[channel.id] = writer.addChannel(
                    topic: channel.topic, schema: schemaIDs[channel.schemaName] ?? 0, encoding: channel.encoding,
                    metadata: channel.metadata)
            }
            writer.addMessage(
                channel: channelIDs[channel.id] ?? 0, logTime: message.logTime, publishTime: message.publishTime,
                data: Array(message.data))
            if writer.openChunkBytes >= 256 * 1024 { writer.closeChunk() }
        }
        for (name, map) in reader.metadata { writer.addMetadata(name: name, map) }
        lostBytes = reader.isComplete ? 0 : torn.count - reader.soundBytes
        writer.addMetadata(name: "recovered", ["lost_bytes": String(lostBytes)])
        writer.finish()
        bytes = writer.takeBytes()
        messages = reader.messageCount
    }
}
