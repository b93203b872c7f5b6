/// Reads a dump of an XT: datagrams one behind the other, or a packet capture (classic pcap). Revolutions of the level
/// channel by the data sheet's angles, with what came back on all channels as a number.
public struct HesaiXTStreamDecoder: StreamDecoder {
    private enum Source: Sendable { case unknown, datagrams, capture(PacketCapture) }

    private var decoder = HesaiXTDecoder()
    private var rings = RingCollector()
    private var source = Source.unknown
    private var start: [UInt8] = []
    private var layout: HesaiXTLayout?
    /// Cosine of the level channel's elevation is 1 to 0.02 %: the data sheets have it within 1° of level.
    private var channel = 0

    public init() {}

    public var counters: FrameCounters { decoder.counters }
    /// Packets that are missing by their numbers.
    public var lostPackets: Int { decoder.lostPackets }

    public mutating func decode(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        switch source {
        case .datagrams: read(bytes, emit)
        case .capture(var capture):
            source = .unknown  // so that the capture's bytes have one owner
            capture.decode(bytes) { read($0, emit) }
            source = .capture(capture)
        case .unknown:
            start += bytes
            guard start.count >= PacketCapture.magicSize else { return }
            source = PacketCapture(magic: start[...]).map { .capture($0) } ?? .datagrams
            let first = start
            start = []
            decode(first[...], emit)
        }
    }

    public mutating func finish(_ emit: (any DecodedRecord) -> Void) {
        if case .unknown = source, !start.isEmpty { read(start[...], emit) }
        rings.finish(emit)
    }

    private mutating func read(_ bytes: ArraySlice<UInt8>, _ emit: (any DecodedRecord) -> Void) {
        var (rings, layout, channel) = (RingCollector(), layout, channel)
        swap(&rings, &self.rings)
        decoder.decode(bytes) { packet, lost, _ in
            if packet.layout != layout {
                layout = packet.layout
                let angles = HesaiCalibration.nominalXT(packet.layout)
                channel = angles.levelChannel
                rings.channels = angles.count
                rings.channel = channel
                rings.elevation = angles.elevations[channel]
            }
            rings.count(lost: lost)
            Self.take(packet, channel, &rings, emit)
        }
        swap(&rings, &self.rings)
        (self.layout, self.channel) = (layout, channel)
    }

    private static func take(
        _ packet: HesaiXTPacket, _ level: Int, _ rings: inout RingCollector, _ emit: (any DecodedRecord) -> Void
    ) {
        rings.count(echoes: packet.echoes)
        packet.forEachShot(channel: level) { shot in
            rings.take(
                LidarPoint(
                    degrees: Double(shot.azimuth) / 100, meters: Double(shot.distance) * packet.unit,
                    intensity: shot.reflectivity, startsRevolution: rings.begins(at: shot.azimuth)), emit)
        }
    }
}

extension HesaiXTPacket {
    /// One firing of a channel.
    public struct Shot: Hashable, Sendable {
        /// The (first) block it is from.
        public var block: Int
        public var azimuth: UInt16
        /// Counts of `unit`; of two returns the nearer one, 0 when nothing came back.
        public var distance: UInt16
        public var reflectivity: UInt8
    }

    /// Calls for each firing of a channel: for each block, or, with two returns, for each pair of blocks.
    ///
    /// Of two returns the nearer one counts: what stands behind glass or at the edge of something is no reason to overlook
    /// the glass or the edge.
    public func forEachShot(channel: Int, _ body: (Shot) -> Void) {
        let step = returnMode.hasTwoReturns ? 2 : 1
        for block in stride(from: 0, to: layout.blocks, by: step) {
            var unit = unit(block: block, channel: channel)
            if step == 2, block + 1 < layout.blocks {
                let other = self.unit(block: block + 1, channel: channel)
                if unit.distance == 0 || (other.distance > 0 && other.distance < unit.distance) { unit = other }
            }
            body(
                Shot(
                    block: block, azimuth: azimuth(ofBlock: block), distance: unit.distance,
                    reflectivity: unit.reflectivity))
        }
    }
}
