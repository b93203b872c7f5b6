import DeviceProtocols

/// What a decoder believed of a damaged stream, held against the frames as the device sent them.
struct DecodeJudgement {
    /// Frames that were believed and that the device did not send so.
    private(set) var wrong = 0
    /// The worst number of good frames after damage until one was believed; 1 is the first.
    private(set) var worstFrames = 1
    /// The worst number of frames believed after damage until points came; 2 where a format needs two for its points.
    private(set) var worstPoints = 1
    /// Frames that were damaged in two places or more, which a checksum may miss.
    private(set) var doublyDamaged = 0
    private let checksumBits: Int?

    /// The bits of the checksums that guard the formats' frames; each of them finds any one damaged byte. YDLIDAR's is an
    /// exclusive or of words: two damaged bytes cancel when they are of the same half and alike, once in 510.
    private static let bits = [
        "rplidar-standard": 0, "rplidar-hq": 32, "rplidar": 8, "ld06": 8, "ydlidar": 9, "hokuyo": 6, "hesai-jt16": 32,
    ]

    /// Nil where the card cannot say where its frames stand.
    init?(_ card: ProtocolCard, _ stream: DecodeStream, _ damaged: (bytes: [UInt8], places: [Int]), chunk: Int) {
        guard var decoder = card.pointDecoder?(), stream.bounds.count > 2 else { return nil }
        let known = Self.bits.filter { card.name.hasPrefix($0.key) }.max { $0.key.count < $1.key.count }
        checksumBits = known?.value
        var walk = Walk(stream, damaged.places, needsNext: checksumBits == 0)
        let bytes = damaged.bytes
        let span = bytes.span
        var offset = 0
        while offset < span.count {
            let end = min(offset + chunk, span.count)
            decoder.decode(span.extracting(offset..<end)) { frame, points in
                let last = end - frame.remaining
                walk.believed(last - frame.size..<last, hasPoints: points.count > 0)
            }
            offset = end
        }
        (wrong, worstFrames, worstPoints) = (walk.wrong, walk.worstFrames, walk.worstPoints)
        doublyDamaged = walk.doublyDamaged
    }

    /// How many wrong frames chance lets through.
    var expectedText: String {
        guard let checksumBits else { return "?" }
        if checksumBits == 0 { return "no sum" }
        var expected = Double(doublyDamaged)
        for _ in 0..<checksumBits { expected /= 2 }
        return expected < 0.05 ? "0" : "\(Double(Int(expected * 10 + 0.5)) / 10)"
    }
}

/// Goes through the sent frames beside the believed ones, in order.
private struct Walk {
    var wrong = 0
    var worstFrames = 1
    var worstPoints = 1
    var doublyDamaged = 0

    private let bounds: [Int]
    private let period: Int
    private let damage: [Int]
    /// Without a checksum, a frame is good only if the next one confirms it.
    private let needsNext: Bool
    private var frame = 0
    private var base = 0
    private var damageIndex = 0
    /// Good frames that were not believed since the last that was.
    private var missedGood = 0
    /// Good frames believed in a row since the last that was not; nil once points have come.
    private var sinceBreak: Int?

    init(_ stream: DecodeStream, _ damage: [Int], needsNext: Bool) {
        bounds = stream.bounds
        period = stream.period
        self.damage = damage
        self.needsNext = needsNext
    }

    /// A frame was believed here.
    mutating func believed(_ place: Range<Int>, hasPoints: Bool) {
        while base + bounds[frame] < place.lowerBound {
            let hits = hitsOfFrame()
            if hits == 0, !needsNext || !isNextHit() { missedGood += 1 }
            sinceBreak = 0
            step()
        }
        guard base + bounds[frame] == place.lowerBound, base + bounds[frame + 1] == place.upperBound else {
            wrong += 1
            return
        }
        if hitsOfFrame() > 0 {
            wrong += 1
            sinceBreak = 0
            return step()
        }
        worstFrames = max(worstFrames, missedGood + 1)
        missedGood = 0
        if let count = sinceBreak {
            sinceBreak = hasPoints ? nil : count + 1
            if hasPoints { worstPoints = max(worstPoints, count + 1) }
        }
        step()
    }

    /// Damaged bytes of the frame at hand.
    private mutating func hitsOfFrame() -> Int {
        let (start, end) = (base + bounds[frame], base + bounds[frame + 1])
        while damageIndex < damage.count, damage[damageIndex] < start { damageIndex += 1 }
        var hits = 0
        while damageIndex + hits < damage.count, damage[damageIndex + hits] < end { hits += 1 }
        return hits
    }

    private func isNextHit() -> Bool {
        let end = base + bounds[frame + 1]
        let size = bounds[frame + 1] - bounds[frame]
        return damageIndex < damage.count && damage[damageIndex] >= end && damage[damageIndex] < end + size
    }

    private mutating func step() {
        if hitsOfFrame() > 1 { doublyDamaged += 1 }
        frame += 1
        if frame == bounds.count - 1 {
            frame = 0
            base += period
            // The repetition does not go on from where the stream had come to.
            if sinceBreak != nil { sinceBreak = 0 }
        }
    }
}
