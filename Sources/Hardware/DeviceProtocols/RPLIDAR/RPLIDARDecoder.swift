/// Finds answers and scan data in the bytes that an RPLIDAR sends; the host's side of the line.
///
/// The protocol has no way out of a scan but the host's word, so the owner calls `reset()` before every request that has
/// an answer. A frame that fails its test costs one byte and not what stands behind it. The text that a device sends after
/// its own restart is recognised in the middle of scan data.
public struct RPLIDARDecoder: Sendable {
    /// What was found.
    public enum Event: Hashable, Sendable {
        /// The answer to a question.
        case answer(type: UInt8, payload: [UInt8])
        /// Scan data of this kind begins.
        case scanBegins(RPLIDARDescriptor)
        case standard(RPLIDARStandardSample)
        case dense(RPLIDARDenseFrame)
        /// Bytes were skipped: what follows does not continue what came before.
        case gap
        /// The device has started anew, by itself.
        case restarted
    }

    /// The counts in the form that all decoders share.
    public var counters: FrameCounters {
        FrameCounters(
            frames: frames, checksumErrors: checksumErrors, resyncs: resyncs, skippedBytes: skippedBytes)
    }

    private enum Mode: Sendable, Hashable {
        case searching
        case answer(RPLIDARDescriptor)
        case standard(locked: Bool)
        case dense
    }

    /// Frames whose checksum was wrong.
    public private(set) var checksumErrors = 0
    /// How often the place of the next frame had to be searched for.
    public private(set) var resyncs = 0
    /// Bytes that belonged to no frame.
    public private(set) var skippedBytes = 0
    /// Whole answers, samples and frames.
    public private(set) var frames = 0

    private var mode = Mode.searching
    private var pending = PendingBytes()
    private var inGap = false
    private var text: UInt64 = 0
    private var lastAngle: UInt16 = 0
    private var stalled = 0

    public init() {}

    /// Forgets everything but the counters; called before a request.
    public mutating func reset() {
        mode = .searching
        pending.removeAll()
        inGap = false
        text = 0
    }

