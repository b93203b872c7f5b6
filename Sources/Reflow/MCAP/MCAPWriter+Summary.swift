extension MCAPWriter {
    /// Closes the file: data end, summary, footer, magic. Nothing may be added afterwards.
    public mutating func finish() {
        closeChunk()
        var crc = dataCRC
        crc.update(ready.bytes[...])
        var dataEnd = ByteWriter()
        dataEnd.put(crc.value)
        ready.putRecord(.dataEnd, dataEnd.bytes)
        ready.bytes.append(contentsOf: summary(from: position))
        ready.bytes.append(contentsOf: MCAPFormat.magic)
    }

    /// The summary and the footer of a file whose data section ends at an offset.
    private func summary(from start: UInt64) -> [UInt8] {
        var summary = ByteWriter()
        var groups: [(opcode: MCAPFormat.Opcode, start: UInt64, length: UInt64)] = []
        func group(_ opcode: MCAPFormat.Opcode, _ contents: [[UInt8]]) {
            guard !contents.isEmpty else { return }
            let from = start + UInt64(summary.bytes.count)
            for content in contents { summary.putRecord(opcode, content) }
            groups.append((opcode, from, start + UInt64(summary.bytes.count) - from))
        }
        group(.schema, schemas.map(\.content))
        group(.channel, tracks.map(\.channel.content))
        group(.statistics, [statistics])
        group(.metadataIndex, metadataIndexes.map(\.content))
        group(.chunkIndex, chunkIndexes.map(\.content))
        let offsetStart = start + UInt64(summary.bytes.count)
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
        summary.put(start)
        summary.put(offsetStart)
        summary.put(CRC32.checksum(summary.bytes[...]))
        return summary.bytes
    }

    private var statistics: [UInt8] {
        var content = ByteWriter()
        content.put(messages)
        content.put(UInt16(schemas.count))
        content.put(UInt32(tracks.count))
        content.put(UInt32(0))
        content.put(UInt32(metadataIndexes.count))
        content.put(UInt32(chunkIndexes.count))
        content.put(span.ends.start)
        content.put(span.ends.end)
        let counted = tracks.filter { $0.count > 0 }
        content.put(UInt32(counted.count * 10))
        for track in counted {
            content.put(track.channel.id)
            content.put(track.count)
        }
        return content.bytes
    }
}
