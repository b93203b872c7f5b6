/// Finds a JBD battery's answers in the bytes of a line; the host's side.
///
/// A frame that fails costs one byte. What a host says looks like an answer of the register A5 or 5A with a status that
/// is none, and is passed over: a line with an echo gives it back.
public struct JBDAnswerDecoder: Sendable {
    public private(set) var counters = FrameCounters()
    private var frames = JBDFrames()

    public init() {}

    /// Forgets everything but the counters.
    public mutating func reset() { frames.reset() }

    /// Takes bytes in order and calls `body` for each answer, with how many bytes of this chunk stand behind it.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (JBDAnswer, _ remaining: Int) -> Void) {
        frames.decode(bytes, ofHost: false, &counters) { frame, remaining in
            body(JBDAnswer(JBDRegister(rawValue: frame[1]), status: frame[2], data: frame[4...]), remaining)
        }
    }
}

extension JBDAnswer {
    fileprivate init(_ register: JBDRegister, status: UInt8, data: ArraySlice<UInt8>) {
        self.init(register, status: status, data: Array(data))
    }
}

/// Finds a host's requests in the bytes of a line; the battery's side.
public struct JBDRequestDecoder: Sendable {
    public private(set) var counters = FrameCounters()
    private var frames = JBDFrames()

    public init() {}

    /// Takes bytes in order and calls `body` for each request.
    public mutating func decode(_ bytes: some Sequence<UInt8>, _ body: (JBDRequest) -> Void) {
        frames.decode(bytes, ofHost: true, &counters) { frame, _ in
            body(
                JBDRequest(
                    writes: frame[1] == JBDMark.write, JBDRegister(rawValue: frame[2]), data: Array(frame[4...])))
        }
    }
}

/// The search that both sides share: the two kinds of frame differ in what the second and third byte may be and in
/// where the check begins.
private struct JBDFrames: Sendable {
    private var pending = PendingBytes()
    private var inGap = false

    mutating func reset() {
        pending.removeAll()
        inGap = false
    }

    /// Calls `body` with each frame from its start to the end of its data.
    mutating func decode(
        _ bytes: some Sequence<UInt8>, ofHost: Bool, _ counters: inout FrameCounters,
        _ body: (ArraySlice<UInt8>, _ remaining: Int) -> Void
    ) {
        pending.append(bytes)
        search: while pending.count > 0 {
            guard pending[0] == JBDMark.start else {
                skip(&counters)
                continue
            }
            guard pending.count >= 4 else { break }
            let isHost = pending[1] == JBDMark.read || pending[1] == JBDMark.write
            let isBattery = !isHost && (pending[2] == 0 || pending[2] == JBDAnswer.refusal)
            guard isHost || isBattery else {
                skip(&counters)
                continue
            }
            let size = JBDMark.overhead + Int(pending[3])
            guard pending.count >= size else {
                // The end of a long frame may never come: what has a whole frame inside is none itself.
                guard holdsFrame() else { break search }
                skip(&counters)
                continue
            }
            let end = size - 3
            let check = check(2..<end)
            guard pending[size - 1] == JBDMark.stop, pending[end] == UInt8(check >> 8),
                pending[end + 1] == UInt8(truncatingIfNeeded: check)
            else {
                if !inGap { counters.checksumErrors += 1 }
                skip(&counters)
                continue
            }
            let frame = pending.bytes(0..<end)
            pending.drop(size)
            inGap = false
            counters.frames += 1
            guard isHost == ofHost else {
                counters.unproven += 1
                continue
            }
            body(frame[...], pending.count)
        }
        pending.compact()
    }

    /// Whether a whole frame with a good check begins behind the first byte: then the first one's length was damaged,
    /// and waiting for its end would cost the frame inside.
    private func holdsFrame() -> Bool {
        for start in 1..<pending.count where pending[start] == JBDMark.start {
            guard start + 4 <= pending.count else { return false }
            let size = JBDMark.overhead + Int(pending[start + 3])
            guard start + size <= pending.count, pending[start + size - 1] == JBDMark.stop else { continue }
            let end = start + size - 3
            let check = check(start + 2..<end)
            if pending[end] == UInt8(check >> 8), pending[end + 1] == UInt8(truncatingIfNeeded: check) { return true }
        }
        return false
    }

    private func check(_ range: Range<Int>) -> UInt16 {
        var check: UInt16 = 0
        for index in range { check &-= UInt16(pending[index]) }
        return check
    }

    private mutating func skip(_ counters: inout FrameCounters) {
        if !inGap {
            inGap = true
            counters.resyncs += 1
        }
        counters.skippedBytes += 1
        pending.drop(1)
    }
}
