/// How a packet of the XT series is laid out: how many channels, how many blocks, what stands behind them.
public struct HesaiXTLayout: Hashable, Sendable {
    public var lasers: Int
    public var blocks: Int
    /// Whether the packet's number stands at its end.
    public var hasSequence: Bool

    public init(lasers: Int, blocks: Int, hasSequence: Bool = true) {
        self.lasers = lasers
        self.blocks = blocks
        self.hasSequence = hasSequence
    }

    public static let xt32 = HesaiXTLayout(lasers: 32, blocks: 8)
    public static let xt16 = HesaiXTLayout(lasers: 16, blocks: 8)
    public static let xt32M = HesaiXTLayout(lasers: 32, blocks: 6)

    /// The model that sends this layout.
    public var model: String {
        switch (lasers, blocks) {
        case (16, _): "PandarXT-16"
        case (_, 6): "XT32M2X"
        default: "PandarXT-32"
        }
    }

    var blockSize: Int { 2 + lasers * 4 }
    var tail: Int { HesaiXTPacket.headerSize + blocks * blockSize }
    /// Bytes of a packet.
    public var size: Int { tail + 24 + (hasSequence ? 4 : 0) }
}

/// What the returns of a packet are.
public enum HesaiReturnMode: UInt8, Hashable, Sendable {
    case strongest = 0x37
    case last = 0x38
    /// The last and the strongest (or the second strongest, where they are one), in two blocks of the same azimuth.
    case dual = 0x39
    case first = 0x33
    case lastAndFirst = 0x3B
    case firstAndStrongest = 0x3C

    public var hasTwoReturns: Bool { self == .dual || self == .lastAndFirst || self == .firstAndStrongest }
}

/// One packet of the XT series (protocol 6.1), read in place: nothing of it is copied.
///
///     EE FF 06 01 00 00 | lasers blocks returns unit echoes flags | blocks × { azimuth, lasers × { distance, reflectivity,
///     confidence } } | nine bytes, shutdown flag, return mode, rpm, civil time, microseconds, 42 | sequence
///
/// Azimuths are hundredths of a degree, clockwise from above; distances count in `unit` millimetres. Sources: PandarXT-32
/// user manual, section 3.1.2; sizes and figures checked against packets of real devices.
public struct HesaiXTPacket: Sendable {
    /// Pre-header and header.
    static let headerSize = 12
    static let largestSize = HesaiXTLayout.xt32.size

    public let layout: HesaiXTLayout
    /// Metres of one count of a distance.
    public let unit: Double
    public let bytes: ArraySlice<UInt8>

    /// One channel of one block.
    @frozen
    public struct Unit: Hashable, Sendable {
        /// Counts of `unit`; 0 when nothing came back.
        public var distance: UInt16
        /// Percent, 0...255.
        public var reflectivity: UInt8
        public var confidence: UInt8

        @inlinable public init(distance: UInt16, reflectivity: UInt8, confidence: UInt8 = 0) {
            self.distance = distance
            self.reflectivity = reflectivity
            self.confidence = confidence
        }
    }

    /// Where a packet may begin: the layout of what its first twelve bytes promise; nil where they are none's.
    static func layout(_ bytes: Span<UInt8>, at start: Int) -> HesaiXTLayout? {
        guard bytes[start] == 0xEE, bytes[start + 1] == 0xFF, bytes[start + 2] == 6, bytes[start + 3] == 1 else {
            return nil
        }
        let (lasers, blocks) = (Int(bytes[start + 6]), Int(bytes[start + 7]))
        guard lasers == 16 || lasers == 32, blocks == 8 || blocks == 6, (1...10).contains(bytes[start + 9]) else {
            return nil
        }
        return HesaiXTLayout(lasers: lasers, blocks: blocks, hasSequence: bytes[start + 11] & 1 == 1)
    }

    /// Takes bytes that begin with a packet of this layout and hold all of it. There is no checksum: it is one where every
    /// azimuth can be, and the return mode and the byte 42 stand where they must.
    init?(_ bytes: ArraySlice<UInt8>, _ layout: HesaiXTLayout) {
        let span = bytes.span
        guard span[layout.tail + 23] == 0x42, HesaiReturnMode(rawValue: span[layout.tail + 10]) != nil else {
            return nil
        }
        var offset = Self.headerSize
        for _ in 0..<layout.blocks {
            guard span.littleEndian16(at: offset) < 36_000 else { return nil }
            offset += layout.blockSize
        }
        self.layout = layout
        self.bytes = bytes
        unit = Double(span[9]) / 1000
    }

    private func byte(_ offset: Int) -> UInt8 { bytes[bytes.startIndex + offset] }

    /// Whether the device is too hot: it switches itself off within 60 s.
    public var isShuttingDown: Bool { byte(layout.tail + 9) & 1 == 1 }
    public var returnMode: HesaiReturnMode { HesaiReturnMode(rawValue: byte(layout.tail + 10)) ?? .strongest }
    /// Revolutions a minute, measured.
    public var rpm: Int { Int(bytes.span.littleEndian16(at: layout.tail + 11)) }
    /// The device's clock when the packet was closed.
    public var time: HesaiTime { HesaiTime(bytes.span, at: layout.tail + 13) }
    /// The packet's number, counting up without end; nil where the device does not number.
    public var sequence: UInt32? {
        layout.hasSequence ? bytes.span.littleEndian32(at: layout.tail + 24) : nil
    }

    /// A block's azimuth, hundredths of a degree.
    public func azimuth(ofBlock block: Int) -> UInt16 {
        bytes.span.littleEndian16(at: Self.headerSize + block * layout.blockSize)
    }

    /// One channel of one block; both count from 0.
    public func unit(block: Int, channel: Int) -> Unit {
        let span = bytes.span
        let offset = Self.headerSize + block * layout.blockSize + 2 + channel * 4
        return Unit(
            distance: span.littleEndian16(at: offset), reflectivity: span[offset + 2], confidence: span[offset + 3])
    }

    /// How many units of the packet saw something.
    public var echoes: Int {
        let span = bytes.span
        var count = 0
        for block in 0..<layout.blocks {
            var offset = Self.headerSize + block * layout.blockSize + 2
            for _ in 0..<layout.lasers {
                count += span[offset] | span[offset + 1] != 0 ? 1 : 0
                offset += 4
            }
        }
        return count
    }

    /// Calls for each unit of the packet, in order.
    @inline(__always)
    public func forEach(_ body: (_ block: Int, _ azimuth: UInt16, _ channel: Int, _ unit: Unit) -> Void) {
        let span = bytes.span
        var offset = Self.headerSize
        for block in 0..<layout.blocks {
            let azimuth = span.littleEndian16(at: offset)
            offset += 2
            for channel in 0..<layout.lasers {
                body(
                    block, azimuth, channel,
                    Unit(
                        distance: span.littleEndian16(at: offset), reflectivity: span[offset + 2],
                        confidence: span[offset + 3]))
                offset += 4
            }
        }
    }

    /// When a channel of a block fired, seconds after the packet's time: negative, since a packet is closed behind its last
    /// block (PandarXT-32 user manual, appendix II).
    public func firingOffset(block: Int, channel: Int) -> Double {
        let last = (layout.blocks - 1 - block) / (returnMode.hasTwoReturns ? 2 : 1)
        return 5.632e-6 - 50e-6 * Double(last) + Self.firingTime(ofChannel: channel)
    }

    /// When a channel fires, seconds after its block began: one after the other, 1.512 µs apart.
    public static func firingTime(ofChannel channel: Int) -> Double { 0.368e-6 + 1.512e-6 * Double(channel) }
}
