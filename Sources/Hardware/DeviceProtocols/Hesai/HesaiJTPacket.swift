/// One packet of a JT16 (protocol 1.8): all sixteen channels at one azimuth, read in place.
///
///     EE FF 01 08 tm 00 | civil time, microseconds | azimuth | 16 × { distance, reflectivity } | dirt | state | id | info |
///     sequence | CRC-32/MPEG-2 of all before it
///
/// 80 bytes; the azimuth in hundredths of a degree, distances in 4 mm (as the vendor's SDK 2.0 decodes them), dirt two bits
/// a channel.
public struct HesaiJTPacket: Sendable {
    public static let size = 80
    public static let channels = 16
    /// Metres of one count of a distance.
    public static let unit = 0.004

    /// The packet's bytes; their sum is right.
    public let bytes: ArraySlice<UInt8>

    public var time: HesaiTime { HesaiTime(bytes.span, at: 6) }
    /// Hundredths of a degree.
    public var azimuth: UInt16 { bytes.span.littleEndian16(at: 16) }
    /// What lies on the window in front of each channel, two bits each, channel 0 lowest; 0 is clean.
    public var dirt: UInt32 { bytes.span.littleEndian32(at: 66) }
    public var state: UInt8 { bytes.span[70] }
    public var sequence: UInt16 { bytes.span.littleEndian16(at: 74) }

    /// Counts of `unit`; 0 when nothing came back.
    public func distance(ofChannel channel: Int) -> UInt16 { bytes.span.littleEndian16(at: 18 + channel * 3) }
    public func reflectivity(ofChannel channel: Int) -> UInt8 { bytes.span[20 + channel * 3] }

    /// How many channels saw something.
    public var echoes: Int {
        let span = bytes.span
        var count = 0
        for channel in 0..<Self.channels where span[18 + channel * 3] | span[19 + channel * 3] != 0 { count += 1 }
        return count
    }
}

/// What the inertial sensor in a JT16 measured: acceleration and turning, in the device's own counts.
public struct HesaiJTInertial: Hashable, Sendable {
    /// Bytes of its packet: the header of the points' with byte 5 at 1, six numbers, a sequence, the CRC.
    public static let size = 34
    public var time: HesaiTime
    /// x, y, z; 8192 counts are one g.
    public var acceleration: [Int16]
    /// x, y, z; 32.8 counts are one degree a second.
    public var turning: [Int16]
    public var sequence: UInt16

    public init(time: HesaiTime, acceleration: [Int16], turning: [Int16], sequence: UInt16) {
        self.time = time
        self.acceleration = acceleration
        self.turning = turning
        self.sequence = sequence
    }

    init(_ bytes: Span<UInt8>, at start: Int) {
        time = HesaiTime(bytes, at: start + 6)
        let numbers = (0..<6).map { Int16(bitPattern: bytes.littleEndian16(at: start + 16 + $0 * 2)) }
        acceleration = Array(numbers[..<3])
        turning = Array(numbers[3...])
        sequence = bytes.littleEndian16(at: start + 28)
    }

    /// The packet's bytes; six numbers are taken, missing ones are 0.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = [0xEE, 0xFF, 1, 8, 0, 1] + time.encoded
        for list in [acceleration, turning] {
            for index in 0..<3 { bytes += LittleEndian.bytes(index < list.count ? list[index] : 0) }
        }
        bytes += LittleEndian.bytes(sequence)
        return bytes + LittleEndian.bytes(CRC32MPEG2.padded(bytes))
    }
}

/// What a packet of a JT16 says, as values: for who sends one.
public struct HesaiJTContent: Hashable, Sendable {
    public var time: HesaiTime
    public var azimuth: UInt16
    /// Sixteen distances, in counts, and reflectivities.
    public var distances: [UInt16]
    public var reflectivities: [UInt8]
    public var dirt: UInt32 = 0
    public var state: UInt8 = 0
    public var sequence: UInt16

    public init(time: HesaiTime, azimuth: UInt16, distances: [UInt16], reflectivities: [UInt8], sequence: UInt16) {
        self.time = time
        self.azimuth = azimuth
        self.distances = distances
        self.reflectivities = reflectivities
        self.sequence = sequence
    }

    public init(_ packet: HesaiJTPacket) {
        self.init(
            time: packet.time, azimuth: packet.azimuth,
            distances: (0..<HesaiJTPacket.channels).map { packet.distance(ofChannel: $0) },
            reflectivities: (0..<HesaiJTPacket.channels).map { packet.reflectivity(ofChannel: $0) },
            sequence: packet.sequence)
        dirt = packet.dirt
        state = packet.state
    }

    public var encoded: [UInt8] {
        var bytes: [UInt8] = [0xEE, 0xFF, 1, 8, 0, 0] + time.encoded + LittleEndian.bytes(azimuth)
        bytes.reserveCapacity(HesaiJTPacket.size)
        for channel in 0..<HesaiJTPacket.channels {
            bytes += LittleEndian.bytes(distances[channel]) + [reflectivities[channel]]
        }
        bytes += LittleEndian.bytes(dirt) + [state, 0, 0, 0] + LittleEndian.bytes(sequence)
        return bytes + LittleEndian.bytes(CRC32MPEG2.padded(bytes))
    }
}
