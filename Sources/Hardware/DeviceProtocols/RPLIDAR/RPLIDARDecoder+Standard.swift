// The standard format, which has no checksum: what is believed must fit to what stands around it.
extension RPLIDARDecoder {
    private static let size = RPLIDARStandardSample.size

    /// Samples of a standard scan that must agree before the first is believed.
    private static let lockLength = 8

    /// Samples in a row without a turn after which the place is doubted: a head that scans turns.
    private static let stallLimit = 16

    /// How far the old place is worth a try after it was lost, in samples: the head has not turned far by then.
    private static let placeMemory = 16

    mutating func standard(
        _ bytes: Span<UInt8>, at start: Int, until end: Int, behind: Int, _ body: Body
    ) -> Int {
        guard isLocked else { return findStandardPlace(bytes, at: start, behind: behind, body) }
        var offset = start
        // A sample is believed when the one behind it stands as well: where bytes were lost, the parts of two samples
        // look like one.
        while offset < end {
            guard offset + 2 * Self.size <= bytes.count else { break }
            guard let angle = Self.angle(bytes, offset), let next = Self.angle(bytes, offset + Self.size),
                let step = Self.forwardStep(from: lastAngle, to: angle), Self.forwardStep(from: angle, to: next) != nil,
                stalled < Self.stallLimit
            else { return offset - start + passStandard(bytes, at: offset, behind: behind, body) }
            offset = accept(bytes, at: offset, angle: angle, step: step, behind: behind, body)
        }
        return offset - start
    }

    /// A sample at the end of all bytes, or one byte that begins none.
    mutating func lastSample(_ bytes: Span<UInt8>, at offset: Int, _ body: Body) -> Int {
        guard offset + Self.size <= bytes.count, let angle = Self.angle(bytes, offset),
            let step = isLocked ? Self.forwardStep(from: lastAngle, to: angle) : 0
        else { return skip(bytes, at: offset, behind: 0, body) }
        isLocked = true
        return accept(bytes, at: offset, angle: angle, step: step, behind: 0, body) - offset
    }

    @inline(__always)
    private mutating func accept(
        _ bytes: Span<UInt8>, at offset: Int, angle: UInt16, step: Int, behind: Int, _ body: Body
    ) -> Int {
        let next = offset + Self.size
        stalled = step > 0 ? 0 : stalled + 1
        lastAngle = angle
        inGap = false
        counters.frames += 1
        body(.frame(.standard), bytes.extracting(unchecked: offset..<next), bytes.count - next + behind)
        return next
    }

    /// This sample or the one behind it does not stand. When two stand at their places behind the damaged one, and the
    /// head has gone on as it does, only bytes were damaged and none is missing. Where either may be the damaged one, it
    /// is the one without which the head turns back the least.
    private mutating func passStandard(_ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body) -> Int {
        guard offset + 4 * Self.size <= bytes.count else { return 0 }
        if stalled < Self.stallLimit {
            let without = leastStep(from: lastAngle, bytes, at: offset + Self.size)
            if let angle = Self.angle(bytes, offset), let step = Self.forwardStep(from: lastAngle, to: angle),
                let least = leastStep(from: angle, bytes, at: offset + 2 * Self.size),
                min(0, step, least) >= min(0, without ?? .min)
            {
                return accept(bytes, at: offset, angle: angle, step: step, behind: behind, body) - offset
            }
            if without != nil {
                markGap(bytes.count - offset + behind, body)
                counters.skippedBytes += Self.size
                skipped = 0
                return Self.size
            }
        }
        isLocked = false
        offPlace = 0
        return skip(bytes, at: offset, behind: behind, body)
    }

    /// The smaller of the two steps from an angle over two samples at `offset`; nil where those do not go on from it.
    private func leastStep(from angle: UInt16, _ bytes: Span<UInt8>, at offset: Int) -> Int? {
        guard let first = Self.angle(bytes, offset), let second = Self.angle(bytes, offset + Self.size),
            let step = Self.forwardStep(from: angle, to: first), let next = Self.forwardStep(from: first, to: second)
        else { return nil }
        return min(step, next)
    }

    /// One step of the search for the samples' place: `lockLength` in a row with good bits, a head that turns forward a
    /// little from each to the next, and one revolution mark at the most. A single good pair of bytes proves nothing.
    private mutating func findStandardPlace(
        _ bytes: Span<UInt8>, at offset: Int, behind: Int, _ body: Body
    ) -> Int {
        if let done = announcement(bytes, at: offset, behind: behind, body) { return done }
        guard bytes.count - offset >= Self.lockLength * Self.size else { return 0 }
        if let offPlace, offPlace % Self.size == 0, offPlace / Self.size < Self.placeMemory,
            leastStep(from: lastAngle, bytes, at: offset) != nil
        {
            isLocked = true
            stalled = 0
            return standard(bytes, at: offset, until: offset + 1, behind: behind, body)
        }
        guard let first = Self.run(bytes, at: offset, count: Self.lockLength) else {
            return skip(bytes, at: offset, behind: behind, body)
        }
        isLocked = true
        stalled = 0
        lastAngle = first
        guard inGap else { return standard(bytes, at: offset, until: offset + 1, behind: behind, body) }
        // After a loss, the first one's first byte may be the sample's before it.
        counters.skippedBytes += Self.size
        inGap = false
        return Self.size
    }

    /// The first angle of `count` samples in a row that agree; nil where they do not.
    static func run(_ bytes: Span<UInt8>, at offset: Int, count: Int) -> UInt16? {
        guard offset + count * size <= bytes.count, let first = angle(bytes, offset) else { return nil }
        var previous = first
        var marks = Int(bytes[offset] & 1)
        var forward = 0
        for index in 1..<count {
            guard let next = angle(bytes, offset + index * size), let step = forwardStep(from: previous, to: next)
            else {
                return nil
            }
            marks += Int(bytes[offset + index * size] & 1)
            forward += step > 0 ? 1 : 0
            previous = next
        }
        return marks <= 1 + count / 100 && forward >= count - 3 ? first : nil
    }

    /// The angle of the sample at `offset` in 64ths of a degree; nil where sync and check bits do not stand.
    @inline(__always)
    private static func angle(_ bytes: Span<UInt8>, _ offset: Int) -> UInt16? {
        let first = bytes[offset]
        return (first ^ first >> 1) & bytes[offset + 1] & 1 == 1 ? bytes.word(at: offset + 1) >> 1 : nil
    }

    /// The turn between two samples in 64ths of a degree, nil where no head turns so: between 3° back (unsteadiness at
    /// the zero mark) and 30° forward (several samples that saw nothing and were left out).
    @inline(__always)
    private static func forwardStep(from: UInt16, to: UInt16) -> Int? {
        guard from < 23040 + 64, to < 23040 + 64 else { return nil }
        var step = Int(to) - Int(from)
        if step < -11520 { step += 23040 }
        if step > 11520 { step -= 23040 }
        return step >= -192 && step <= 1920 ? step : nil
    }
}
