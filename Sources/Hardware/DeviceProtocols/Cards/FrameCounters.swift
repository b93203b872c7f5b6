/// What every decoder counts, so that any two lines can be compared.
public struct FrameCounters: Hashable, Sendable, Codable {
    /// Whole frames; where the protocol has a checksum, only those whose checksum held.
    public var frames = 0
    /// Frames of the right shape whose checksum was wrong.
    public var checksumErrors = 0
    /// How often the place of the next frame had to be searched for.
    public var resyncs = 0
    /// Bytes that belonged to no frame.
    public var skippedBytes = 0
    /// Of the frames, those that do not prove who speaks: questions, which a line may give back, and lines of text without
    /// the checksum that they may have.
    public var unproven = 0

    public init(frames: Int = 0, checksumErrors: Int = 0, resyncs: Int = 0, skippedBytes: Int = 0, unproven: Int = 0) {
        self.frames = frames
        self.checksumErrors = checksumErrors
        self.resyncs = resyncs
        self.skippedBytes = skippedBytes
        self.unproven = unproven
    }
}
