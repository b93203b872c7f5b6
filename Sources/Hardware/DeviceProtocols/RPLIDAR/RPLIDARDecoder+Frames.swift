// The five formats whose frames carry a checksum.
extension RPLIDARDecoder {
    mutating func frames(
        _ format: RPLIDARFormat, _ bytes: Span<UInt8>, at start: Int, until end: Int, behind: Int, _ body: Body
    ) -> Int {
        guard isLocked else { return findPlace(format, bytes, at: start, behind: behind, body) }
        let size = format.frameSize
        var offset = start
        while offset < end {
            guard offset + size <= bytes.count else {
                // An answer may be shorter than a frame, and the last thing that comes.
                if let done = announcement(bytes, at: offset, behind: behind, body) { return offset - start + done }
                break
            }
            guard format.isFrame(bytes, at: offset) else {
                return offset - start + pass(format, bytes, at: offset, behind: behind, body)
            }
            offset = accept(format, bytes, at: offset, behind: behind, body)
        }
        return offset - start
    }

    /// A frame at the end of all bytes, or one byte that begins none.
    mutating func lastFrame(
        _ format: RPLIDARFormat, _ bytes: Span<UInt8>, at offset: Int, _ body: Body
    ) -> Int {
        guard offset + format.frameSize <= bytes.count, format.isFrame(bytes, at: offset) else {
            return skip(bytes, at: offset, behind: 0, body)
        }
        return accept(format, bytes, at: offset, behind: 0, body) - offset
    }

    /// Hands out the frame at `offset`, which has been tested; says where the next one begins.
    @inline(__always)
    private mutating func accept(
        _ format: RPLIDARFormat, _ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body
    ) -> Int {
        let next = offset + format.frameSize
        inGap = false
        counters.frames += 1
        body(.frame(format), bytes.extracting(unchecked: offset..<next), bytes.count - next + behind)
        return next
    }

    /// The frame at its place is none. When the next one stands at *its* place, only bytes were damaged and none is
    /// missing, and nothing within the damaged frame can be one. Otherwise the place is searched for.
    private mutating func pass(
        _ format: RPLIDARFormat, _ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body
    ) -> Int {
        let size = format.frameSize
        if let done = announcement(bytes, at: offset, behind: behind, body) { return done }
        guard offset + 2 * size <= bytes.count else { return 0 }
        if !inGap, format.mayStart(bytes[offset], bytes[offset + 1]) { counters.checksumErrors += 1 }
        guard format.isFrame(bytes, at: offset + size) else {
            isLocked = false
            offPlace = 0
            return findPlace(format, bytes, at: offset, behind: behind, body)
        }
        markGap(bytes.count - offset + behind, body)
        counters.skippedBytes += size
        skipped = 0
        return size
    }

    /// One step of the search for the next frame.
    ///
    /// Eight bits of checksum and eight of sync are met by chance once in 65536 places. So where a frame is not to be
    /// expected, the next one must also begin behind it; that also spares most of the checksums that would be wrong.
    private mutating func findPlace(
        _ format: RPLIDARFormat, _ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body
    ) -> Int {
        let size = format.frameSize
        let left = bytes.count - offset
        if let done = announcement(bytes, at: offset, behind: behind, body) { return done }
        guard left >= 2 else { return 0 }
        guard format.mayStart(bytes[offset], bytes[offset + 1]) else {
            return skip(bytes, at: offset, behind: behind, body)
        }
        let isExpected = offPlace.map { $0 % size == 0 } ?? false
        guard left >= (isExpected ? size : size + 2) else { return 0 }
        guard isExpected || format.mayStart(bytes[offset + size], bytes[offset + size + 1]) else {
            return skip(bytes, at: offset, behind: behind, body)
        }
        guard format.isFrame(bytes, at: offset) else {
            // Counted once per lost place: inside foreign bytes every second nibble can look like a start.
            if !inGap, offPlace == nil { counters.checksumErrors += 1 }
            return skip(bytes, at: offset, behind: behind, body)
        }
        isLocked = true
        return accept(format, bytes, at: offset, behind: behind, body) - offset
    }
}
