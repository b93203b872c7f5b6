/// Finds a WitMotion unit's frames in the bytes of a line.
///
/// Its sum of eight bits alone proves little, so at the beginning and after a loss nothing is believed until two frames
/// stand one right behind the other; a frame that fails costs one byte. Never allocates once its buffer has grown.
public struct WitMotionDecoder: Sendable {
    public private(set) var counters = FrameCounters()
    private var pending = PendingBytes()
    private var isLocked = false
    private var inGap = false

    public init() {}

    /// Forgets everything but the counters.
    public mutating func reset() {
        pending.removeAll()
        isLocked = false
        inGap = false
    }

    /// Takes bytes in order and calls `body` for each frame, with how many bytes of this chunk stand behind it.
    public mutating func decode(
        _ bytes: some Sequence<UInt8>, _ body: (WitMotionFrame, _ remaining: Int) -> Void
    ) {
        pending.append(bytes)
        while pending.count >= WitMotionFrame.size {
            guard let frame = WitMotionFrame(pending, at: 0) else {
                // The right start in the right place with a wrong sum is a damaged frame; elsewhere it is chance.
                if isLocked, pending[0] == WitMotionFrame.start { counters.checksumErrors += 1 }
                isLocked = false
                skip()
                continue
            }
            if !isLocked {
                guard pending.count >= 2 * WitMotionFrame.size else { break }
                guard WitMotionFrame(pending, at: WitMotionFrame.size) != nil else {
                    skip()
                    continue
                }
                isLocked = true
            }
            pending.drop(WitMotionFrame.size)
            inGap = false
            counters.frames += 1
            body(frame, pending.count)
        }
        pending.compact()
    }

    /// The bytes have ended, as those of a dump do: a frame that was all of them is believed.
    public mutating func finish(_ body: (WitMotionFrame, _ remaining: Int) -> Void) {
        guard counters == FrameCounters(), pending.count == WitMotionFrame.size,
            let frame = WitMotionFrame(pending, at: 0)
        else { return }
        pending.removeAll()
        counters.frames += 1
        body(frame, 0)
    }

    private mutating func skip() {
        if !inGap {
            inGap = true
            counters.resyncs += 1
        }
        counters.skippedBytes += 1
        pending.drop(1)
    }
}