    /// Takes bytes in order and calls `body` for each event, with how many bytes of this chunk stand behind it.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (Event, _ remaining: Int) -> Void) {
        for byte in bytes {
            text = text << 8 | UInt64(byte)
            if text == Self.bootText { body(.restarted, 0) }
            pending.append(CollectionOfOne(byte))
        }
        while step(body) {}
        pending.compact()
    }

    /// "RP LIDAR", which every model's boot text begins with.
    private static let bootText: UInt64 = 0x5250_204C_4944_4152

    /// Answers of a kind that is not known are believed up to this length.
    private static let maximumAnswer = 512

    /// Samples of a standard scan that must agree before the first is believed.
    private static let lockLength = 8

    /// Samples in a row without a turn after which the place is doubted: a head that scans turns.
    private static let stallLimit = 16

    private mutating func step(_ body: (Event, Int) -> Void) -> Bool {
        switch mode {
        case .searching: return search(body)
        case .answer(let descriptor):
            guard pending.count >= descriptor.length else { return false }
            let payload = pending.bytes(0..<descriptor.length)
            pending.drop(descriptor.length)
            mode = .searching
            frames += 1
            body(.answer(type: descriptor.type, payload: payload), pending.count)
            return true
        case .standard(let locked): return locked ? standard(body) : lockStandard(body)
        case .dense: return dense(body)
        }
    }

    private mutating func search(_ body: (Event, Int) -> Void) -> Bool {
        guard let first = pending.count > 0 ? pending[0] : nil else { return false }
        guard first == 0xA5 else { return skip(body) }
        guard pending.count >= 2 else { return false }
        guard pending[1] == 0x5A else { return skip(body) }
        guard pending.count >= 7 else { return false }
        let word = UInt32(pending.word(at: 2)) | UInt32(pending.word(at: 4)) << 16
        let descriptor = RPLIDARDescriptor(
            type: pending[6], length: Int(word & 0x3FFF_FFFF), loops: word >> 30 == 1)
        let believable =
            switch (descriptor.loops, descriptor.type) {
            case (true, RPLIDARDescriptor.AnswerType.standardScan): descriptor.length == RPLIDARStandardSample.size
            case (true, RPLIDARDescriptor.AnswerType.denseScan): descriptor.length == RPLIDARDenseFrame.size
            case (true, _): false
            case (false, _): word >> 30 == 0 && descriptor.length <= Self.maximumAnswer
            }
        guard believable else { return skip(body) }
        pending.drop(7)
        inGap = false
        if descriptor.loops {
            mode = descriptor.type == RPLIDARDescriptor.AnswerType.denseScan ? .dense : .standard(locked: false)
            body(.scanBegins(descriptor), pending.count)
        } else {
            mode = .answer(descriptor)
        }
        return true
    }

    private mutating func dense(_ body: (Event, Int) -> Void) -> Bool {
        guard pending.count >= 1 else { return false }
        guard pending[0] >> 4 == 0xA else { return skip(body) }
        guard pending.count >= 2 else { return false }
        guard pending[1] >> 4 == 0x5 else { return skip(body) }
        guard pending.count >= RPLIDARDenseFrame.size else { return false }
        guard let frame = RPLIDARDenseFrame(pending) else {
            // Counted once per lost place: inside foreign bytes every second nibble can look like a start.
            if !inGap { checksumErrors += 1 }
            return skip(body)
        }
        pending.drop(RPLIDARDenseFrame.size)
        inGap = false
        frames += 1
        body(.dense(frame), pending.count)
        return true
    }

    /// Finds the place of standard samples: `lockLength` in a row with good bits, a head that turns forward a little from
    /// each to the next, and one revolution mark at the most. A single good pair of bytes proves nothing.
    private mutating func lockStandard(_ body: (Event, Int) -> Void) -> Bool {
        guard pending.count >= Self.lockLength * RPLIDARStandardSample.size else { return false }
        var marks = 0
        var forward = 0
        var previous: UInt16?
        for index in 0..<Self.lockLength {
            guard let sample = RPLIDARStandardSample(pending, at: index * RPLIDARStandardSample.size) else {
                return skip(body)
            }
            marks += sample.startsRevolution ? 1 : 0
            if let previous {
                guard let step = Self.forwardStep(from: previous, to: sample.angleQ6) else { return skip(body) }
                forward += step > 0 ? 1 : 0
            }
            previous = sample.angleQ6
        }
        guard marks <= 1, forward >= Self.lockLength - 3 else { return skip(body) }
        mode = .standard(locked: true)
        stalled = 0
        lastAngle = pending.word(at: 1) >> 1
        // After a loss, the first one's first byte may be the sample's before it.
        if inGap { pending.drop(RPLIDARStandardSample.size) }
        inGap = false
        return true
    }

    /// A sample is believed when the one behind it stands as well: where bytes were lost, the parts of two samples look
    /// like one.
    private mutating func standard(_ body: (Event, Int) -> Void) -> Bool {
        let size = RPLIDARStandardSample.size
        guard pending.count >= 2 * size else { return false }
        guard let sample = RPLIDARStandardSample(pending, at: 0), let next = RPLIDARStandardSample(pending, at: size),
            let step = Self.forwardStep(from: lastAngle, to: sample.angleQ6),
            Self.forwardStep(from: sample.angleQ6, to: next.angleQ6) != nil, stalled < Self.stallLimit
        else {
            mode = .standard(locked: false)
            return skip(body)
        }
        stalled = step > 0 ? 0 : stalled + 1
        lastAngle = sample.angleQ6
        pending.drop(size)
        frames += 1
        body(.standard(sample), pending.count)
        return true
    }

    /// The turn between two samples in 64ths of a degree, nil where no head turns so: between 3° back (unsteadiness at
    /// the zero mark) and 30° forward (several samples that saw nothing and were left out).
    private static func forwardStep(from: UInt16, to: UInt16) -> Int? {
        guard from < 23040 + 64, to < 23040 + 64 else { return nil }
        var step = Int(to) - Int(from)
        if step < -11520 { step += 23040 }
        if step > 11520 { step -= 23040 }
        return step >= -192 && step <= 1920 ? step : nil
    }

    private mutating func skip(_ body: (Event, Int) -> Void) -> Bool {
        if !inGap {
            inGap = true
            resyncs += 1
            body(.gap, pending.count)
        }
        skippedBytes += 1
        pending.drop(1)
        return true
    }
}
