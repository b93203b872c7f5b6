/// Reads a dump of an LDROBOT LiDAR's line: revolutions.
public struct LD06StreamDecoder: StreamDecoder {
    private var decoder = LD06Decoder()
    private var unpacker = LD06Unpacker()
    private var revolutions = RevolutionCollector()

    public init() {}

    public var counters: FrameCounters { decoder.counters }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        decoder.decode(bytes) { event, _ in
            switch event {
            case .frame(let frame): unpacker.unpack(frame) { point, _ in revolutions.take(point, emit) }
            case .gap:
                unpacker.breakSequence()
                revolutions.markGap()
            }
        }
    }

    public mutating func finish(_ emit: (any DecodedRecord) -> Void) { revolutions.finish(emit) }
}
