/// Reads a LiDAR's line into points and gathers nothing: what a driver does with the bytes, without its clock and states.
///
/// What benchmarks and a `StreamDecoder` that prints revolutions work with. Never fails: what it cannot read it skips and
/// counts. Reads the caller's bytes where they lie and allocates nothing per frame.
public protocol PointDecoder: Sendable {
    /// What has been found so far.
    var counters: FrameCounters { get }

    /// Takes the next bytes, in pieces of any length, and calls `body` for each frame that is believed, with the points
    /// that it completes (none, where they wait for the next frame).
    mutating func decode(_ bytes: Span<UInt8>, _ body: (_ frame: FramePlace, _ points: Span<LidarPoint>) -> Void)
}

/// Where a frame stood in the bytes that were given so far.
public struct FramePlace: Hashable, Sendable {
    /// Its own bytes.
    public var size: Int
    /// Bytes behind it.
    public var remaining: Int

    public init(size: Int, remaining: Int) {
        self.size = size
        self.remaining = remaining
    }
}
