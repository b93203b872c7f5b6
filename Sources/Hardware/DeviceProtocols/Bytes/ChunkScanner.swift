/// Knows the frames of one protocol, for a `ChunkScanner`.
protocol ChunkReader: Sendable {
    associatedtype Event
    /// What `read` may need to see at the most before it decides, in bytes.
    static var longestFrame: Int { get }

    /// Looks at the bytes from `offset` on, at least one, and says how many of them are done with: a frame, or bytes that
    /// begin none. 0: this may be a frame, but its end is not here yet; never with `longestFrame` bytes in sight.
    ///
    /// - Parameters:
    ///   - behind: How many more bytes of the chunk stand behind the end of `bytes`.
    ///   - body: Takes what was found, the bytes of its payload, and how many bytes of the chunk stand behind it.
    mutating func read(
        _ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: (Event, Span<UInt8>, Int) -> Void
    ) -> Int
}

/// Walks over chunks of a line's bytes where they lie, and keeps only what a chunk ends in the middle of.
///
/// Nothing is copied but the pieces of a frame that was cut, and nothing is allocated once the first frame was cut.
struct ChunkScanner<Reader: ChunkReader>: Sendable {
    var reader: Reader
    /// The beginning of a frame whose end has not arrived.
    private var tail: [UInt8] = []

    init(_ reader: Reader) { self.reader = reader }

    /// Takes the next chunk.
    mutating func scan(_ bytes: Span<UInt8>, _ body: (Reader.Event, Span<UInt8>, Int) -> Void) {
        var offset = 0
        if !tail.isEmpty {
            guard let passed = finishTail(bytes, body) else { return }
            offset = passed
        }
        while offset < bytes.count {
            let done = reader.read(bytes, at: offset, behind: 0, body)
            if done == 0 { break }
            offset += done
        }
        while offset < bytes.count {
            tail.append(bytes[offset])
            offset += 1
        }
    }

    /// Forgets the beginning of a frame.
    mutating func removeAll() { tail.removeAll(keepingCapacity: true) }

    /// Reads what began in an earlier chunk; says how far into this one that went, nil when its end is not here either.
    private mutating func finishTail(
        _ bytes: Span<UInt8>, _ body: (Reader.Event, Span<UInt8>, Int) -> Void
    ) -> Int? {
        let kept = tail.count
        let taken = min(bytes.count, Reader.longestFrame)
        // Taken out while it is read, and put back with its room.
        var window = tail
        tail = []
        defer { tail = window }
        for index in 0..<taken { window.append(bytes[index]) }
        var offset = 0
        while offset < kept {
            let done = reader.read(window.span, at: offset, behind: bytes.count - taken, body)
            if done == 0 { break }
            offset += done
        }
        guard offset >= kept else {
            precondition(taken == bytes.count, "a reader wants more than its longest frame")
            window.removeFirst(offset)
            return nil
        }
        window.removeAll(keepingCapacity: true)
        return offset - kept
    }
}
