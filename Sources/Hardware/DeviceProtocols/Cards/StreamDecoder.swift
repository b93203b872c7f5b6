/// Turns the raw bytes of a line into records that a person or a script can read, whatever stands in front of them.
///
/// What `doorstep device decode`, `monitor` and `probe` and the search for a line's rate work with. A decoder never
/// fails: what it cannot read it skips and counts. It takes bytes in pieces of any length.
public protocol StreamDecoder: Sendable {
    /// What has been found so far.
    var counters: FrameCounters { get }
    /// Takes the next bytes and hands out each record that they complete.
    mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void)
    /// Hands out what was still being gathered (a revolution that has begun); the bytes have ended.
    mutating func finish(_ emit: (any DecodedRecord) -> Void)
}

extension StreamDecoder {
    public mutating func finish(_ emit: (any DecodedRecord) -> Void) {}
}

/// One record of a decoded line: a revolution, a sample, an answer. Encoded, it is one JSON object.
public protocol DecodedRecord: Encodable, Sendable {
    /// The record in one short line, for a live view.
    var summary: String { get }
}
