/// Finds packets of samples, time stamps and answers in the bytes that a YDLIDAR sends; the host's side of the line.
///
/// How wide a sample is no packet says, but only one width makes the checksum right. The decoder finds it from the first
/// packet that is followed by the start of another, and keeps it: a wrong checksum is a damaged packet. Only several
/// packets in a row that hold at another width, with none that holds at this one, change it. (The vendor's SDK takes the next
/// width after two wrong checksums, so one bad cable makes all packets wrong.)
public struct YDLIDARDecoder: Sendable {
    /// What was found; what belongs to it follows as bytes.
    public enum Event: Hashable, Sendable {
        /// A packet; its samples follow.
        case packet(YDLIDARPacket)
        /// An answer; its payload follows.
        case answer(type: UInt8)
        /// The scan was granted.
        case scanBegins
        /// The device's clock, milliseconds (models that stamp their rings).
        case stamp(milliseconds: UInt32)
        /// Bytes were skipped: what follows does not continue what came before.
        case gap
    }

    /// What has been found so far.
    public var counters: FrameCounters { scanner.reader.counters }
    /// How wide samples are on this line, bytes; nil while it is not known.
    public var sampleWidth: Int? { scanner.reader.format?.width }

    private var scanner: ChunkScanner<YDLIDARReader>

    /// - Parameter format: Of the samples; nil when it has to be found.
    public init(format: YDLIDARSampleFormat? = nil) { scanner = ChunkScanner(YDLIDARReader(format: format)) }

    /// Forgets what was begun; called before a request, or when the port was opened anew.
    public mutating func reset() {
        scanner.removeAll()
        scanner.reader.inGap = false
    }

    /// Takes bytes in order and calls `body` for each event, with the bytes that belong to it and with how many bytes of
    /// this chunk stand behind it.
    public mutating func decode(
        _ bytes: Span<UInt8>, _ body: (Event, _ payload: Span<UInt8>, _ remaining: Int) -> Void
    ) {
        scanner.scan(bytes, body)
    }

    /// Takes bytes in order and calls `body` for each event, with the bytes that belong to it and with how many bytes of
    /// this chunk stand behind it.
    public mutating func decode(
        _ bytes: ArraySlice<UInt8>, _ body: (Event, _ payload: Span<UInt8>, _ remaining: Int) -> Void
    ) {
        scanner.scan(bytes.span, body)
    }
}
